import type { EpochMs } from '../core/clock.ts'
import type { FileProtocol } from './contract.ts'

/** A span in the largest unit that fits: `12 s`, `3 min`, `2 h`, `5 days`. A clock that was set back counts as zero. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} days`
}

export function ago(at: EpochMs, now: EpochMs): string {
  return `${span(now - at)} ago`
}

/** `08:01:12` of a time, in a zone that is `offsetMinutes` ahead of UTC. */
export function clockTime(at: EpochMs, offsetMinutes = 0): string {
  const second = Math.floor(at / 1000) + offsetMinutes * 60
  const ofDay = ((second % 86_400) + 86_400) % 86_400
  return [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

const PROTOCOLS: Readonly<Record<FileProtocol, string>> = { tftp: 'TFTP', http: 'HTTP', https: 'HTTPS' }

export function protocolName(protocol: FileProtocol): string {
  return PROTOCOLS[protocol]
}

/** `43, 66 and 160` */
export function listOf(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
