import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeviceRow, Sighting } from '../services/admin/schema.ts'
import { optimistic } from './actions.ts'
import { Page } from './page.tsx'
import { place } from './router.ts'
import { skipped } from './setup/progress.ts'
import { about, alarms, connection, devices, dhcp, journeys, leases, listOf, recent, take } from './state.ts'

const HOSTILE = '<img src=x onerror=alert(1)>'
const row = (n: number, state: DeviceRow['verdict']['state'] = 'configured', name = `Desk ${n}`): DeviceRow => ({
  mac: `00:00:5e:00:${String(Math.floor(n / 100)).padStart(2, '0')}:${String(n % 100).padStart(2, '0')}`,
  ...{ rev: 1, name, enabled: true, lines: [{ index: 1, user: String(n) }] },
  verdict: { state, text: `is ${state}`, ...(state === 'trouble' && { help: 'refetch' as const }) },
})
const sighting = (mac: string, known: boolean): Sighting => ({
  ...{ mac, known, firstSeen: 0, lastSeen: 0, vendor: HOSTILE },
  verdict: { state: 'unknown-device', text: 'asked', advice: 'Adopt it.', help: 'adopt' },
})

let root: HTMLElement
let answer: (url: string) => Response
const part = (id: string) => root.querySelector(`#${id}`)?.closest('section')
const show = () => act(() => render(<Page />, root))

beforeEach(() => {
  about.value = {
    kind: 'ready',
    value: { version: '1', mode: 'box', startedAt: 0, now: 0, addresses: ['eth0 192.0.2.1/24'], listeners: [] },
  }
  dhcp.value = { kind: 'ready', value: { interfaces: [], networks: [] } }
  for (const list of [devices, journeys, leases, alarms]) list.value = { kind: 'ready', value: [] }
  connection.value = { state: 'live', since: 0 }
  recent.value = []
  skipped.value = new Set(['all'])
  place.value = ''
  answer = () =>
    Response.json({
      devices: [],
      journeys: [],
      people: [],
      layers: [],
      interfaces: [],
      networks: [],
      minutes: [],
      state: 'off',
    })
  vi.stubGlobal('fetch', async (url: string) => answer(url))
  root = document.createElement('div')
  document.body.append(root)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
  vi.unstubAllGlobals()
})

describe('the overview', () => {
  it('says that all is well when it is', async () => {
    await show()
    expect(part('needy')?.textContent).toContain('Every phone has what it should have')
    expect(part('alarms')).toBeUndefined()
  })

  it('shows the shape of what will come, and what failed with a way to try again', async () => {
    devices.value = { kind: 'loading' }
    await show()
    expect(part('needy')?.querySelector('.skeleton')).not.toBeNull()
    await act(() => {
      devices.value = { kind: 'error', text: 'the box cannot be reached' }
    })
    expect(part('needy')?.querySelector('[role=alert]')?.textContent).toContain('the box cannot be reached')
    expect(part('needy')?.querySelector('[role=alert] button')?.textContent).toBe('Try again')
  })

  it('lists trouble first, then new ones, each with the button that helps; what works is not there', async () => {
    devices.value = { kind: 'ready', value: [row(1), row(3, 'waiting'), row(10, 'trouble'), row(7, 'trouble')] }
    journeys.value = { kind: 'ready', value: [sighting('00:00:5e:00:53:01', false)] }
    await show()
    const cards = [...(part('needy')?.querySelectorAll('.need') ?? [])]
    expect(cards.map((it) => it.querySelector('a')?.textContent)).toEqual(['Desk 7', 'Desk 10', HOSTILE, 'Desk 3'])
    expect(cards[0]?.querySelector('button')?.textContent).toBe('Fetch again')
    expect(cards[2]?.querySelector('.button')?.getAttribute('href')).toBe('#/new?mac=00:00:5e:00:53:01')
  })

  it('shows hostile texts as text', async () => {
    devices.value = { kind: 'ready', value: [row(1, 'trouble', HOSTILE)] }
    alarms.value = {
      kind: 'ready',
      value: [{ kind: 'enumeration', subject: HOSTILE, text: HOSTILE, firstAt: 0, lastAt: 0, count: 2 }],
    }
    await show()
    await act(() => take({ event: 'happening', data: { at: 0, kind: 'dhcp.asked', tone: 'plain', text: HOSTILE } }))
    expect(root.querySelector('img')).toBeNull()
    expect((root.textContent ?? '').split(HOSTILE).length - 1).toBe(4)
  })

  it('keeps what it shows and says how old it is when the connection is lost', async () => {
    devices.value = { kind: 'ready', value: [row(1, 'trouble')] }
    await show()
    await act(() => {
      connection.value = { state: 'lost', since: Date.now() }
    })
    expect(root.querySelector('.offline')?.textContent).toContain('The box cannot be reached')
    expect(part('needy')?.textContent).toContain('Desk 1')
  })
})

describe('a long list', () => {
  beforeEach(() => {
    devices.value = { kind: 'ready', value: Array.from({ length: 1000 }, (_, n) => row(n)) }
    place.value = '#/phones'
  })

  it('draws only the rows in sight, and says how many there are', async () => {
    await show()
    expect(root.querySelectorAll('tbody tr[data-key]').length).toBeLessThan(80)
    expect(root.querySelector('table')?.getAttribute('aria-rowcount')).toBe('1001')
  })

  it('changes content in place, but lets no row move while the pointer is in it', async () => {
    await show()
    const names = () => [...root.querySelectorAll('tbody tr a')].slice(0, 3).map((it) => it.textContent)
    const before = names()
    await act(() => {
      root.querySelector('.table')?.dispatchEvent(new Event('pointerenter'))
    })
    await act(() =>
      take({
        event: 'verdict',
        data: { ...sighting(row(2).mac, true), verdict: { state: 'trouble', text: 'refused' } },
      }),
    )
    expect(names()).toEqual(before)
    expect(root.querySelector(`tr[data-key="${row(2).mac}"]`)?.textContent).toContain('refused')
    expect(root.querySelector('.pill')?.textContent).toMatch(/^\d+ changes$/)
    await act(() => root.querySelector<HTMLElement>('.pill')?.click())
    expect(names()[0]).toBe('Desk 2')
    expect(root.querySelector('.pill')).toBeNull()
  })
})

describe('an optimistic edit', () => {
  it('shows at once, and is taken back when the box refuses', async () => {
    devices.value = { kind: 'ready', value: [row(1)] }
    const group = () => listOf(devices.value)[0]?.group
    const box = Promise.withResolvers<void>()
    const edit = optimistic(row(1).mac, { group: 'lobby' }, () => box.promise)
    expect(group()).toBe('lobby')
    box.reject(new TypeError('no'))
    await expect(edit).rejects.toThrow('no')
    expect(group()).toBeUndefined()
  })
})
