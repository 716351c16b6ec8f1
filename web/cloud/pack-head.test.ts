import { describe, expect, it } from 'vitest'
import { headOf } from './pack-head.ts'

describe('the head of a pack', () => {
  it('says name, version, whose data it holds, and by which key it claims to be signed', () => {
    const files = [{ path: 'yealink/vendor.yaml' }, { path: 'yealink/a.liquid' }, { path: 'snom/a.liquid' }]
    const manifest = JSON.stringify({ name: 'desk', version: '2026.12.1', title: 'Desk phones', files })
    expect(headOf(['branchline-pack 1', manifest, 'KEY7 c2lnbmF0dXJl'])).toEqual({
      ...{ name: 'desk', version: '2026.12.1', title: 'Desk phones', vendors: ['yealink', 'snom'], keyId: 'KEY7' },
    })
  })

  it.each([
    ['another file', ['ELF', '{}', '']],
    ['a list that is no JSON', ['branchline-pack 1', '{"name"', '']],
    ['one that names nothing', ['branchline-pack 1', '{"name":7,"version":"1"}', '']],
    ['an empty one', []],
  ])('%s is no pack', (_what, lines) => {
    expect(headOf(lines)).toBeUndefined()
  })
})
