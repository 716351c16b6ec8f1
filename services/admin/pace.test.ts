import { describe, expect, it } from 'vitest'
import type { Happening, Step } from '../journey/contract.ts'
import { MINUTES, makePace } from './pace.ts'

const START = Date.UTC(2026, 10, 26, 8, 0)
const MINUTE = 60_000
const file = { protocol: 'http', file: 'a.cfg', size: 1, ms: 1 } as const
const ACK: Step = { kind: 'dhcp.answered', message: 'ack', options: [] }

function setUp() {
  let now = START
  let tell: (happening: Happening) => void = () => undefined
  const pace = makePace({
    clock: { now: () => now },
    journeys: {
      onHappening(listener) {
        tell = listener
        return () => undefined
      },
    },
  })
  return {
    pace,
    happen: (minutes: number, step: Step) => {
      now = START + minutes * MINUTE
      tell({ at: now, step })
    },
  }
}

describe('the pace of a site', () => {
  it('counts each thing in its minute, and nothing that is no progress', () => {
    const { pace, happen } = setUp()
    happen(0, { kind: 'dhcp.asked', message: 'discover', parameters: [] })
    happen(0, { kind: 'dhcp.answered', message: 'offer', options: [] })
    happen(0, ACK)
    happen(0.5, ACK)
    happen(1, { kind: 'file.completed', ...file, own: true })
    happen(1, { kind: 'file.completed', ...file, own: false })
    happen(1, { kind: 'file.refused', protocol: 'http', file: 'a.cfg', reason: 'no' })
    expect(pace.minutes()).toEqual([
      { at: START, leased: 2, configured: 0, files: 0, failed: 0 },
      { at: START + MINUTE, leased: 0, configured: 1, files: 1, failed: 1 },
    ])
  })

  it('forgets what is two hours old, and holds no more than that', () => {
    const { pace, happen } = setUp()
    for (let minute = 0; minute < MINUTES * 3; minute++) happen(minute, ACK)
    expect(pace.minutes().length).toBe(MINUTES)
    expect(pace.minutes()[0]?.at).toBe(START + MINUTES * 2 * MINUTE)
    happen(MINUTES * 10, ACK)
    expect(pace.minutes().length).toBe(1)
  })
})
