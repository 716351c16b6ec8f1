import type { EpochMs } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { type Mac, readMac } from '../core/mac.ts'
import type { Records } from '../records/contract.ts'
import { completed, type Delivered, differenceOf, fingerprintOf, type Seen } from './fingerprint.ts'
import type { FingerprintStore } from './fingerprint-store.ts'

/** Sees to it that a device which got secrets once still looks like the same device. */
export interface Deliveries {
  /** Why this device gets no file with secrets; undefined: it may. A difference closes delivery until it is allowed again. */
  objection(mac: Mac, seen: Seen, at: EpochMs): string | undefined
  /** A file with secrets went to this device. */
  note(mac: Mac, seen: Seen, at: EpochMs): void
  /** Why delivery is closed, as long as it is. */
  closed(mac: Mac): string | undefined
  /** Forgets what the device looked like: the next delivery is the first again. */
  allow(mac: Mac): void
  /** Writes what waits and stops following the records. */
  close(): void
}

const DELAY_MS = 200
const RETRY_MS = 5_000

/**
 * First deliveries are written behind, together: a site that starts up for the first time would else wait for the disk
 * once a phone. A delivery that is closed is on disk at once.
 */
export function makeDeliveries(deps: {
  readonly store: FingerprintStore
  readonly records: Pick<Records, 'onChange'>
  readonly log: Log
}): Deliveries {
  const { store, log } = deps
  const kept = new Map(store.all())
  const unwritten = new Set<Mac>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const rows = [...unwritten].flatMap((mac) => {
      const row = kept.get(mac)
      return row === undefined ? [] : [[mac, row] as const]
    })
    try {
      if (rows.length > 0) store.save(rows)
      unwritten.clear()
    } catch (thrown) {
      log.error('fingerprints cannot be written, tried again', { error: messageOf(thrown) })
      later(RETRY_MS)
    }
  }
  const later = (ms: number): void => {
    timer ??= setTimeout(flush, ms)
    timer.unref?.()
  }
  const keep = (mac: Mac, row: Delivered): void => {
    kept.set(mac, row)
    unwritten.add(mac)
  }
  const forget = (mac: Mac): void => {
    unwritten.delete(mac)
    if (kept.delete(mac)) store.remove(mac)
  }
  const stop = deps.records.onChange(({ kind, id, before, after }) => {
    const mac = kind === 'device' ? readMac(id) : undefined
    // Another phone in the place of this one is what such an edit says.
    if (
      mac !== undefined &&
      (before?.vendor !== after?.vendor || before?.model !== after?.model || after === undefined)
    )
      forget(mac)
  })
  return {
    objection(mac, seen, at) {
      const before = kept.get(mac)
      if (before === undefined) return undefined
      if (before.closed !== undefined) return before.closed.reason
      const difference = differenceOf(before.fingerprint, fingerprintOf(seen))
      if (difference === undefined) return undefined
      const reason = `${difference}: its files with secrets are held back until a person allows it again`
      keep(mac, { ...before, closed: { reason, at } })
      flush()
      return reason
    },
    note(mac, seen, at) {
      const before = kept.get(mac)
      const now = fingerprintOf(seen)
      const fingerprint = before === undefined ? now : completed(before.fingerprint, now)
      if (before !== undefined && Object.keys(fingerprint).length === Object.keys(before.fingerprint).length) return
      keep(mac, { at, ...before, fingerprint })
      later(DELAY_MS)
    },
    closed: (mac) => kept.get(mac)?.closed?.reason,
    allow: forget,
    close() {
      stop()
      flush()
      clearTimeout(timer)
    },
  }
}
