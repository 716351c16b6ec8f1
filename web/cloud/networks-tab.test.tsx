import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Confirmation } from '../kit/dialog.tsx'
import { NetworksTab } from './networks-tab.tsx'
import { account } from './session.ts'
import type { FleetSite } from './types.ts'

const OFFICE = {
  ...{ id: 'office', rev: 3, fixed: false, shared: false, updatedBy: 'ada', updatedAt: 1, reached: true },
  ...{ subnet: '192.0.2.0/24', interface: 'eth0', pools: ['192.0.2.100-192.0.2.109'], dns: [], ntp: [], lease: 43_200 },
  reservations: [{ mac: '00:00:5e:00:53:01', address: '192.0.2.20' }],
  options: [{ code: 160, type: 'text', hidden: true }],
}
const BOX = {
  ...{ version: '1', startedAt: 0, clock: 0, addresses: [], services: [], packs: [] },
  dhcp: [{ interface: 'eth0', mode: 'full', on: true }],
  interfaces: [{ name: 'eth0', addresses: ['192.0.2.1/24'] }],
}
const PHONES = ['192.0.2.100', '192.0.2.109', '198.51.100.7', null].map((address, i) => ({
  ...{ siteId: 's1', mac: `00:00:5e:00:53:0${i}`, name: `Phone ${i}`, address },
}))
const STANDING = { siteId: 's1', name: 'Lobby', boxId: 'b1', offline: false } as FleetSite

let root: HTMLElement
let sent: { readonly method: string; readonly url: string; readonly body: unknown; readonly rev: string | null }[]

interface Shown {
  readonly networks?: readonly object[]
  readonly box?: object
  readonly standing?: Partial<FleetSite>
  readonly role?: 'admin' | 'installer'
}
/** Draws the tab over an account that holds this. */
async function show({ networks = [OFFICE], box = BOX, standing = {}, role = 'admin' }: Shown = {}): Promise<void> {
  account.value = { id: 'a1', name: 'Office', kind: 'customer', role } as NonNullable<typeof account.value>
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body, headers }: RequestInit = {}) => {
    const rev = new Headers(headers).get('if-match')
    if (method !== 'GET') sent.push({ method, url, rev, body: typeof body === 'string' ? JSON.parse(body) : undefined })
    if (url.endsWith('/status')) return Response.json({ box: [{ id: 'box', at: 1, status: box }] })
    if (url.includes('/fleet/devices')) return Response.json({ devices: PHONES, next: null })
    return Response.json({ networks })
  })
  const site = { ...STANDING, ...standing } as FleetSite
  await act(() =>
    render(
      <>
        <NetworksTab site="s1" standing={site} />
        <Confirmation />
      </>,
      root,
    ),
  )
  await until(() => expect(root.querySelector('.network, .empty')).not.toBeNull())
}
/** Draws again and again until it holds. */
const until = (holds: () => void) =>
  vi.waitFor(async () => {
    await act(async () => {})
    holds()
  })
const button = (text: string, within: ParentNode = root) =>
  [...within.querySelectorAll('button')].find((it) => it.textContent?.trim() === text)
const press = (text: string, within?: ParentNode) => act(() => button(text, within)?.click())
/** The question that stands before everything else. */
const question = () => [...root.querySelectorAll('dialog')].at(-1) as HTMLElement
const said = () => [...question().querySelectorAll('li')].map((it) => it.textContent)

beforeEach(() => {
  sent = []
  root = document.createElement('div')
  document.body.append(root)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
  account.value = undefined
  vi.unstubAllGlobals()
})

it('calls no address free, and says what is not known here', async () => {
  await show()
  expect(root.textContent).toContain('10 to be given; whether they are, only the box knows')
  expect(root.textContent).not.toMatch(/\d+ (free|leased)/)
  expect(root.querySelector('svg')?.getAttribute('aria-label')).not.toContain('leased')
  expect(root.textContent).toContain('160')
  expect(root.textContent).toContain('set; shown to those who may change it')
  expect(root.textContent).toContain('Phone 1')
})

it.each<[string, Shown, string]>([
  ['no box', { standing: { boxId: null } }, 'This site has no box yet'],
  ['a box that is offline', { standing: { offline: true } }, 'The box is offline: what is changed here waits'],
  ['an edit on its way', { networks: [{ ...OFFICE, reached: false }] }, 'Waits for the box'],
  [
    'DHCP that is off',
    { box: { ...BOX, dhcp: [{ interface: 'eth0', mode: 'off', on: false }] } },
    'DHCP is off on eth0: nobody',
  ],
  ['one that no box can use', { networks: [{ ...OFFICE, fault: 'subnet: no' }] }, 'The box cannot use it: subnet: no'],
  ['none at all', { networks: [] }, 'The account holds no network of this site.'],
  [
    'one of the configuration file',
    { box: { ...BOX, fixedNetworks: [{ id: 'voice', subnet: '203.0.113.0/24', pools: [] }] } },
    'Set in the configuration file of the box',
  ],
])('shows %s', async (_what, given, text) => {
  await show(given)
  expect(root.textContent).toContain(text)
})

it('offers nothing to whoever may not change a network', async () => {
  await show({ role: 'installer' })
  for (const text of ['Add a network', 'Remove office', 'Change office', 'Keep it'])
    expect(button(text)).toBeUndefined()
})

it('says what changes and whom it moves, and does nothing when that is not agreed to', async () => {
  await show({ standing: { offline: true } })
  await press('Change office')
  const pools = root.querySelector<HTMLTextAreaElement>('#pools')
  await act(() => {
    if (pools === null) return
    pools.value = '192.0.2.50-192.0.2.100'
    pools.dispatchEvent(new Event('input', { bubbles: true }))
  })
  const submit = () =>
    act(() => {
      root.querySelector('dialog form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    })
  await submit()
  expect(said()).toEqual([
    'Ranges of addresses: 192.0.2.100-192.0.2.109 → 192.0.2.50-192.0.2.100',
    '1 phone was last seen at an address in none of the ranges: it gets another one.',
    'Devices hear of it when they renew, in 12 hours at most.',
    'The box is offline: what is changed here waits until it is back.',
    expect.stringContaining('The box checks it once more'),
    expect.stringContaining('what they did there stands'),
  ])
  await press('Cancel', question())
  expect(sent).toEqual([])
  await submit()
  await press('Change it', question())
  await until(() => expect(sent).toHaveLength(1))
  expect(sent[0]).toMatchObject({
    ...{ method: 'PATCH', url: '/api/v1/accounts/a1/sites/s1/networks/office', rev: '"3"' },
    body: { pools: ['192.0.2.50-192.0.2.100'], lease: 43_200 },
  })
})

it('says before a removal whom it concerns, as far as that is known', async () => {
  await show()
  await press('Remove office')
  await until(() => expect(question()).toBeDefined())
  expect(said().slice(0, 4)).toEqual([
    '2 phones had an address of it when they were last heard of.',
    'Which other devices have one, only the box knows.',
    'Whoever has one keeps it 12 hours at most, and then has none of the box.',
    '1 reservation goes with it.',
  ])
  await press('Remove', question())
  await until(() => expect(sent).toHaveLength(1))
  expect(sent[0]).toMatchObject({ method: 'DELETE', rev: '"3"' })
})
