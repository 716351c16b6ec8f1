import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { UpdateView } from '../../services/admin/schema-update.ts'
import { nextTime, UpdateTab } from './update-tab.tsx'

const IDLE: UpdateView = { phase: 'idle', percent: 0, version: '1.4.0', slot: 'A', well: true }

let root: HTMLElement
let asked: { method: string; url: string; body?: unknown }[]
let state: UpdateView
beforeEach(() => {
  asked = []
  vi.stubGlobal('fetch', async (url: string, init: { method: string; body?: string }) => {
    asked.push({ method: init.method, url, ...(init.body !== undefined && { body: JSON.parse(init.body) as unknown }) })
    return Response.json(state)
  })
  root = document.createElement('div')
  document.body.append(root)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
  vi.unstubAllGlobals()
})
async function show(now: Partial<UpdateView>): Promise<string> {
  state = { ...IDLE, ...now }
  await act(async () => {
    render(<UpdateTab />, root)
    await Promise.resolve()
  })
  await vi.waitFor(() => expect(root.querySelector('.skeleton')).toBeNull())
  return root.textContent ?? ''
}
const button = (name: string) => [...root.querySelectorAll('button')].find((it) => it.textContent === name)

describe('each state of an update', () => {
  it.each([
    ['nothing under way', {}, ['1.4.0', 'slot A', 'It was found well', 'Choose an update bundle']],
    ['just started', { well: false }, ['It has started and is being looked at']],
    ['not an image', { unsupported: 'a package' }, ['as a package or a container']],
    [
      'being written',
      { phase: 'installing', percent: 40, message: 'Copying root' },
      ['Write the other slot', 'Copying root'],
    ],
    [
      'refused',
      { phase: 'refused', message: 'not signed' },
      ['Nothing was changed: not signed', 'Choose an update bundle'],
    ],
    ['fell back', { fellBack: '2026-11-26 from B to A' }, ['the one before was taken again: 2026-11-26 from B to A']],
    ['installed', { phase: 'installed', bundle: '1.5.0' }, ['1.5.0 is installed; it starts with the next start']],
  ] as const)('%s', async (_what, now, said) => {
    const text = await show(now)
    for (const part of said) expect(text).toContain(part)
  })

  it('while it is written no other bundle is offered, and how far it is can be read', async () => {
    await show({ phase: 'installing', percent: 40 })
    expect(root.querySelector('input[type=file]')).toBeNull()
    expect(root.querySelector('progress')?.value).toBe(40)
    expect(root.querySelector('[aria-current=step]')?.textContent).toBe('Write the other slot')
  })

  it('a window in which it starts by itself is given, told, and taken away', async () => {
    const window = { from: '02:00', to: '04:00', days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const }
    await show({})
    const check = (name: string) =>
      [...root.querySelectorAll('label')].find((it) => it.textContent === name)?.querySelector('input')
    await act(async () => check('Start into an installed update by itself')?.click())
    for (const day of ['Saturday', 'Sunday']) await act(async () => check(day)?.click())
    const saved = { ...IDLE, phase: 'installed', bundle: '1.5.0', window, windowStartAt: Date.UTC(2026, 10, 27, 2) }
    state = saved as unknown as UpdateView
    await act(async () => button('Save')?.click())
    await vi.waitFor(() => expect(root.textContent).toContain('the box starts into it by itself at'))
    expect(asked.at(-1)).toEqual({ method: 'PUT', url: '/api/v1/update/window', body: window })
    await act(async () => check('Start into an installed update by itself')?.click())
    await act(async () => button('Save')?.click())
    await vi.waitFor(() => expect(asked.at(-1)).toEqual({ method: 'DELETE', url: '/api/v1/update/window' }))
  })

  it('a start at a time of day is asked for, told, and taken back', async () => {
    await show({ phase: 'installed', bundle: '1.5.0' })
    state = { ...state, restartAt: Date.UTC(2026, 10, 26, 22) }
    await act(async () => button('Start again at that time')?.click())
    await vi.waitFor(() => expect(root.textContent).toContain('the box starts into it at'))
    expect(asked.at(-1)).toMatchObject({
      method: 'POST',
      url: '/api/v1/update/restart',
      body: { at: expect.any(Number) },
    })
    const { restartAt: _, ...rest } = state
    state = rest
    await act(async () => button('Not then')?.click())
    await vi.waitFor(() => expect(root.textContent).not.toContain('the box starts into it at'))
    expect(asked.at(-1)).toMatchObject({ method: 'DELETE', url: '/api/v1/update/restart' })
  })
})

it('the next time of day is found in the zone of the site, across a change of the clocks', () => {
  const utc = (text: string) => Date.parse(`${text}Z`)
  const at = (text: string, now: string) => new Date(nextTime(text, utc(now), 'Europe/Berlin') ?? 0).toISOString()
  expect(at('22:00', '2026-11-26T12:00')).toBe('2026-11-26T21:00:00.000Z')
  expect(at('22:00', '2026-11-26T21:00:30')).toBe('2026-11-27T21:00:00.000Z')
  expect(at('3:30', '2026-10-24T22:00')).toBe('2026-10-25T02:30:00.000Z')
  for (const text of ['24:00', '7', 'noon', '']) expect(nextTime(text, 0, 'Europe/Berlin')).toBeUndefined()
})
