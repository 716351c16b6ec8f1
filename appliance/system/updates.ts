import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../services/core/clock.ts'
import { ConflictError, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import { VERSION } from '../../services/program/version.ts'
import type { UpdateState, UpdateStatus, Updates } from '../../services/updates/contract.ts'
import { isBusy, readStatus, slotOf } from '../../services/updates/policy.ts'
import type { every as everyMs } from '../admin.ts'
import { readIfThere, writeDurably, writeStream } from '../durable-file.ts'
import { openOwnStarts } from './own-starts.ts'

/** No bundle is near this; a slot holds less. */
const MAX_BUNDLE = 400 * 1024 * 1024

export interface UpdatesDeps {
  readonly dataFolder: string
  /** Where the system's own programs say what they do; undefined: this machine is not one of our images. */
  readonly systemFolder: string | undefined
  /** Of the site. */
  readonly zone: () => string
  readonly clock: Clock
  readonly log: Log
  readonly every: typeof everyMs
  /** For tests: what the kernel was started with, this start's id, and the file of the image's version. */
  readonly commandLine?: string
  readonly boot?: string
  readonly versionFile?: string
}

/**
 * The box's side of updates. It may not touch the slots itself: it puts a bundle where the system waits for one, and
 * the system checks and installs it (image/root/usr/lib/branchline/system/update-install).
 */
export function makeUpdates(deps: UpdatesDeps): Updates & Disposable {
  const { systemFolder, log } = deps
  const folder = join(deps.dataFolder, 'update')
  const slot = slotOf(deps.commandLine ?? readIfThere('/proc/cmdline') ?? '')
  const version = readIfThere(deps.versionFile ?? '/usr/lib/branchline/IMAGE_VERSION')?.trim() ?? VERSION
  const boot = deps.boot ?? readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
  const part = join(folder, 'bundle.part')
  // What a power cut left of one that was on its way.
  rmSync(part, { force: true })
  let receiving: UpdateStatus | undefined

  const readSystem = (name: string) =>
    systemFolder === undefined ? undefined : readIfThere(join(systemFolder, name))?.trim()
  const status = (): UpdateStatus => receiving ?? readStatus(readSystem('status'))
  const installed = () => {
    const { phase, bundle } = status()
    return phase === 'installed' ? bundle : undefined
  }
  const starts = openOwnStarts({ ...deps, boot, installed, busy: () => isBusy(status()), start: restartNow })

  function state(): UpdateState {
    if (systemFolder === undefined)
      return {
        ...{ phase: 'idle', percent: 0, version: VERSION, well: true },
        unsupported: 'this box was installed as a package: it is updated with the system that it runs on',
      }
    const fellBack = readSystem('fallen-back')?.split('\n').at(-1)
    return {
      ...status(),
      version,
      ...(slot !== undefined && { slot }),
      well: readSystem('health') === 'well',
      ...(fellBack !== undefined && fellBack !== '' && { fellBack }),
      ...starts.state(),
    }
  }

  function restartNow(by: string): void {
    const wish = join(folder, 'restart')
    if (existsSync(wish)) return
    log.info('restart of the machine was asked for', { by })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeDurably(wish, '')
  }

  function supported(): string {
    const { unsupported } = state()
    if (systemFolder === undefined || unsupported !== undefined) throw new OperatorError(unsupported ?? 'no updates')
    return systemFolder
  }

  return {
    state,
    async receive(content, { by, size, held }) {
      supported()
      if (isBusy(status())) throw new ConflictError('an update is under way; wait until it has ended')
      if (size !== undefined && size > MAX_BUNDLE) throw new OperatorError(`no update is ${size} bytes long`)
      receiving = { phase: 'receiving', percent: 0 }
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 })
        const written = await writeStream(part, content, (bytes) => {
          if (bytes > MAX_BUNDLE) throw new OperatorError(`the update is longer than ${MAX_BUNDLE} bytes`)
          if (size) receiving = { phase: 'receiving', percent: Math.min(100, Math.floor((bytes / size) * 100)) }
        })
        if (written === 0) throw new OperatorError('the update is empty')
        if (size !== undefined && written !== size)
          throw new OperatorError(`the update broke off: ${written} of ${size} bytes arrived`)
        starts.hold(held)
        renameSync(part, join(folder, 'bundle.raucb'))
        receiving = { phase: 'checking', percent: 0 }
        // The system looks for this file; what it says from then on counts.
        await sayAndWait(folder, () => readStatus(readSystem('status')))
        log.info('update received', { by, bytes: size ?? 0 })
      } finally {
        receiving = undefined
        rmSync(part, { force: true })
      }
      return state()
    },
    restart({ by, at }) {
      supported()
      if (isBusy(status())) throw new ConflictError('an update is under way; wait until it has ended')
      if (at !== undefined) return starts.putOff(at, by)
      starts.stay(by)
      restartNow(by)
    },
    stay({ by }) {
      supported()
      starts.stay(by)
    },
    setWindow(window, { by }) {
      supported()
      starts.setWindow(window, by)
    },
    [Symbol.dispose]: () => starts[Symbol.dispose](),
  }
}

/** Puts the wish there and waits until the system has taken it, so that nobody reads the status of the update before. */
async function sayAndWait(folder: string, now: () => UpdateStatus): Promise<void> {
  const wish = join(folder, 'install')
  const before = JSON.stringify(now())
  writeFileSync(wish, '')
  for (let i = 0; i < 600; i++) {
    if (readIfThere(wish) === undefined && JSON.stringify(now()) !== before) return
    await Bun.sleep(100)
  }
  rmSync(wish, { force: true })
  throw new OperatorError('the system did not take the update; see its log')
}
