import { describe, expect, it } from 'vitest'
import type { DeviceRow, DeviceView } from '../services/admin/schema.ts'
import type { ShapeView } from '../services/admin/schema-workbench.ts'
import { csvOf } from './csv.ts'
import { diffLines } from './diff.ts'
import { preferredLanguage } from './i18n.ts'
import { differences } from './kit/steady.tsx'
import { sorted } from './kit/table.tsx'
import { merged } from './phone/desk.ts'
import { keyAt, padsOf, swapped, withKey } from './phone/pads.ts'
import { chosenIn, fits, valuesOf } from './phones/filter.ts'
import { qrShape } from './qr.ts'
import { routeOf, to } from './router.ts'

describe('a CSV export', () => {
  it.each([
    ['=1+1', `"'=1+1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['+49 30 901820 & Co', `"'+49 30 901820 & Co"`],
    ['-cmd|calc', `"'-cmd|calc"`],
    ['\t=1', `"'\t=1"`],
    ['+4930901820', '+4930901820'],
    ['-12.5', '-12.5'],
    ['Desk "1", left', '"Desk ""1"", left"'],
    ['two\nlines', '"two\nlines"'],
    ['plain', 'plain'],
  ])('writes %j as %s', (text, cell) => {
    expect(csvOf([[text]])).toBe(`\ufeff${cell}\r\n`)
  })
})

describe('a difference', () => {
  it('shows what went and what came, with like lines around it', () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i}`)
    const after = before.map((text, i) => (i === 10 ? 'another' : text))
    expect(diffLines(before.join('\n'), after.join('\n'), 1)).toEqual([
      { kind: 'skip', count: 9 },
      { kind: 'same', text: 'line 9', line: 10 },
      { kind: 'gone', text: 'line 10', line: 11 },
      { kind: 'new', text: 'another', line: 11 },
      { kind: 'same', text: 'line 11', line: 12 },
      { kind: 'skip', count: 8 },
    ])
  })

  it('gives back both texts, whatever they are', () => {
    const texts = ['', 'a', 'a\nb', 'b\na', 'a\nb\nc\nd', 'x\nb\nd\nc', 'c\nc\nc']
    for (const before of texts)
      for (const after of texts) {
        const lines = diffLines(before, after, 99)
        const side = (not: string) =>
          lines.flatMap((line) => (line.kind === 'skip' || line.kind === not ? [] : line.text)).join('\n')
        if (before === after) expect(lines.every((line) => line.kind === 'skip')).toBe(true)
        else expect([side('new'), side('gone')]).toEqual([before, after])
      }
  })
})

describe('keys', () => {
  const shape: ShapeView = {
    ...{ guessed: false, lines: 4, handsets: 0, places: [{ place: 'soft', kind: 'softkey', count: 4 }] },
    keys: [
      { kind: 'linekey', count: 6 },
      { kind: 'memorykey', count: 10 },
    ],
    expansion: [{ name: 'EXP', keys: 40, modules: 2 }],
  }
  const blf = { module: 0, index: 2, type: 'blf', value: '202' }
  const onModule = { module: 2, index: 7, type: 'park' }

  it('are grouped as on the phone: its own, modules as far as they are used, other places', () => {
    const pads = padsOf(shape, [onModule], 0)
    expect(pads.map(({ id, count }) => [id, count])).toEqual([
      ['phone', 16],
      ['module-1', 40],
      ['module-2', 40],
      ['soft-0', 4],
    ])
    expect(pads[0]?.kindOf(6)).toBe('linekey')
    expect(pads[0]?.kindOf(7)).toBe('memorykey')
  })

  it('beyond what the model has are shown all the same, so that they can be moved', () => {
    expect(padsOf(shape, [{ module: 0, index: 30, type: 'blf' }], 0)[0]?.count).toBe(30)
  })

  it('change places, also between the phone and a module, and lose nothing', () => {
    const [phone, , module] = padsOf(shape, [onModule], 0)
    if (!phone || !module) throw new TypeError('no pads')
    const keys = swapped([blf, onModule], { pad: phone, index: 2 }, { pad: module, index: 7 })
    expect(keyAt(keys, module, 7)).toEqual({ module: 2, index: 7, type: 'blf', value: '202' })
    expect(keyAt(keys, phone, 2)).toEqual({ module: 0, index: 2, type: 'park' })
    expect(withKey(keys, phone, 2, undefined)).toHaveLength(1)
    expect(swapped([blf], { pad: phone, index: 2 }, { pad: phone, index: 5 })).toEqual([{ ...blf, index: 5 }])
  })
})

describe('a draft over a record', () => {
  const stored: DeviceView = {
    ...{ mac: '00:00:5e:00:53:01', rev: 3, name: 'Desk', enabled: true, lines: [], keys: [], secrets: [] },
    ...{ settings: { language: 'de' }, extra: { yealink: { a: '1', b: '2' } }, dhcpOptions: [] },
  }

  it('is a merge patch', () => {
    expect(merged(stored, { name: null, settings: { language: null, timezone: 'Etc/UTC' } })).toEqual({
      ...{ mac: stored.mac, rev: 3, enabled: true, lines: [], keys: [], secrets: [], dhcpOptions: [] },
      ...{ settings: { timezone: 'Etc/UTC' }, extra: stored.extra },
    })
    expect(merged(stored, { extra: { yealink: { a: null, c: '3' } } }).extra).toEqual({ yealink: { b: '2', c: '3' } })
  })
})

describe('lists', () => {
  const row = (n: number, more: Partial<DeviceRow> = {}): DeviceRow => ({
    ...{ mac: `00:00:5e:00:53:${n}`, rev: 1, name: `Desk ${n}`, enabled: true, lines: [{ index: 1, user: String(n) }] },
    verdict: { state: 'configured', text: 'done' },
    ...more,
  })

  it('count as people do', () => {
    const columns = [{ id: 'name', title: 'Name', cell: () => null, sort: (one: DeviceRow) => one.name ?? '' }]
    const names = (down: boolean) =>
      sorted([row(10), row(2), row(1)], columns, { column: 'name', down }).map(({ name }) => name)
    expect(names(false)).toEqual(['Desk 1', 'Desk 2', 'Desk 10'])
    expect(names(true)).toEqual(['Desk 10', 'Desk 2', 'Desk 1'])
  })

  it('are found in by every word, and narrowed by what they have or have not', () => {
    const chosen = (query: string) => chosenIn(new URLSearchParams(query))
    const rows = [row(11, { group: 'lobby' }), row(12), row(13, { enabled: false })]
    const found = (query: string) => rows.filter((one) => fits(one, chosen(query))).map(({ name }) => name)
    expect(found('find=desk+12')).toEqual(['Desk 12'])
    expect(found('find=00005e005311')).toEqual(['Desk 11'])
    expect(found('group=lobby')).toEqual(['Desk 11'])
    expect(found('group=-')).toEqual(['Desk 12', 'Desk 13'])
    expect(found('state=off')).toEqual(['Desk 13'])
    expect(valuesOf(rows, 'group')).toEqual([
      { value: '-', count: 2 },
      { value: 'lobby', count: 1 },
    ])
  })

  it.each([
    [['a', 'b'], ['a', 'b'], 0],
    [['a', 'b'], ['a', 'b', 'c'], 1],
    [['a', 'b', 'c'], ['a', 'c'], 1],
    [['a', 'b', 'c'], ['c', 'a', 'b'], 3],
  ])('from %j to %j differ in %i', (before, after, n) => expect(differences(before, after)).toBe(n))
})

describe('places', () => {
  it('have an address, and it leads back', () => {
    const hash = to('phones', '80:5e:c0:12:34:56', 'keys')
    expect(hash).toBe('#/phones/80:5e:c0:12:34:56/keys')
    expect(routeOf(`${hash}?find=a%20b`)).toMatchObject({ path: ['phones', '80:5e:c0:12:34:56', 'keys'] })
    expect(routeOf('#/phones?find=a%20b').query.get('find')).toBe('a b')
    expect(routeOf('#/devices/00:00:5e:00:53:01').path).toEqual(['phones', '00:00:5e:00:53:01'])
    expect(routeOf('#/%E0%A4%A').path).toEqual(['%E0%A4%A'])
  })

  it('are spoken of in the language of the browser, when there is one', () => {
    expect(preferredLanguage(['fr-FR', 'de-AT', 'en'])).toBe('de')
    expect(preferredLanguage(['xx'])).toBe('en')
    expect(preferredLanguage(['constructor'])).toBe('en')
  })
})

describe('a QR code', () => {
  it('is taken out of its SVG as a shape, and nothing else of it', () => {
    const svg = '<svg xmlns="x" viewBox="0 0 33 33"><rect fill="white"/><path fill="black" d="M4,4h1v1h-1z"/></svg>'
    expect(qrShape(svg)).toEqual({ box: '0 0 33 33', path: 'M4,4h1v1h-1z' })
    expect(qrShape('<svg viewBox="0 0 3 3"><path d="M0 0" onload="x()"/></svg>')).toMatchObject({ path: 'M0 0' })
    expect(qrShape('<svg viewBox="0 0 3 3"><path d="url(x)"/></svg>')).toBeUndefined()
  })
})
