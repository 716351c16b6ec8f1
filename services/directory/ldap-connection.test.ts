import { describe, expect, it } from 'vitest'
import { OFFICE } from '../../test/support/contacts.ts'
import { concat, fromHex } from '../core/bytes.ts'
import { element, integer, octets, Reader, TAG } from './codec-ber.ts'
import { MAX_REQUEST, makeLdapConnection } from './ldap-connection.ts'
import { entryOfPerson } from './policy-entries.ts'

const ENTRIES = OFFICE.flatMap((person) => entryOfPerson(person) ?? [])
const BIND = fromHex('300c020101600702010304008000') ?? new Uint8Array()
const UNBIND = fromHex('30050201034200') ?? new Uint8Array()

function search(id: number): Uint8Array {
  const fixed = fromHex('0a01020a0100020100020100010100') ?? new Uint8Array()
  const body = element(0x63, octets('dc=branchline'), fixed, octets('uid', 0x87), element(TAG.sequence))
  return element(TAG.sequence, integer(id), body)
}

/** A connection whose socket takes so many bytes at once; what it took is read as messages. */
function connect(room = Number.POSITIVE_INFINITY, known = true) {
  const events: string[] = []
  let sent: Uint8Array = new Uint8Array()
  let left = room
  const connection = makeLdapConnection({
    wire: {
      write(bytes) {
        const taken = Math.min(left, bytes.length)
        left -= taken
        sent = concat([sent, bytes.subarray(0, taken)])
        return taken
      },
      shutdown: () => void events.push('shutdown'),
      terminate: () => void events.push('terminate'),
    },
    facts: () => (known ? { entries: () => ENTRIES } : undefined),
    answered: ({ found }) => void (found !== undefined && events.push(`found ${found}`)),
    malformed: () => void events.push('malformed'),
  })
  return {
    ...connection,
    events,
    drain(more: number) {
      left = more
      connection.onDrain()
    },
    /** Tags of the operations that were sent whole. */
    tags() {
      const reader = new Reader(sent)
      const tags: number[] = []
      while (!reader.done) {
        const message = reader.inside(TAG.sequence)
        message.integer()
        tags.push(message.tag ?? 0)
      }
      return tags
    },
  }
}

const FOUND = [...ENTRIES.map(() => 0x64), 0x65]

describe('a connection', () => {
  it('takes messages in pieces, and several at once', () => {
    const whole = concat([BIND, search(2), search(3), UNBIND])
    for (const size of [1, 7, whole.length]) {
      const { onData, tags, events } = connect()
      for (let at = 0; at < whole.length; at += size) onData(whole.subarray(at, at + size))
      expect(tags()).toEqual([0x61, ...FOUND, ...FOUND])
      expect(events).toEqual([`found ${ENTRIES.length}`, `found ${ENTRIES.length}`, 'shutdown'])
    }
  })

  it('answers nothing more while the peer takes nothing, and ends when all is taken', () => {
    const { onData, drain, tags, events } = connect(100)
    onData(concat([search(2), search(3), UNBIND]))
    expect(events).toEqual([`found ${ENTRIES.length}`])
    drain(50)
    expect(events).toHaveLength(1)
    drain(Number.POSITIVE_INFINITY)
    expect(events).toEqual([`found ${ENTRIES.length}`, `found ${ENTRIES.length}`, 'shutdown'])
    expect(tags()).toEqual([...FOUND, ...FOUND])
  })

  it('says that it ends when a message cannot be read', () => {
    const { onData, tags, events } = connect()
    onData(BIND)
    onData(fromHex('474554202f') ?? new Uint8Array())
    onData(search(4))
    expect(tags()).toEqual([0x61, 0x78])
    expect(events).toEqual(['malformed', 'shutdown'])
  })

  it('ends without a word when its device may see nothing any more, or floods', () => {
    const unknown = connect(Number.POSITIVE_INFINITY, false)
    unknown.onData(search(2))
    expect([unknown.events, unknown.tags()]).toEqual([['terminate'], []])
    const flood = connect(0)
    flood.onData(search(2))
    flood.onData(new Uint8Array(2 * MAX_REQUEST + 1).fill(0x30))
    expect(flood.events.at(-1)).toBe('terminate')
  })
})
