import { BranchlineError, ConflictError, messageOf, NotFoundError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import { DiskFullError } from '../../services/files/contract.ts'
import type { Alarms } from '../../services/journey/contract.ts'
import type { Records } from '../../services/records/contract.ts'
import type { BoxStatus } from '../../services/sync/site-report.ts'
import type { Downloads } from './download.ts'
import { retryAfter } from './policy-packs.ts'

const AT_ONCE = 2
/** A key that signs may be trusted later, and a person may mend the text that did not fit. */
const REFUSED_MS = 6 * 3_600_000
/** Somebody here may have changed what the account gave. */
const LOOK_MS = 3_600_000

export type Given = NonNullable<BoxStatus['given']>[number]

export interface GivenDeps {
  readonly records: Pick<Records, 'list' | 'onChange'>
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

/** Content of the account that this box shall have. */
export interface WantedContent {
  readonly name: string
  readonly sha256: string
  readonly size: number
  readonly rate?: number
}

export interface GivenSteps<Wanted> {
  readonly install: readonly Wanted[]
  /** What the account gives no more; each true when something changed. */
  readonly withdraw: readonly (() => Promise<boolean>)[]
  readonly tooMuch: readonly Wanted[]
}

/** What is particular of one kind of record whose content is fetched from the account. */
export interface GivenKind<Wanted extends WantedContent> {
  readonly kind: 'pack' | 'file'
  wanted(): readonly Wanted[]
  /** As it is told to people, and to the account. */
  versionOf(one: Wanted): string
  isInUse(one: Wanted): boolean
  steps(wanted: readonly Wanted[]): GivenSteps<Wanted>
  /** Puts it to use; `fetch` gives the path of its content. */
  install(one: Wanted, fetch: () => Promise<string>): Promise<void>
}

/** Content that the account gives to this box. Disposing ends downloads; what came of them stays for the next time. */
export interface GivenContent extends AsyncDisposable {
  status(): readonly Given[]
  /** Something changed that may have stood in the way. */
  look(): void
}

interface Trouble {
  /** What it was about: another version begins anew. */
  readonly of: string
  readonly state: 'waiting' | 'refused'
  readonly reason: string
  readonly tries: number
  readonly until: number
  /** Something else here stood in its way. */
  readonly inTheWay: boolean
}

/** Keeps what the account gives as it says, from now on, in the background. */
export function followGiven<Wanted extends WantedContent>(deps: GivenDeps, of: GivenKind<Wanted>): GivenContent {
  const { log, later, monotonic } = deps
  const { kind } = of
  const stop = new AbortController()
  const troubles = new Map<string, Trouble>()
  const percents = new Map<string, number>()
  let again = false
  let running: Promise<void> | undefined
  let timer: (() => void) | undefined
  let told = ''

  function status(): readonly Given[] {
    return of.wanted().map((one): Given => {
      const [{ name }, version, trouble] = [one, of.versionOf(one), troubleOf(one)]
      if (of.isInUse(one)) return { kind, name, version, state: 'in-use' }
      const percent = percents.get(name)
      if (trouble === undefined)
        return { kind, name, version, state: 'under-way', ...(percent !== undefined && { percent }) }
      return { kind, name, version, state: trouble.state, reason: trouble.reason.slice(0, 500) }
    })
  }

  const stampOf = (one: Wanted) => `${of.versionOf(one)} ${one.sha256}`
  function troubleOf(one: Wanted): Trouble | undefined {
    const trouble = troubles.get(one.name)
    return trouble?.of === stampOf(one) ? trouble : undefined
  }

  function failed(one: Wanted, thrown: unknown): void {
    const { name } = one
    const [reason, before] = [messageOf(thrown), troubleOf(one)]
    const tries = (before?.tries ?? 0) + 1
    const state = isRefusal(thrown) ? 'refused' : 'waiting'
    const wait = state === 'refused' ? REFUSED_MS : retryAfter(tries - 1, deps.random())
    troubles.set(name, {
      ...{ of: stampOf(one), state, reason, tries },
      until: monotonic() + wait,
      inTheWay: thrown instanceof ConflictError,
    })
    const said = { [kind]: name, version: of.versionOf(one), reason }
    log[state === 'refused' ? 'error' : 'info'](`a ${kind} of the account is not in use`, said)
    if (state === 'refused' && before?.reason !== reason)
      deps.alarms.raise(
        'unusable-record',
        `${kind} ${name}`,
        `the account gave the ${kind} ${name} ${of.versionOf(one)}, which this box does not take: ${reason}`,
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
      log.warn(`how far the ${kind}s are cannot be told`, { reason: messageOf(thrown) })
    }
  }

  async function install(one: Wanted): Promise<boolean> {
    const { name, sha256, size } = one
    try {
      await of.install(one, () =>
        deps.downloads.fetch(one, stop.signal, (bytes) => {
          // In steps of ten: each is a message to the account.
          percents.set(name, Math.floor((bytes / size) * 10) * 10)
          tell()
        }),
      )
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
      percents.delete(name)
      tell()
    }
  }

  async function round(): Promise<void> {
    const all = of.wanted()
    const { install: missing, withdraw, tooMuch } = of.steps(all)
    for (const name of troubles.keys()) if (!all.some((one) => one.name === name)) troubles.delete(name)
    for (const one of tooMuch)
      failed(one, new ConflictError(`the account gives more ${kind}s than this box has room for`))
    await deps.downloads.clear(new Set(missing.map(({ sha256 }) => sha256)))
    let done = false
    for (const gone of withdraw) done = (await gone()) || done
    const due = missing.filter((one) => (troubleOf(one)?.until ?? 0) <= monotonic())
    const queue = due[Symbol.iterator]()
    const worker = async () => {
      for (const one of queue) {
        if (stop.signal.aborted) return
        done = (await install(one)) || done
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    if (done) clearTheWay()
  }

  /** What stood in the way of another one may have gone. */
  function clearTheWay(): void {
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
        log.error(`the ${kind}s of the account cannot be looked at`, { reason: messageOf(thrown) }),
      )
    }
    tell()
    running = undefined
    if (stop.signal.aborted) return
    const next = Math.min(LOOK_MS, ...[...troubles.values()].map(({ until }) => Math.max(1_000, until - monotonic())))
    timer = later(next, look)
  }

  const unfollow = deps.records.onChange((change) => {
    if (change.kind === kind) look()
  })
  look()
  return {
    status,
    look() {
      clearTheWay()
      look()
    },
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
