import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../services/core/clock.ts'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import { type BoxEnrolment, makeBoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import type { CloudLink, CloudState } from '../../services/enrolment/contract.ts'
import { makeHttpTransport } from '../../services/enrolment/transport-http.ts'
import type { Alarm } from '../../services/journey/contract.ts'
import { VERSION } from '../../services/program/version.ts'
import type { SyncLink } from '../../services/sync/contract.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'
import { type Begin, type Following, followAccount, NO_ACCOUNT } from './follow.ts'
import { machineFacts } from './machine.ts'

export interface CloudDeps {
  /** Of the central account; undefined: there is none. */
  readonly url: string | undefined
  readonly dataFolder: string
  readonly secretBox: SecretBox
  readonly clock: Clock
  readonly log: Log
  /** Begins sync with an account that the box has come to belong to. */
  readonly begin: Begin
}

/** The box's link to its account. Disposing it ends what is under way. */
export interface Cloud extends CloudLink, AsyncDisposable {
  readonly sync: SyncLink
  /** The box raised one: the account is told. */
  alarm(alarm: Alarm): void
  /** The box's half of enrolment, for what speaks to the account after it; undefined without an account. */
  readonly enrolment: BoxEnrolment | undefined
  /** Calls `listener` after each change of the state; returns the way to stop. */
  onChange(listener: (state: CloudState) => void): () => void
}

/**
 * Begins to look after the box's account in the background. It never throws and never waits: a box whose account is
 * unreachable, or whose identity cannot be read, starts and serves its phones like any other.
 */
export function openCloud(deps: CloudDeps): Cloud {
  const { url, log } = deps
  if (url === undefined)
    return cloudOff('no account is named (branchline cloud join URL, or cloud.url in the configuration)')
  const stop = new AbortController()
  const listeners = new Set<(state: CloudState) => void>()
  const tell = () => {
    for (const listener of listeners) {
      try {
        listener(enrolment.state())
      } catch (thrown) {
        log.error('a listener to the cloud account failed', { reason: messageOf(thrown) })
      }
    }
  }
  let enrolment: BoxEnrolment
  let following: Following | undefined
  try {
    enrolment = openEnrolment(deps, url, stop.signal, () => {
      following?.look()
      tell()
    })
  } catch (thrown) {
    const reason = messageOf(thrown)
    log.error('the cloud account stays off', { reason })
    return cloudOff(reason)
  }
  const followed = followAccount({ enrolment, begin: deps.begin, log, onChange: tell })
  following = followed
  let wake = () => {}
  const looking = (async () => {
    while (!stop.signal.aborted) {
      const ms = await enrolment.step()
      if (stop.signal.aborted) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  })()
  return {
    enrolment,
    sync: followed,
    alarm: (alarm) => followed.alarm(alarm),
    state: () => enrolment.state(),
    leave(options) {
      enrolment.leave(options)
      wake()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      wake()
      await looking
      await followed[Symbol.asyncDispose]()
    },
  }
}

function openEnrolment(deps: CloudDeps, url: string, signal: AbortSignal, onChange: () => void): BoxEnrolment {
  const { clock, log, secretBox } = deps
  const folder = join(deps.dataFolder, 'cloud')
  const path = join(folder, 'enrolment.sealed')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return makeBoxEnrolment({
    ...{ url: url.replace(/\/+$/, ''), clock, log, onChange, random: Math.random, bootId: crypto.randomUUID() },
    store: {
      load() {
        const sealed = readIfThere(path)
        return sealed === undefined ? undefined : secretBox.open(sealed.trim())
      },
      save: (text) => writeDurably(path, `${secretBox.seal(text)}\n`),
    },
    transport: makeHttpTransport({ url, signal, now: () => clock.now() }),
    facts: { ...machineFacts(), boxVersion: VERSION },
  })
}

function cloudOff(reason: string): Cloud {
  return {
    enrolment: undefined,
    sync: {
      status: () => undefined,
      async now() {
        throw new OperatorError(NO_ACCOUNT)
      },
    },
    alarm() {},
    state: () => ({ state: 'off', reason }),
    leave() {
      throw new OperatorError(NO_ACCOUNT)
    },
    onChange: () => () => undefined,
    async [Symbol.asyncDispose]() {},
  }
}
