import { describe, expect, it } from 'vitest'
import { makeStreamReader } from './codec-stream.ts'

const STREAM =
  ': welcome\n\nevent: poke\ndata: {"feeds":["box:b1"]}\nid: 7\n\ndata: one\r\ndata:two\r\n\r\nretry: 5\rdata\r\r'
const EVENTS = [
  { name: 'poke', data: '{"feeds":["box:b1"]}' },
  { name: 'message', data: 'one\ntwo' },
]

describe('stream of server-sent events', () => {
  it('is read in whatever pieces it comes', () => {
    for (let size = 1; size <= STREAM.length; size++) {
      const reader = makeStreamReader()
      const events = []
      for (let at = 0; at < STREAM.length; at += size) events.push(...reader.take(STREAM.slice(at, at + size)))
      // What ends with the very last return is known when the next character comes.
      events.push(...reader.take('\n'))
      expect([size, events]).toEqual([size, [...EVENTS, { name: 'message', data: '' }]])
    }
  })

  it('forgets the name of an event without data', () =>
    expect(makeStreamReader().take('event: a\n\ndata: x\n\n')).toEqual([{ name: 'message', data: 'x' }]))

  it.each([
    ['one line', ['data: ', 'x'.repeat(70_000)]],
    ['many lines', Array.from({ length: 9_000 }, () => 'data: xx\n')],
  ])('ends with an event that never does, in %s', (_what, parts) => {
    const reader = makeStreamReader()
    expect(() => {
      for (const part of parts) reader.take(part)
    }).toThrow('stream: an event of more than 65536 characters')
  })

  it('bears comments without end', () => {
    const reader = makeStreamReader()
    for (let i = 0; i < 20_000; i++) expect(reader.take(': still here\n\n')).toEqual([])
  })
})
