import { describe, expect, it } from 'vitest'
import { COLUMNS, columnsOf } from './overview-pace.tsx'

const NOW = Date.UTC(2026, 10, 26, 9, 0, 30)
const MINUTE = 60_000
const minute = (before: number, fields: object) => ({
  ...{ at: Math.floor(NOW / MINUTE) * MINUTE - before * MINUTE, leased: 0, configured: 0, files: 0, failed: 0 },
  ...fields,
})

describe('the pace of a site in columns', () => {
  it('has the newest last, two minutes in each, and nothing twice', () => {
    const columns = columnsOf(
      [minute(0, { leased: 3 }), minute(1, { leased: 2, failed: 1 }), minute(2, { files: 4 })],
      NOW,
    )
    expect(columns.length).toBe(COLUMNS)
    expect(columns.at(-1)).toMatchObject({ leased: 3, all: 3 })
    expect(columns.at(-2)).toMatchObject({ leased: 2, failed: 1, files: 4, all: 7 })
    expect(columns.slice(0, -2).every(({ all }) => all === 0)).toBe(true)
  })

  it('leaves out what is older than its first column', () => {
    expect(columnsOf([minute(COLUMNS * 2 + 1, { leased: 9 })], NOW).every(({ all }) => all === 0)).toBe(true)
  })
})
