import { beforeEach, describe, expect, it } from 'vitest'
import { type Ipv4, parseIpv4 } from '../services/core/ipv4.ts'
import { type Mac, parseMac } from '../services/core/mac.ts'
import type { NotifyOutcome } from '../services/sip/contract.ts'
import { type ResyncDeps, resync } from './admin.ts'

const MAC = parseMac('00:00:5e:00:53:01')
const OTHER = parseMac('00:00:5e:00:53:02')
const ADDRESS = parseIpv4('192.0.2.51')

let told: unknown[]
let sent: unknown[]
beforeEach(() => {
  told = []
  sent = []
})

interface Site {
  readonly leased?: Ipv4
  readonly seenAt?: Ipv4
  readonly holder?: Mac
  readonly vendor?: boolean
  readonly secret?: string
  readonly outcome?: NotifyOutcome
}

function site({ leased, seenAt, holder, vendor = true, secret, outcome }: Site) {
  const deps = {
    leases: {
      byMac: (mac: Mac) => (mac === MAC && leased !== undefined ? { address: leased } : undefined),
      byAddress: () => undefined,
    },
    journeys: { of: () => (seenAt === undefined ? undefined : { address: seenAt }) },
    lan: { neighbour: () => holder },
    devices: { get: () => ({ lines: [{ index: 1, user: '101', authUser: 'a101', ...(secret && { secret }) }] }) },
    journal: { record: (happening: { step: object }) => void told.push(happening.step) },
    notifier: {
      notify: async (request: unknown) => {
        sent.push(request)
        return outcome ?? { kind: 'accepted', status: 200 }
      },
    },
    now: () => 7,
    recipe: () => (vendor ? { event: 'check-sync;reboot=false' } : undefined),
  }
  return deps as unknown as ResyncDeps
}

describe('resync', () => {
  it('goes to the leased address with the credentials of the first line, and both ends are told', async () => {
    await resync(site({ leased: ADDRESS, holder: MAC, secret: 'hunter22' }), MAC, 'cli:root')
    expect(sent).toEqual([
      {
        mac: MAC,
        to: { address: ADDRESS, port: 5060 },
        user: '101',
        event: 'check-sync;reboot=false',
        credentials: { user: 'a101', secret: 'hunter22' },
      },
    ])
    expect(told).toEqual([
      { kind: 'notify.sent', event: 'check-sync;reboot=false', to: '101', by: 'cli:root' },
      { kind: 'notify.result', event: 'check-sync;reboot=false', outcome: 'accepted (200)', ok: true },
    ])
  })

  it.each<[NotifyOutcome, object]>([
    [
      { kind: 'refused', status: 489, reason: 'Bad Event' },
      { outcome: 'refused: 489 Bad Event', ok: false },
    ],
    [
      { kind: 'silent', attempts: 11 },
      { outcome: 'no answer to 11 attempts', ok: false },
    ],
  ])('tells %j', async (outcome, result) => {
    expect(await resync(site({ seenAt: ADDRESS, outcome }), MAC, 'x')).toBe(outcome)
    expect(told.at(-1)).toMatchObject(result)
  })

  it.each<[string, Site, string]>([
    ['its vendor takes none', { leased: ADDRESS, vendor: false }, 'is of no vendor that takes a NOTIFY'],
    ['nobody knows where it is', {}, '00:00:5e:00:53:01 has no address that the box knows of'],
    ['another device has its address now', { seenAt: ADDRESS, holder: OTHER }, 'is now held by 00:00:5e:00:53:02'],
  ])('sends nothing when %s', async (_, given, message) => {
    await expect(resync(site(given), MAC, 'x')).rejects.toThrow(message)
    expect([sent, told]).toEqual([[], []])
  })
})
