import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeviceRow, Sighting } from '../services/admin/schema.ts'
import { Page } from './page.tsx'
import { about, alarms, connection, devices, dhcp, journeys, leases, place, take } from './state.ts'

const HOSTILE = '<img src=x onerror=alert(1)>'
const row = (n: number, state: DeviceRow['verdict']['state'] = 'configured', name = `Desk ${n}`): DeviceRow => ({
  mac: `00:00:5e:00:${String(Math.floor(n / 100)).padStart(2, '0')}:${String(n % 100).padStart(2, '0')}`,
  rev: 1,
  name,
  enabled: true,
  lines: [{ index: 1, user: String(n) }],
  verdict: { state, text: `is ${state}` },
})
const sighting = (mac: string, known: boolean): Sighting => ({
  mac,
  known,
  firstSeen: 0,
  lastSeen: 0,
  vendor: HOSTILE,
  verdict: { state: 'unknown-device', text: 'asked', advice: 'Adopt it.' },
})

let root: HTMLElement
const asked: { url: string; init: RequestInit }[] = []
let answer: () => Response
const text = () => root.textContent ?? ''
const heading = (id: string) => root.querySelector(`#${id}`)?.closest('section')

beforeEach(() => {
  about.value = {
    kind: 'ready',
    value: { version: '1', mode: 'box', startedAt: 0, now: 0, addresses: ['eth0 192.0.2.1/24'], listeners: [] },
  }
  dhcp.value = { kind: 'ready', value: { interfaces: [], networks: [] } }
  for (const list of [devices, journeys, leases, alarms]) list.value = { kind: 'ready', value: [] }
  connection.value = { state: 'live', since: 0 }
  place.value = ''
  asked.length = 0
  answer = () => Response.json({ devices: [], journeys: [] })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, init })
    return answer()
  })
  root = document.createElement('div')
  document.body.append(root)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
  vi.unstubAllGlobals()
})
const show = () => act(() => render(<Page />, root))

describe('the overview', () => {
  it('says what to do when there is nothing', async () => {
    await show()
    expect(heading('new-devices')?.textContent).toContain('A phone that is plugged in shows up here')
    expect(heading('devices')?.textContent).toContain('No device has a record yet')
    expect(heading('leases')?.textContent).toContain('No address is leased')
    expect(heading('alarms')).toBeUndefined()
  })

  it('says that it is loading, and what failed with a way to try again', async () => {
    devices.value = { kind: 'loading' }
    leases.value = { kind: 'error', text: 'the box cannot be reached' }
    await show()
    expect(heading('devices')?.querySelector('[role=status]')?.textContent).toContain('Loading')
    expect(heading('leases')?.querySelector('[role=alert]')?.textContent).toContain('the box cannot be reached')
    expect(heading('leases')?.querySelector('button')?.textContent).toBe('Try again')
  })

  it('lists trouble first and numbers in order', async () => {
    devices.value = { kind: 'ready', value: [row(10), row(2), row(7, 'trouble'), row(3, 'waiting')] }
    await show()
    expect([...(heading('devices')?.querySelectorAll('.who strong') ?? [])].map((it) => it.textContent)).toEqual([
      'Desk 7',
      'Desk 3',
      'Desk 2',
      'Desk 10',
    ])
  })

  it('draws a long list in pieces and finds in all of it', async () => {
    devices.value = { kind: 'ready', value: Array.from({ length: 1000 }, (_, n) => row(n)) }
    await show()
    expect(heading('devices')?.querySelectorAll('.row').length).toBe(50)
    expect(heading('devices')?.textContent).toContain('950 more devices')
    const find = root.querySelector<HTMLInputElement>('#filter')
    await act(() => {
      if (find) find.value = 'desk 987'
      find?.dispatchEvent(new Event('input', { bubbles: true }))
    })
    expect([...(heading('devices')?.querySelectorAll('.who strong') ?? [])].map((it) => it.textContent)).toEqual([
      'Desk 987',
    ])
  })

  it('shows hostile names as text', async () => {
    devices.value = { kind: 'ready', value: [row(1, 'trouble', HOSTILE)] }
    journeys.value = { kind: 'ready', value: [sighting('00:00:5e:00:53:01', false)] }
    alarms.value = {
      kind: 'ready',
      value: [{ kind: 'enumeration', subject: HOSTILE, text: HOSTILE, firstAt: 0, lastAt: 0, count: 2 }],
    }
    await show()
    expect(root.querySelector('img')).toBeNull()
    expect(text().split(HOSTILE).length - 1).toBe(4)
  })

  it('keeps what it shows and says how old it is when the connection is lost', async () => {
    devices.value = { kind: 'ready', value: [row(1)] }
    await show()
    await act(() => {
      connection.value = { state: 'lost', since: Date.now() }
    })
    expect(root.querySelector('.connection')?.textContent).toMatch(/^Not connected, as of \d+ s ago$/)
    expect(heading('devices')?.textContent).toContain('Desk 1')
  })
})

describe('live events', () => {
  it('change a verdict in place', async () => {
    devices.value = { kind: 'ready', value: [row(1, 'trouble'), row(2)] }
    await show()
    await act(() =>
      take({
        event: 'verdict',
        data: { ...sighting(row(1).mac, true), verdict: { state: 'configured', text: 'done' } },
      }),
    )
    expect(heading('devices')?.textContent).toContain('done')
    expect(heading('devices')?.querySelector('.badge.trouble')).toBeNull()
    expect(heading('new-devices')?.textContent).toContain('No unknown device')
  })

  it('bring a new device, and take alarms as a whole', async () => {
    await show()
    await act(() => take({ event: 'verdict', data: sighting('00:00:5e:00:53:01', false) }))
    await act(() =>
      take({
        event: 'alarms',
        data: [{ kind: 'enumeration', subject: 's', text: 'somebody guesses', firstAt: 0, lastAt: 0, count: 1 }],
      }),
    )
    expect(heading('new-devices')?.textContent).toContain('00:00:5e:00:53:01')
    expect(heading('alarms')?.textContent).toContain('somebody guesses')
  })

  it('load everything after a gap, and nothing after a seamless return', async () => {
    take({ event: 'hello', data: { resumed: true } })
    expect(asked).toEqual([])
    take({ event: 'hello', data: { resumed: false } })
    expect(asked.map((it) => it.url)).toContain('/api/v1/devices')
  })
})

describe('adopting', () => {
  it('sends what was filled in and puts a fault at its field', async () => {
    journeys.value = { kind: 'ready', value: [sighting('00:00:5e:00:53:01', false)] }
    await show()
    await act(() => root.querySelector<HTMLElement>('[aria-label="Adopt 00:00:5e:00:53:01"]')?.click())
    const form = root.querySelector('form')
    const user = form?.querySelector<HTMLInputElement>('[name=user]')
    if (user) user.value = '117'
    answer = () =>
      Response.json(
        {
          error: {
            code: 'bad-input',
            message: 'device has 1 fault',
            faults: [{ path: 'lines[0].user', message: 'is taken' }],
          },
        },
        { status: 400 },
      )
    form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    await vi.waitFor(() => expect(root.querySelector('form [role=alert]')).not.toBeNull())
    expect(asked[0]?.url).toBe('/api/v1/new-devices/00%3A00%3A5e%3A00%3A53%3A01/adopt')
    expect(JSON.parse(String(asked[0]?.init.body))).toEqual({ enabled: true, lines: [{ index: 1, user: '117' }] })
    const hint = document.getElementById(user?.getAttribute('aria-describedby') ?? '')
    expect([hint?.textContent, user?.getAttribute('aria-invalid'), user?.value]).toEqual(['is taken', 'true', '117'])
  })

  it('has a label for each field and a name for each part', async () => {
    place.value = '#/add'
    await show()
    for (const input of root.querySelectorAll('input'))
      expect(root.querySelector(`label[for="${input.id}"]`)?.textContent).toBeTruthy()
    place.value = ''
    await show()
    for (const section of root.querySelectorAll('section'))
      expect(root.querySelector(`#${section.getAttribute('aria-labelledby')}`)).not.toBeNull()
  })
})
