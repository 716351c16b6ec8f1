import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ExplainView } from '../services/admin/schema.ts'
import { DevicePage } from './device.tsx'

const MAC = '00:00:5e:00:53:01'
const explanation: ExplainView = {
  mac: MAC,
  identity: { confidence: 3, vendor: 'yealink', model: 'T46U', used: [] },
  settings: [],
  extra: [],
  dhcpOptions: [],
  files: [
    { name: '00005e005301.boot', secret: false, own: false, absent: 'a boot file would replace the others' },
    { name: 'y000000000108.cfg', secret: false, own: false, problem: 'template yealink/common: line 3' },
  ],
  warnings: [],
  verdict: { state: 'never-seen', text: 'never seen here' },
}

let root: HTMLElement
const asked: string[] = []
let shown: ExplainView

beforeEach(() => {
  shown = explanation
  asked.length = 0
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push(`${init.method ?? 'GET'} ${url}`)
    return Response.json(shown)
  })
  root = document.createElement('div')
  document.body.append(root)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
  vi.unstubAllGlobals()
})

async function show(view: ExplainView = explanation): Promise<void> {
  shown = view
  await act(() => render(<DevicePage mac={MAC} />, root))
  await vi.waitFor(() => expect(root.querySelector('h1')).not.toBeNull())
}

describe('a device that looks like another one', () => {
  const closed = 'its agent text was of yealink at the first delivery and is of snom now'
  const device: ExplainView['device'] = {
    mac: MAC,
    rev: 1,
    enabled: true,
    lines: [],
    keys: [],
    settings: {},
    extra: {},
    dhcpOptions: [],
    secrets: [],
  }
  const button = () => [...root.querySelectorAll('button')].find((it) => it.textContent?.includes('allow it again'))

  it('can be allowed again there, and only then', async () => {
    await show({ ...explanation, device })
    expect(button()).toBeUndefined()
    await act(() => render(null, root))
    await show({ ...explanation, device, closed })
    expect(root.textContent).toContain(closed)
    asked.length = 0
    shown = { ...explanation, device }
    await act(() => button()?.click())
    expect(asked[0]).toBe('POST /api/v1/devices/00%3A00%3A5e%3A00%3A53%3A01/allow')
    await vi.waitFor(() => expect(button()).toBeUndefined())
  })
})

it('a locked setting is shown with who locked it and what was said in vain, a secret one without values', async () => {
  const lockedBy = { layer: 'site' }
  await show({
    ...explanation,
    settings: [
      {
        ...{ name: 'language', value: 'en', secret: false, layer: 'site', lockedBy },
        ignored: [{ value: 'de', layer: 'group', of: 'lobby' }],
      },
      { name: 'adminPassword', secret: true, layer: 'site', lockedBy, ignored: [{ layer: 'device' }] },
    ],
  })
  const cells = [...root.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td')].map((cell) => cell.textContent),
  )
  expect(cells).toEqual([
    ['language', 'en', 'site (locked by site)'],
    ['language', 'de', 'group lobby (in vain)'],
    ['adminPassword', 'set, not shown', 'site (locked by site)'],
    ['adminPassword', 'set, not shown', 'device (in vain)'],
  ])
})

it('what has no effect on a device is said, when there is any', async () => {
  await show()
  expect(root.querySelector('#warnings')).toBeNull()
  await act(() => render(null, root))
  await show({ ...explanation, warnings: ['line 17 is left out: T46U has 16 lines'] })
  expect(root.querySelector('#warnings')?.closest('section')?.textContent).toContain('line 17 is left out')
})

describe('the files of a device', () => {
  it('are marked as faulty only when something is wrong', async () => {
    await show()
    const [boot, common] = root.querySelectorAll('.files li')
    expect(boot?.querySelector('.quiet')?.textContent).toContain('a boot file would replace the others')
    expect(boot?.querySelector('.fault')).toBeNull()
    expect(common?.querySelector('.fault')?.textContent).toBe('template yealink/common: line 3')
  })
})
