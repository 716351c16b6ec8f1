import type { Clock } from '../core/clock.ts'
import type { Log, LogFields, LogLevel } from '../core/log.ts'
import type { LiveSecrets } from './redaction.ts'

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']
/** Texts from the LAN end here too: a field is no place for more. */
const LONGEST_FIELD = 1_000

export interface LogOptions {
  /** Lines below it are dropped. */
  readonly level: LogLevel
  readonly format: 'text' | 'json'
  readonly clock: Clock
  readonly secrets: LiveSecrets
  /** Takes one line with its newline; standard error unless told otherwise. */
  readonly write?: (line: string) => void
  /** Is given each line in its parts too, as clean as it was written. */
  readonly keep?: (line: LogLine) => void
}

export interface LogLine {
  readonly at: number
  readonly level: LogLevel
  readonly text: string
  readonly fields: CleanFields
}

/**
 * A log of one line an event, as text or as JSON. Secrets that are open are blotted out, control characters escaped
 * and long values cut, so that nothing that a device sends can forge a line or move a terminal's cursor.
 */
export function makeLog(options: LogOptions): Log {
  const write = options.write ?? ((line: string) => void process.stderr.write(line))
  const lowest = LEVELS.indexOf(options.level)
  const line = options.format === 'json' ? jsonLine : textLine

  function at(level: LogLevel): Log[LogLevel] {
    if (LEVELS.indexOf(level) < lowest) return () => {}
    return (text, fields = {}) => {
      const at = options.clock.now()
      const said = { at, level, text: options.secrets.redact(text), fields: clean(fields, options.secrets) }
      write(line(new Date(at).toISOString(), level, said.text, said.fields))
      options.keep?.(said)
    }
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

type CleanFields = Readonly<Record<string, string | number | boolean>>

function clean(fields: LogFields, secrets: LiveSecrets): CleanFields {
  const out: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    // Blotted before it is cut: half a secret is one too.
    const safe = typeof value === 'string' ? secrets.redact(value) : value
    out[name] = typeof safe === 'string' && safe.length > LONGEST_FIELD ? `${safe.slice(0, LONGEST_FIELD)}…` : safe
  }
  return out
}

function jsonLine(time: string, level: LogLevel, text: string, fields: CleanFields): string {
  return `${escapeControls(JSON.stringify({ ...fields, time, level, text }))}\n`
}

function textLine(time: string, level: LogLevel, text: string, fields: CleanFields): string {
  let line = `${time} ${level.padEnd(5)} ${JSON.stringify(text).slice(1, -1)}`
  for (const [name, value] of Object.entries(fields)) {
    const plain = typeof value !== 'string' || /^[\w.:/@+,-]+$/.test(value)
    line += ` ${name}=${plain ? value : JSON.stringify(value)}`
  }
  return `${escapeControls(line)}\n`
}

/** What JSON leaves as it is but a terminal or a line reader may obey: DEL, C1 controls, line separators, bidi marks. */
function escapeControls(line: string): string {
  return line.replace(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
