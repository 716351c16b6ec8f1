import { createReadStream } from 'node:fs'
import { BranchlineError, ConflictError, messageOf, NotFoundError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import { DiskFullError } from '../../services/files/contract.ts'
import type { Alarms } from '../../services/journey/contract.ts'
import type { Records } from '../../services/records/contract.ts'
import type { BoxStatus } from '../../services/sync/site-report.ts'
import { assignedPack } from '../../services/templates/assigned.ts'
import type { Packs } from '../../services/templates/contract.ts'
import type { Downloads } from './download.ts'
import { BY_ACCOUNT, isInUse, packSteps, retryAfter, type WantedPack } from './policy-packs.ts'

const AT_ONCE = 2
/** A key that signs may be trusted later, and a person may mend the text that did not fit. */
const REFUSED_MS = 6 * 3_600_000
/** Somebody here may have changed what the account gave. */
const LOOK_MS = 3_600_000

type Given = NonNullable<BoxStatus['given']>[number]

export interface GivenPacksDeps {
  readonly records: Pick<Records, 'list' | 'onChange'>
  readonly packs: Packs
  readonly downloads: Downloads
  readonly alarms: Pick<Alarms, 'raise'>
  readonly log: Log
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds of a clock that never jumps. */
  readonly monotonic: () => number
  readonly later: (ms: number, work: () => void) => () => void
  /** Told when `status()` says something else. */
  readonly onChange: () => void
}

/** Packs that the account gives to this box. Disposing ends downloads; what came of them stays for the next time. */
export interface GivenPacks extends AsyncDisposable {
  status(): readonly Given[]
}

interface Trouble {
  /** What it was about: another version begins anew. */
  readonly of: string
  readonly state: 'waiting' | 'refused'
  readonly reason: string
  readonly tries: number
  readonly until: number
  /** Another pack stood in its way. */
  readonly inTheWay: boolean
}

/** Keeps the packs of the box as its account says, from now on, in the background. */
export function followPacks(deps: GivenPacksDeps): GivenPacks {
  const { packs, log, later, monotonic } = deps
  const stop = new AbortController()
  const troubles = new Map<string, Trouble>()
  let again = false
  let running: Promise<void> | undefined
  let timer: (() => void) | undefined
  let told = ''

  function wanted(): readonly WantedPack[] {
    return deps.records.list('pack').flatMap(({ id, body }) => {
      const read = assignedPack.safeParse(body)
      return read.success ? [{ name: id, ...read.data }] : []
    })
  }

  function status(): readonly Given[] {
    const installed = packs.list()
    return wanted().map((one): Given => {
      const { name, version } = one
      const trouble = troubleOf(one)
      if (isInUse(one, installed)) return { kind: 'pack', name, version, state: 'in-use' }
      if (trouble === undefined) return { kind: 'pack', name, version, state: 'under-way' }
      return { kind: 'pack', name, version, state: trouble.state, reason: trouble.reason.slice(0, 500) }
    })
  }

  function troubleOf({ name, version, sha256 }: WantedPack): Trouble | undefined {
    const trouble = troubles.get(name)
    return trouble?.of === `${version} ${sha256}` ? trouble : undefined
  }

  function failed(one: WantedPack, thrown: unknown): void {
    const { name, version, sha256 } = one
    const reason = messageOf(thrown)
    const [of, tries] = [`${version} ${sha256}`, (troubleOf(one)?.tries ?? 0) + 1]
    const state = isRefusal(thrown) ? 'refused' : 'waiting'
    const wait = state === 'refused' ? REFUSED_MS : retryAfter(tries - 1, deps.random())
    const before = troubleOf(one)
    troubles.set(name, {
      ...{ of, state, reason, tries },
      until: monotonic() + wait,
      inTheWay: thrown instanceof ConflictError,
    })
    log[state === 'refused' ? 'error' : 'info']('a pack of the account is not in use', { pack: name, version, reason })
    if (state === 'refused' && before?.reason !== reason)
      deps.alarms.raise(
        'unusable-record',
        `pack ${name}`,
        `the account gave the pack ${name} ${version}, which this box does not take: ${reason}`,
      )
  }

  function tell(): void {
    const now = JSON.stringify(status())
    if (now === told) return
    told = now
    try {
      deps.onChange()
    } catch (thrown) {
      // The next look at the box tells it.
      log.warn('how far the packs are cannot be told', { reason: messageOf(thrown) })
    }
  }

  async function install(one: WantedPack): Promise<boolean> {
    const { name, version, sha256 } = one
    try {
      const path = await deps.downloads.fetch(one, stop.signal)
      await packs.install(createReadStream(path), {
        ...{ by: BY_ACCOUNT, older: true, instead: true, expected: { name, version } },
      })
      troubles.delete(name)
      await deps.downloads.drop(sha256)
      return true
    } catch (thrown) {
      if (stop.signal.aborted) return false
      failed(one, thrown)
      // It would only be refused again: its room is for others.
      if (isRefusal(thrown)) await deps.downloads.drop(sha256)
      return false
    } finally {
      tell()
    }
  }

  async function withdraw({ name, by }: { readonly name: string; readonly by?: string }): Promise<boolean> {
    try {
      if (by === undefined) await packs.remove(name, { by: BY_ACCOUNT })
      else await packs.back(name, { by })
      return true
    } catch (thrown) {
      log.error('a pack that the account took away stays in use', { pack: name, reason: messageOf(thrown) })
      return false
    }
  }

  async function round(): Promise<void> {
    const all = wanted()
    const { install: missing, withdraw: gone, tooMuch } = packSteps(all, packs.list())
    for (const name of troubles.keys()) if (!all.some((one) => one.name === name)) troubles.delete(name)
    for (const one of tooMuch) failed(one, new ConflictError('the account gives more packs than this box has room for'))
    await deps.downloads.clear(new Set(missing.map(({ sha256 }) => sha256)))
    let done = false
    for (const one of gone) done = (await withdraw(one)) || done
    const due = missing.filter((one) => (troubleOf(one)?.until ?? 0) <= monotonic())
    const queue = due[Symbol.iterator]()
    const worker = async () => {
      for (const one of queue) {
        if (stop.signal.aborted) return
        done = (await install(one)) || done
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    if (!done) return
    // What stood in the way of another one may have gone.
    for (const [name, trouble] of troubles)
      if (trouble.inTheWay) {
        troubles.delete(name)
        again = true
      }
  }

  function look(): void {
    if (stop.signal.aborted) return
    again = true
    // Not within the call: who begins this is not ready to hear of it yet.
    running ??= Promise.resolve().then(rounds)
  }

  async function rounds(): Promise<void> {
    timer?.()
    while (again && !stop.signal.aborted) {
      again = false
      tell()
      await round().catch((thrown: unknown) =>
        log.error('the packs of the account cannot be looked at', { reason: messageOf(thrown) }),
      )
    }
    tell()
    running = undefined
    if (stop.signal.aborted) return
    const next = Math.min(LOOK_MS, ...[...troubles.values()].map(({ until }) => Math.max(1_000, until - monotonic())))
    timer = later(next, look)
  }

  const unfollow = deps.records.onChange(({ kind }) => {
    if (kind === 'pack') look()
  })
  look()
  return {
    status,
    async [Symbol.asyncDispose]() {
      unfollow()
      stop.abort()
      timer?.()
      await running
    },
  }
}

/** It would fail in the same way at the next try. */
function isRefusal(thrown: unknown): boolean {
  if (thrown instanceof NotFoundError || thrown instanceof DiskFullError) return false
  return thrown instanceof BranchlineError && thrown.fault === 'operator'
}
