export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Values that a log line may carry beside its constant text. Secrets never go in: there is no field for them. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** A log. The text is constant and lowercase so that it can be searched for; values follow as fields. */
export interface Log {
  debug(text: string, fields?: LogFields): void
  info(text: string, fields?: LogFields): void
  warn(text: string, fields?: LogFields): void
  error(text: string, fields?: LogFields): void
}

/** A log that forgets everything, for callers that do not care. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
