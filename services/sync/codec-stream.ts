import { MalformedPacketError } from '../core/errors.ts'

/** One event of a stream of server-sent events (HTML Living Standard, section 9.2). */
export interface StreamEvent {
  /** `message` when it has no name. */
  readonly name: string
  readonly data: string
}

/** Characters of one event at most: what comes here names feeds, and nothing else. */
const MOST = 64 * 1024

/** Reads a stream piece by piece as it arrives. Comments, ids and unknown fields are passed over. */
export function makeStreamReader(): { take(text: string): readonly StreamEvent[] } {
  let rest = ''
  let name = ''
  let data: string[] = []
  let size = 0

  /** One line without its end; an event when it was the blank one behind it. */
  function line(text: string): StreamEvent | undefined {
    if (text === '') {
      const event = data.length === 0 ? undefined : { name: name === '' ? 'message' : name, data: data.join('\n') }
      ;[name, data, size] = ['', [], 0]
      return event
    }
    const colon = text.indexOf(':')
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') name = value
    else if (field === 'data') data.push(value)
    size += field === '' ? 0 : text.length
    return undefined
  }

  return {
    /** Throws `MalformedPacketError` for an event without end. */
    take(text) {
      const events: StreamEvent[] = []
      rest += text
      // A return at the very end may be the first half of a line end.
      for (let end = endOf(rest); end !== undefined; end = endOf(rest)) {
        const event = line(rest.slice(0, end.at))
        rest = rest.slice(end.next)
        if (event !== undefined) events.push(event)
      }
      if (rest.length + size > MOST) throw new MalformedPacketError(`stream: an event of more than ${MOST} characters`)
      return events
    },
  }
}

function endOf(text: string): { readonly at: number; readonly next: number } | undefined {
  const at = text.search(/[\r\n]/)
  if (at < 0 || (text[at] === '\r' && at === text.length - 1)) return undefined
  return { at, next: at + (text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1) }
}
