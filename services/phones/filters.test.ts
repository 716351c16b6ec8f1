import { expect, it } from 'vitest'
import { FILTERS } from './filters.ts'

it.each([
  ['url_host', 'https://user:pw@h.example:8443/a/b.xml?c', [], 'h.example'],
  ['url_port', 'https://user:pw@h.example:8443/a/b.xml?c', [], '8443'],
  ['url_port', 'https://h.example/a', [], '443'],
  ['url_path', 'http://h/a/b.xml?c', [], '/a/b.xml'],
  ['url_host', 'no url', [], ''],
  ['file_name', 'http://h/a/b.xml', [], 'b.xml'],
  ['offset', 3600, ['GMT{+}{hh}:{mm}'], 'GMT+01:00'],
  ['offset', -12_600, ['{+}{h}:{mm}'], '-3:30'],
  ['offset', 20_700, ['GMT{-}{h}:{mm}'], 'GMT-5:45'],
  ['offset', 0, ['{minus}{h}'], '0'],
  ['hour', '03:30', [], 3],
  ['minute', '03:30', [], 30],
  ['scale', 80, [15], 12],
  ['scale', 500, [8], 8],
  ['choose', false, ['on', 'off'], 'off'],
  ['choose', undefined, ['on', 'off'], ''],
  ['without', 'a;b@c', [';@'], 'abc'],
  ['replace', 'a"b"', ['"', "'"], "a'b'"],
  ['ascii', 'Grüße é 😀', [], 'Grusse e '],
  ['truncate', '😀😀a', [2], '😀😀'],
  ['mac', '00005e005301', ['-'], '00-00-5e-00-53-01'],
  ['hex', 255, [4], '00ff'],
  ['uri', 'a b/\ud800', [], 'a%20b%2F%EF%BF%BD'],
] as const)('%s of %j with %j is %j', (name, value, given, expected) => {
  expect(FILTERS[name]?.(value, ...given)).toBe(expected)
})

it('filters of lists take nothing but lists and own fields', () => {
  const items = [
    { kind: 'a', n: 1 },
    { kind: 'b', n: 2 },
  ]
  expect(FILTERS.where?.(items, 'kind', 'b')).toEqual([{ kind: 'b', n: 2 }])
  expect(FILTERS.map?.(items, 'n')).toEqual([1, 2])
  expect(FILTERS.map?.(items, 'constructor')).toEqual([undefined, undefined])
  expect(FILTERS.limit?.([1, 2, 3], 2)).toEqual([1, 2])
  expect(FILTERS.concat?.([1], 'no list')).toEqual([1])
})
