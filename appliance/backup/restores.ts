import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { readRecoveryKey } from '../../services/backup/codec-key.ts'
import type { Backups, Preview, ResetState, RestoreState, Restores } from '../../services/backup/contract.ts'
import { roomProblem, versionProblem } from '../../services/backup/policy.ts'
import { previewSchema } from '../../services/backup/settings.ts'
import { confirmTrial, readNote, readOutcome, STAGED, WORK, writeNote } from '../../services/backup/swap.ts'
import { preambleOf } from '../../services/backup/unpack.ts'
import type { AddressOffer, BoxNetwork } from '../../services/box-network/contract.ts'
import { offerOf } from '../../services/box-network/policy-offer.ts'
import type { Clock } from '../../services/core/clock.ts'
import { ConflictError, messageOf, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import { VERSION } from '../../services/program/version.ts'
import type { every as everyMs } from '../admin.ts'
import { migrations } from '../database/migrations/index.ts'
import { readIfThere, writeDurably, writeStream } from '../durable-file.ts'
import { PREVIEW } from './paths.ts'
import { runJob } from './run-job.ts'
import { wantAddress } from './take-address.ts'

/** How often a restored box is looked at until it is well. */
const LOOK_MS = 2_000
/** An outcome that this start of the box has brought about itself. */
const FRESH_MS = 60_000
/** The file that was brought; a chosen one stays where it lies. */
const BROUGHT = 'brought.backup'

export interface RestoresDeps {
  readonly dataFolder: string
  readonly systemFolder: string | undefined
  readonly backups: Pick<Backups, 'find'>
  /** Ends this box and opens its data folder again; undefined: nobody would. */
  readonly restart: (() => void) | undefined
  /** What does not work, in words. */
  readonly problems: () => readonly string[]
  /** The first start with what was restored, perhaps on another machine. */
  readonly arrived: () => void
  /** This start put the data from before back. */
  readonly tookBack: (reason: string) => void
  /** The machine's own address, and its network ports. */
  readonly boxNetwork: Pick<BoxNetwork, 'state'>
  readonly ports: () => readonly string[]
  readonly losses: () => Omit<ResetState, 'kind' | 'unsupported'>
  readonly clock: Clock
  readonly log: Log
  readonly every: typeof everyMs
}

const NOBODY = 'this box does not start itself again, so its data cannot be put in place'

/** Takes a backup in, checks it, and has the next start put it in place. Disposing it breaks off what is under way. */
export function openRestores(deps: RestoresDeps): Restores & Disposable {
  const { dataFolder, systemFolder, restart, clock, log } = deps
  const work = join(dataFolder, WORK)
  const at = (name: string) => join(work, name)
  const stop = new AbortController()
  mkdirSync(work, { recursive: true, mode: 0o700 })
  let chosen: string | undefined
  // Whoever waits for the box is told that it is there once it was found well.
  const onTrial = readNote(dataFolder) !== undefined
  let now: Pick<RestoreState, 'phase' | 'percent' | 'message'> = { phase: onTrial ? 'restarting' : 'none', percent: 0 }

  // What was checked for a program that has ended is checked again: nobody saw what it would bring.
  if (!onTrial) for (const name of readdirSync(work)) if (name !== 'outcome.json') removeAll(at(name))
  if (readNote(dataFolder)?.starts === 1) deps.arrived()
  const last = readOutcome(dataFolder)
  if (last?.kind === 'taken-back' && clock.now() - last.at < FRESH_MS) deps.tookBack(last.reason ?? '')
  const stopLooking = deps.every(LOOK_MS, () => {
    if (readNote(dataFolder)?.step !== 'trial') return stopLooking()
    if (deps.problems().length > 0) return
    confirmTrial(dataFolder, clock.now())
    now = { phase: 'none', percent: 0 }
    log.info('the restored box is well', {})
  })

  function headOf(path: string) {
    const { ephemeral: _, ...head } = preambleOf(path).head
    return head
  }
  function previewOf(): Preview | undefined {
    const text = now.phase === 'ready' ? readIfThere(at(PREVIEW)) : undefined
    return text === undefined ? undefined : previewSchema.parse(JSON.parse(text))
  }
  function offer({ address }: Pick<Preview, 'address'> = {}): AddressOffer | undefined {
    return address && offerOf(address, deps.boxNetwork.state(), deps.ports())
  }
  function state(): RestoreState {
    const outcome = readOutcome(dataFolder)
    const preview = previewOf()
    const address = offer(preview)
    const problems = onTrial && now.phase === 'restarting' ? deps.problems() : []
    return {
      ...now,
      ...(problems.length > 0 && { message: problems.join('; ') }),
      ...(chosen !== undefined && { head: headOf(chosen) }),
      ...(preview && { preview }),
      ...(address && { address }),
      ...(outcome && { outcome }),
      ...(restart === undefined && { unsupported: NOBODY }),
    }
  }
  function demandQuiet(): void {
    if (restart === undefined) throw new OperatorError(NOBODY)
    if (now.phase === 'receiving' || now.phase === 'checking')
      throw new ConflictError('a backup is being received or checked; wait until that has ended')
    if (now.phase === 'restarting') throw new ConflictError('the box starts again, or was not found well yet since')
  }
  function take(path: string): RestoreState {
    const tooNew = versionProblem(preambleOf(path).head, migrations.length, VERSION)
    if (tooNew !== undefined) throw new OperatorError(tooNew)
    chosen = path
    now = { phase: 'received', percent: 100 }
    return state()
  }
  function forget(): void {
    chosen = undefined
    now = { phase: 'none', percent: 0 }
    for (const name of [BROUGHT, STAGED, PREVIEW]) removeAll(at(name))
  }

  async function check(path: string, seed: Uint8Array): Promise<void> {
    try {
      await runJob(
        {
          ...{ make: 'check', dataFolder, file: path, version: VERSION },
          seed: Buffer.from(seed).toString('base64url'),
        },
        (percent) => {
          now = { phase: 'checking', percent }
        },
        stop.signal,
      )
      now = { phase: 'ready', percent: 100 }
    } catch (thrown) {
      now = { phase: 'received', percent: 0, message: messageOf(thrown) }
      log.warn('backup refused', { reason: messageOf(thrown) })
    }
  }

  return {
    state,
    async receive(content, { by, size }) {
      demandQuiet()
      forget()
      const { bavail, bsize } = statfsSync(work)
      const fits = (bytes: number) => {
        const noRoom = roomProblem(bytes, bavail * bsize, 'the backup')
        if (noRoom !== undefined) throw new OperatorError(noRoom)
      }
      fits(size ?? 0)
      now = { phase: 'receiving', percent: 0 }
      try {
        const written = await writeStream(at(`${BROUGHT}.part`), content, (bytes) => {
          fits(bytes)
          now = { phase: 'receiving', percent: size ? Math.min(100, Math.floor((bytes / size) * 100)) : 0 }
        })
        if (size !== undefined && written !== size)
          throw new OperatorError(`the backup broke off: ${written} of ${size} bytes arrived`)
        renameSync(at(`${BROUGHT}.part`), at(BROUGHT))
        log.info('backup received', { by })
        return take(at(BROUGHT))
      } catch (thrown) {
        forget()
        throw thrown
      } finally {
        rmSync(at(`${BROUGHT}.part`), { force: true })
      }
    },
    choose(name) {
      demandQuiet()
      forget()
      return take(deps.backups.find(name).path)
    },
    check(key) {
      demandQuiet()
      if (chosen === undefined) throw new OperatorError('there is no backup to check: bring or choose one first')
      const read = readRecoveryKey(key)
      if ('fault' in read) throw new OperatorError(read.fault)
      now = { phase: 'checking', percent: 0 }
      void check(chosen, read.seed)
      return state()
    },
    apply({ by, address }) {
      demandQuiet()
      if (now.phase !== 'ready' || chosen === undefined || !existsSync(at(STAGED)))
        throw new OperatorError('no backup was checked: check one with its recovery key first')
      const { box, at: madeAt } = headOf(chosen)
      const offered = offer(previewOf())
      const taken = offered !== undefined && offered.obstacle === undefined && (address ?? offered.suggested)
      if (address === true && offered?.obstacle !== undefined)
        throw new OperatorError(`the address cannot be taken here: ${offered.obstacle}`)
      if (taken) {
        const { suggested: _, ...setting } = offered
        wantAddress(join(at(STAGED), 'data'), setting)
      }
      log.info('restore begins', { by, box, ...(taken && { address: offered.address ?? 'by DHCP' }) })
      writeNote(dataFolder, { step: 'out', by, since: clock.now(), box, madeAt, starts: 0 })
      now = { phase: 'restarting', percent: 100 }
      restart?.()
      return state()
    },
    discard() {
      demandQuiet()
      forget()
      rmSync(at('outcome.json'), { force: true })
      return state()
    },
    losses: () => ({
      ...deps.losses(),
      kind: systemFolder === undefined ? 'folder' : 'disk',
      ...(restart === undefined && { unsupported: NOBODY }),
    }),
    reset({ by }) {
      // A box on trial, which may never be found well, can be erased too.
      if (restart === undefined) throw new OperatorError(NOBODY)
      log.warn('factory reset begins', { by })
      now = { phase: 'restarting', percent: 100 }
      if (systemFolder === undefined) {
        writeNote(dataFolder, { step: 'erase', by, since: clock.now(), box: '', madeAt: 0, starts: 0 })
        restart?.()
        return
      }
      // The system formats the whole disk for data at its next start, which it begins itself.
      mkdirSync(join(dataFolder, 'update'), { recursive: true, mode: 0o700 })
      writeDurably(join(dataFolder, 'update', 'factory-reset'), '')
    },
    [Symbol.dispose]() {
      stopLooking()
      stop.abort()
    },
  }
}

function removeAll(path: string): void {
  rmSync(path, { recursive: true, force: true })
}
