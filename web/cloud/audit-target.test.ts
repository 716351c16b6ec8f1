import { describe, expect, it } from 'vitest'
import { detailsOf, fieldsIn, targetOf } from './audit-target.ts'

describe('an entry of the audit log', () => {
  it.each([
    ['site:s1', { site: 's1' }],
    ['site:s1/device/805ec0005321', { site: 's1', kind: 'device', id: '805ec0005321' }],
    ['site:s1/template/yealink/settings.liquid', { site: 's1', kind: 'template', id: 'yealink/settings.liquid' }],
    ['account:a1', {}],
    ['account:a1/group/lobby', { kind: 'group', id: 'lobby' }],
    ['person:p1', { person: 'p1' }],
    ['box:b1', { other: 'box:b1' }],
  ])('%s says what it is about', (text, target) => {
    expect(targetOf(text)).toEqual(target)
  })

  it('tells fields and everything else that a person can use, without ids', () => {
    const detail = { site: 's1', job: 'j1', fields: ['lines', 'name'], state: 'done', macs: ['a', 'b'], group: null }
    expect(fieldsIn(detail)).toEqual(['lines', 'name'])
    expect(detailsOf(detail)).toEqual([
      { name: 'state', value: 'done' },
      { name: 'macs', value: 'a, b' },
    ])
    expect([fieldsIn(null), detailsOf(undefined)]).toEqual([[], []])
  })
})
