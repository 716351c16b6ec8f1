import type { EpochMs } from '../core/clock.ts'
import { windowAt } from '../core/daily-window.ts'
import type { StartWindow, UpdatePhase, UpdateStatus } from './contract.ts'

const PHASES: readonly UpdatePhase[] = ['idle', 'receiving', 'checking', 'installing', 'installed', 'refused']
const IDLE: UpdateStatus = { phase: 'idle', percent: 0 }

/** What the installer wrote down: lines `name=value`. What cannot be read counts as nothing under way. */
export function readStatus(text: string | undefined): UpdateStatus {
  if (text === undefined) return IDLE
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf('=')
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1).trim())
  }
  const phase = PHASES.find((one) => one === fields.get('phase'))
  if (phase === undefined) return IDLE
  const percent = Number(fields.get('percent'))
  const bundle = fields.get('version')
  const message = fields.get('message')
  return {
    phase,
    percent: Number.isInteger(percent) && percent >= 0 && percent <= 100 ? percent : 0,
    ...(bundle !== undefined && bundle !== '' && { bundle }),
    ...(message !== undefined && message !== '' && { message }),
  }
}

/** Whether an update is under way, so that no other one may begin. */
export function isBusy({ phase }: UpdateStatus): boolean {
  return phase === 'receiving' || phase === 'checking' || phase === 'installing'
}

/** The slot that the boot loader started, as it stands in the kernel's command line. */
export function slotOf(commandLine: string): 'A' | 'B' | undefined {
  const [, slot] = /(?:^|\s)rauc\.slot=([AB])(?:\s|$)/.exec(commandLine) ?? []
  return slot === 'A' || slot === 'B' ? slot : undefined
}

/** What decides when the machine starts by itself into what is installed. */
export interface StartFacts {
  readonly window?: StartWindow
  /** Of the site. */
  readonly zone: string
  /** The version that is installed and does not run yet. */
  readonly installed?: string
  /** A version that somebody else starts. */
  readonly held?: string
  /** The version that was last started so, and the machine's id of the boot in which that was said. */
  readonly tried?: { readonly version: string; readonly boot: string }
  readonly boot: string
}

/**
 * When the box starts into what is installed by itself: now, when its window next opens, or never. A version that it has
 * started into before, and that is to be installed again, was no good: it waits for a person, or else the box would go there and
 * back as long as its window is open.
 */
export function windowStart(
  { window, zone, installed, held, tried, boot }: StartFacts,
  now: EpochMs,
): EpochMs | undefined {
  if (window === undefined || installed === undefined || installed === held) return undefined
  if (tried !== undefined && tried.version === installed && tried.boot !== boot) return undefined
  const gate = windowAt({ ...window, zone }, now)
  return gate.open ? now : gate.opensAt
}

/** A start that was put off, and came due while the service was away: so long after it is still made. */
const LATE_MS = 3_600_000

/** What becomes of a start that was put off to `at`. */
export function putOff(at: EpochMs, now: EpochMs): 'wait' | 'start' | 'missed' {
  if (now < at) return 'wait'
  return now - at <= LATE_MS ? 'start' : 'missed'
}
