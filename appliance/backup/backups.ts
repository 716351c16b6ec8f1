import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readRecoveryKey, writeRecoveryKey } from '../../services/backup/codec-key.ts'
import type { BackupState, Backups, Schedule, StoredBackup } from '../../services/backup/contract.ts'
import { fileName, isBackupName, isOwnName, surplus, turnOf } from '../../services/backup/policy.ts'
import { newSeed, recipientOf } from '../../services/backup/seal.ts'
import { type BackupSettings, NO_SCHEDULE, scheduleProblem, settingsSchema } from '../../services/backup/settings.ts'
import { preambleOf } from '../../services/backup/unpack.ts'
import type { FormerAddress } from '../../services/box-network/contract.ts'
import type { Clock } from '../../services/core/clock.ts'
import { ConflictError, messageOf, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { Alarms } from '../../services/journey/contract.ts'
import { VERSION } from '../../services/program/version.ts'
import type { every as everyMs } from '../admin.ts'
import type { BoxConfig } from '../config/config.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'
import { runJob } from './run-job.ts'

/** How often it is looked whether the schedule has its turn. */
const LOOK_MS = 60_000

export interface BackupsDeps {
  readonly config: Pick<BoxConfig, 'dataFolder' | 'file' | 'templates'>
  /** Where the system of one of our images says what it does; undefined on any other machine. */
  readonly systemFolder: string | undefined
  /** The central account that the box belongs to now. */
  readonly account: () => string | undefined
  /** How the machine has its own address, when somebody set it. */
  readonly address: () => FormerAddress | undefined
  readonly alarms: Pick<Alarms, 'raise'>
  readonly clock: Clock
  readonly log: Log
  readonly every: typeof everyMs
}

/** Makes backups when a person asks for one and when the schedule does. Disposing it breaks off what is under way. */
export function openBackups(deps: BackupsDeps): Backups & Disposable {
  const { clock, log, alarms, systemFolder } = deps
  const { dataFolder } = deps.config
  const folder = join(dataFolder, 'backup')
  const settingsFile = join(dataFolder, 'backup.json')
  const stop = new AbortController()
  let job: BackupState['job'] = { phase: 'idle', percent: 0 }
  let settings = load()

  function load(): BackupSettings {
    const text = readIfThere(settingsFile)
    if (text === undefined) return { form: 1, schedule: NO_SCHEDULE }
    try {
      return settingsSchema.parse(JSON.parse(text))
    } catch (thrown) {
      log.error('the settings of backups cannot be read', { reason: messageOf(thrown) })
      return { form: 1, schedule: NO_SCHEDULE }
    }
  }
  function save(change: Partial<BackupSettings>): void {
    const next = { ...settings, ...change }
    writeDurably(settingsFile, `${JSON.stringify(next)}\n`)
    settings = next
  }
  const places = { box: folder, stick: join(dataFolder, 'stick') } as const
  function stored(place: keyof typeof places): StoredBackup[] {
    if (!existsSync(places[place])) return []
    return readdirSync(places[place])
      .filter(isBackupName)
      .flatMap((name) => {
        try {
          const { head, size } = preambleOf(join(places[place], name))
          const { box, version, at, content } = head
          return [{ name, place, size, box, version, at, content, ours: head.keyId === settings.recipient?.id }]
        } catch {
          // Not a backup, or cut off: whoever chooses it is told why.
          return []
        }
      })
  }

  function state(): BackupState {
    const { recipient, schedule, lastTurn } = settings
    const { bavail, bsize } = statfsSync(dataFolder)
    return {
      ...{ schedule, job, free: bavail * bsize },
      ...(recipient && { key: { id: recipient.id, madeAt: recipient.madeAt, confirmed: recipient.confirmed } }),
      ...(schedule.on && { nextAt: turnOf(schedule, lastTurn, clock.now()).nextAt }),
      backups: [...stored('box'), ...stored('stick')].sort((a, b) => b.at - a.at),
      ...(systemFolder !== undefined && { stick: existsSync(join(systemFolder, 'stick')) }),
    }
  }

  function begin(daily: boolean, firmware: boolean, by: string): void {
    const { recipient } = settings
    if (job.phase === 'running') throw new ConflictError('a backup is being made; wait until it has ended')
    if (recipient === undefined || !recipient.confirmed)
      throw new OperatorError('there is no recovery key yet: make one, keep it, and confirm it (branchline backup key)')
    job = { phase: 'running', percent: 0 }
    void run(recipient, daily, firmware, by)
  }

  async function run(
    { publicKey, id }: NonNullable<BackupSettings['recipient']>,
    daily: boolean,
    firmware: boolean,
    by: string,
  ): Promise<void> {
    const at = clock.now()
    const account = deps.account()
    const address = deps.address()
    const name = fileName(hostname(), at, daily)
    try {
      await runJob(
        {
          ...{ make: 'backup', dataFolder, out: join(folder, name), box: hostname().slice(0, 200), version: VERSION },
          ...{ at, publicKey, keyId: id, firmware, beside: besideOf(deps.config) },
          ...(account !== undefined && { account }),
          ...(address && { address }),
        },
        (percent) => {
          job = { phase: 'running', percent }
        },
        stop.signal,
      )
      const kept = stored('box').map((it) => it.name)
      if (daily) for (const old of surplus(kept, settings.schedule.keep)) rmSync(join(folder, old), { force: true })
      job = { phase: 'idle', percent: 100, message: name }
      log.info('backup made', { by, file: name })
      askForStick()
    } catch (thrown) {
      if (stop.signal.aborted) return
      const message = messageOf(thrown)
      job = { phase: 'failed', percent: 0, message }
      log.error('backup failed', { by, reason: message })
      if (daily) alarms.raise('backup-failed', 'daily backup', `the daily backup was not made: ${message}`)
    }
  }

  /** The system copies backups onto a stick that is plugged in; the box itself may touch no device. */
  function askForStick(): void {
    if (systemFolder === undefined) return
    mkdirSync(join(dataFolder, 'update'), { recursive: true, mode: 0o700 })
    writeDurably(join(dataFolder, 'update', 'stick'), '')
  }

  function look(): void {
    const { schedule, recipient, lastTurn } = settings
    const now = clock.now()
    if (!schedule.on || !recipient?.confirmed || job.phase === 'running' || !turnOf(schedule, lastTurn, now).due) return
    save({ lastTurn: now })
    begin(true, schedule.firmware, 'schedule')
  }
  // What a start before this one left unfinished.
  if (existsSync(folder))
    for (const name of readdirSync(folder))
      if (/\.part(-wal|-shm)?$/.test(name)) rmSync(join(folder, name), { force: true })
  const stopLooking = deps.every(LOOK_MS, look)

  return {
    state,
    make({ by, firmware }) {
      begin(false, firmware, by)
      return state()
    },
    find(name) {
      for (const place of ['box', 'stick'] as const) {
        const path = join(places[place], name)
        const size = isBackupName(name) ? statSync(path, { throwIfNoEntry: false })?.size : undefined
        if (size !== undefined) return { path, size }
      }
      throw new NotFoundError(`there is no backup ${JSON.stringify(name)}`)
    },
    remove(name, { by }) {
      if (!isOwnName(name) || !existsSync(join(folder, name)))
        throw new NotFoundError(`there is no backup ${JSON.stringify(name)} in this box`)
      rmSync(join(folder, name))
      log.info('backup removed', { by, file: name })
    },
    newKey({ by }) {
      const seed = newSeed()
      const { publicKey, id } = recipientOf(seed)
      save({ recipient: { publicKey, id, madeAt: clock.now(), confirmed: false } })
      log.info('new recovery key', { by, id })
      return { key: writeRecoveryKey(seed), id }
    },
    confirmKey(text, { by }) {
      const read = readRecoveryKey(text)
      if ('fault' in read) throw new OperatorError(read.fault)
      const { recipient } = settings
      if (recipient === undefined || recipientOf(read.seed).id !== recipient.id)
        throw new OperatorError('this is another recovery key than the one that was made last')
      save({ recipient: { ...recipient, confirmed: true } })
      log.info('recovery key confirmed', { by, id: recipient.id })
      return state()
    },
    setSchedule(schedule: Schedule, { by }) {
      const problem = scheduleProblem(schedule)
      if (problem !== undefined) throw new OperatorError(problem)
      if (schedule.on && !settings.recipient?.confirmed)
        throw new OperatorError('a schedule needs a recovery key that was confirmed: make one first')
      save({ schedule })
      log.info('schedule of backups changed', { by, on: schedule.on, at: schedule.at })
      look()
      return state()
    },
    [Symbol.dispose]() {
      stopLooking()
      stop.abort()
    },
  }
}

function besideOf({ file, templates }: BackupsDeps['config']) {
  return [
    ...(file === undefined || !existsSync(file) ? [] : [{ path: 'branchline.yaml', file }]),
    ...(templates === undefined || !existsSync(templates) ? [] : [{ path: 'templates', file: templates }]),
  ]
}
