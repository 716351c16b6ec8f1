import { describe, expect, it } from 'vitest'
import { readJson } from './import-json.ts'

describe('JSON', () => {
  it.each(['{', 'null', '5', '{"devices":5}', '{}', '"x"'])('%s is refused', (text) =>
    expect(() => readJson(text)).toThrow(/JSON|list/),
  )
  it('survives every truncation of a list', () => {
    const text = '[{"mac":"805ec0123456","lines":[{"index":1,"user":"1"}]}]'
    for (let end = 0; end < text.length; end++) expect(() => readJson(text.slice(0, end))).toThrow('not JSON')
    expect(readJson(text).rows[0]).toMatchObject({ line: 1, patch: { lines: [{ index: 1, user: '1' }] } })
  })
})
