import { describe, expect, it } from 'vitest'
import { makeTestClock } from '../../test/support/clock.ts'
import type { LogLevel } from '../core/log.ts'
import { makeLog } from './log.ts'
import { LiveSecrets } from './redaction.ts'

function recorded(format: 'text' | 'json', level: LogLevel = 'debug') {
  const lines: string[] = []
  const secrets = new LiveSecrets()
  const log = makeLog({ level, format, clock: makeTestClock(), secrets, write: (line) => void lines.push(line) })
  return { lines, secrets, log }
}

describe('makeLog', () => {
  it('writes one line of text an event', () => {
    const { lines, log } = recorded('text')
    log.info('lease given', { address: '192.0.2.5', class: 'yealink T46', seconds: 60, absent: undefined, ok: true })
    expect(lines).toEqual([
      '2026-01-01T00:00:00.000Z info  lease given address=192.0.2.5 class="yealink T46" seconds=60 ok=true\n',
    ])
  })

  it('writes one JSON object an event, which its fields cannot forge', () => {
    const { lines, log } = recorded('json')
    log.warn('odd packet', { level: 'debug', text: 'x', time: 'never', n: 1 })
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-01-01T00:00:00.000Z',
      level: 'warn',
      text: 'odd packet',
      n: 1,
    })
  })

  it('drops what is below its level', () => {
    const { lines, log } = recorded('text', 'warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines.map((line) => line.at(-2))).toEqual(['c', 'd'])
  })

  it.each(['text', 'json'] as const)('keeps hostile text on its one line (%s)', (format) => {
    const { lines, log } = recorded(format)
    log.info('host name', { name: 'a\n2026 error forged\r\u001b[2J\u0000\u009b\u2028\u202eabc' })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
    expect(lines[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/)
    expect(lines[0]).toContain('\\n2026 error forged\\r\\u001b[2J')
  })

  it('cuts long values', () => {
    const { lines, log } = recorded('json')
    log.info('long', { value: 'x'.repeat(100_000) })
    expect(lines[0]?.length).toBeLessThan(1_200)
  })

  it('blots out secrets in every form, also where a cut would halve one', () => {
    const { lines, secrets, log } = recorded('json')
    for (const secret of ['hunter2hunter2', 'hunter2', 'p@ss "word"', 'abc']) secrets.add(secret)
    log.info('url http://u:hunter2@host', { body: `${'x'.repeat(993)}hunter2hunter2` })
    log.info('forms', { url: `/${encodeURIComponent('p@ss "word"')}/`, json: '{"x":"p@ss \\"word\\""}', short: 'abc' })
    const all = lines.join('')
    expect(all).not.toMatch(/hunt|p@ss|p%40ss/)
    expect(all).toContain('"short":"abc"')
  })
})
