import { printable } from '../core/bytes.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Alarm, AlarmKind, Alarms } from './contract.ts'

const HOUR_MS = 3_600_000
const MAX_ALARMS = 200
// Subjects may be forged (a source address of UDP): past this many of one kind in an hour they share one alarm.
const MAX_SUBJECTS = 30
const OTHERS = 'many others'
const DELAY_MS = 800

interface AlarmRow {
  readonly kind: string
  readonly subject: string
  readonly text: string
  readonly first_at: number
  readonly last_at: number
  readonly count: number
}

/**
 * Alarms, the newest first, 200 at most. The first of a kind and subject within an hour is logged and given to
 * `onRaise`; repeats are counted. With `db` they are kept in the table `alarm`, written behind; dispose to write the rest.
 */
export function makeAlarms(options: {
  clock: Clock
  log: Log
  db?: SqlDatabase
  onRaise?: (alarm: Alarm) => void
}): Alarms & AsyncDisposable {
  const { clock, log, db, onRaise } = options
  /** Oldest first. */
  let alarms: Alarm[] = db === undefined ? [] : load(db)
  let timer: ReturnType<typeof setTimeout> | undefined
  let dirty = false

  function write(): void {
    timer = undefined
    if (db === undefined || !dirty) return
    try {
      db.write(() => {
        db.query('DELETE FROM alarm').run()
        for (const { kind, subject, text, firstAt, lastAt, count } of alarms)
          db.query('INSERT INTO alarm (kind, subject, text, first_at, last_at, count) VALUES (?, ?, ?, ?, ?, ?)').run(
            kind,
            subject,
            text,
            firstAt,
            lastAt,
            count,
          )
      })
      dirty = false
    } catch (thrown) {
      log.error('alarms could not be written', { error: messageOf(thrown) })
    }
  }

  function changed(): void {
    dirty = true
    if (db === undefined || timer !== undefined) return
    timer = setTimeout(write, DELAY_MS)
    timer.unref?.()
  }

  function open(kind: AlarmKind, subject: string, now: number): number {
    return alarms.findLastIndex(
      (alarm) => alarm.kind === kind && alarm.subject === subject && now - alarm.firstAt < HOUR_MS,
    )
  }

  return {
    raise(kind, givenSubject, givenText) {
      const now = clock.now()
      let subject = printable(givenSubject, 100)
      let index = open(kind, subject, now)
      if (index < 0) {
        const fresh = alarms.filter((alarm) => alarm.kind === kind && now - alarm.firstAt < HOUR_MS)
        if (fresh.length >= MAX_SUBJECTS) {
          subject = OTHERS
          index = open(kind, subject, now)
        }
      }
      const text = printable(givenText, 300)
      const standing = alarms[index]
      if (standing !== undefined) {
        alarms[index] = { ...standing, text, lastAt: now, count: standing.count + 1 }
        changed()
        return
      }
      const alarm: Alarm = { kind, subject, text, firstAt: now, lastAt: now, count: 1 }
      alarms = [...alarms, alarm].slice(-MAX_ALARMS)
      changed()
      log.warn('alarm raised', { kind, subject, text })
      try {
        onRaise?.(alarm)
      } catch (thrown) {
        log.error('a listener to alarms failed', { kind, error: messageOf(thrown) })
      }
    },
    list: () => alarms.toReversed(),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      write()
    },
  }
}

function load(db: SqlDatabase): Alarm[] {
  return db
    .query<AlarmRow>('SELECT * FROM alarm ORDER BY first_at')
    .all()
    .slice(-MAX_ALARMS)
    .map((row) => ({
      kind: row.kind as AlarmKind,
      subject: row.subject,
      text: row.text,
      firstAt: row.first_at,
      lastAt: row.last_at,
      count: row.count,
    }))
}
