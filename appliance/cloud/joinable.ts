import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'
import { cloudUrlFault } from '../config/cloud-url.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'
import { type Cloud, type CloudDeps, openCloud } from './open.ts'

export interface JoinableDeps extends Omit<CloudDeps, 'url'> {
  /** What the configuration says; it wins over what was said on the page. */
  readonly configured: string | undefined
}

/** The link to an account whose address people may give while the box runs. */
export interface JoinableCloud extends Cloud {
  /** The configuration names the account: it is changed there alone. */
  readonly fixed: boolean
  /**
   * Goes to the account at this address, or to none with `undefined`. It is on disk when this resolves; whether anything
   * answers there is told by `state()`. Throws `OperatorError` for what is no address, where the configuration decides,
   * and while the box belongs to an account.
   */
  join(url: string | undefined, options: { readonly by: string }): Promise<void>
}

/** Opens the account of the configuration, or the one that somebody named here. It never throws, as `openCloud`. */
export function openJoinableCloud({ configured, ...deps }: JoinableDeps): JoinableCloud {
  const { dataFolder, log } = deps
  const folder = join(dataFolder, 'cloud')
  const path = join(folder, 'address')
  const listeners = new Set<(state: CloudState) => void>()
  let stopped = false
  let busy: Promise<void> = Promise.resolve()
  let now = open(configured ?? remembered())

  /** What was named here; a file that holds no address counts as none. */
  function remembered(): string | undefined {
    try {
      const text = readIfThere(path)?.trim() ?? ''
      if (text === '') return undefined
      const fault = cloudUrlFault(text)
      if (fault === undefined) return text
      log.error('the stored address of the account cannot be used', { path, reason: fault })
    } catch (thrown) {
      log.error('the stored address of the account cannot be read', { path, reason: messageOf(thrown) })
    }
    return undefined
  }

  function tell(state: CloudState): void {
    for (const listener of listeners) listener(state)
  }

  function open(url: string | undefined): Cloud {
    const cloud = openCloud({ ...deps, url })
    cloud.onChange(tell)
    return cloud
  }

  async function change(url: string | undefined, by: string): Promise<void> {
    const state = now.state()
    if (stopped || ('url' in state && state.url === url)) return
    if (state.state === 'claimed')
      throw new OperatorError(`this box belongs to ${state.orgName}: leave that account first`)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeDurably(path, `${url ?? ''}\n`)
    // It was let go there: the next account gets to know it by new keys.
    if (state.state === 'released' || state.state === 'revoked') now.leave({ by })
    log.info('the box goes to another account', { by, url: url ?? 'none' })
    await now[Symbol.asyncDispose]()
    now = open(url)
    tell(now.state())
  }

  return {
    fixed: configured !== undefined,
    get enrolment() {
      return now.enrolment
    },
    sync: { status: () => now.sync.status(), now: () => now.sync.now() },
    alarm: (alarm) => now.alarm(alarm),
    state: () => now.state(),
    leave: (options) => now.leave(options),
    join(url, { by }) {
      const bare = url?.trim().replace(/\/+$/, '')
      const fault = bare === undefined ? undefined : cloudUrlFault(bare)
      if (fault !== undefined) throw new OperatorError(`address of the account: ${fault}`)
      if (configured !== undefined)
        throw new OperatorError(`the configuration names the account (cloud.url: ${configured}): change it there`)
      const changed = busy.then(() => change(bare, by))
      busy = changed.catch(() => undefined)
      return changed
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      await busy
      await now[Symbol.asyncDispose]()
    },
  }
}
