import { type Invocation, UsageError } from './command.ts'

/** A daily window as the API takes it: times of day, and the days on which it opens. */
export interface WindowInput {
  readonly from: string
  readonly to: string
  readonly days?: readonly string[]
}

/**
 * What `--window HH:MM-HH:MM` and `--days mon,tue` say; days alone are those days from midnight to midnight. The API
 * knows which days and times there are. Throws `UsageError` for another form; undefined when neither is given.
 */
export function windowOf({ window, days }: Invocation['flags']): WindowInput | undefined {
  if (window === undefined && days === undefined) return undefined
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(window ?? '00:00-00:00') ?? []
  if (from === undefined || to === undefined)
    throw new UsageError(`no window like 22:00-05:00: ${JSON.stringify(window)}`)
  return {
    from,
    to,
    ...(days !== undefined && {
      days: days
        .trim()
        .toLowerCase()
        .split(/[\s,]+/),
    }),
  }
}
