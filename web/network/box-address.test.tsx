import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BoxNetworkView } from '../../services/admin/schema-box-network.ts'
import { BoxAddress } from './box-address.tsx'

const FIXED: BoxNetworkView = {
  setting: { address: '192.0.2.1/24', gateway: '192.0.2.254', dns: ['192.0.2.53'], ntp: [] },
  source: 'boot',
}
let root: HTMLElement
let asked: { readonly url: string; readonly method: string; readonly body: unknown }[]

/** Draws the section over a box that answers `answers` one after another, the last one for ever. */
async function show(...answers: readonly (BoxNetworkView | Response)[]): Promise<void> {
  const left = [...answers]
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit = {}) => {
    asked.push({ url, method, body: typeof body === 'string' ? (JSON.parse(body) as unknown) : undefined })
    const answer = left.length > 1 ? left.shift() : left[0]
    return answer instanceof Response ? answer : Response.json(answer)
  })
  await act(() => render(<BoxAddress />, root))
  await act(() => vi.waitFor(() => expect(asked.length).toBeGreaterThan(0)))
}
const button = (text: string) => [...root.querySelectorAll('button')].find((it) => it.textContent?.startsWith(text))
const press = (text: string) => act(() => button(text)?.click())
const type = (label: string, value: string) =>
  act(() => {
    const id = [...root.querySelectorAll('label')].find((it) => it.textContent === label)?.getAttribute('for') ?? ''
    const input = root.querySelector<HTMLInputElement>(`#${CSS.escape(id)}`)
    if (input === null) return
    input.value = value
    input.dispatchEvent(new Event('input', { bubbles: true }))
  })
const submit = () =>
  act(() => {
    root.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  })

beforeEach(() => {
  asked = []
  root = document.createElement('div')
  document.body.append(root)
})
afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
  vi.unstubAllGlobals()
})

it('is not there where the box does not set its own network', async () => {
  await show({ setting: { dns: [], ntp: [] }, source: 'built-in', unsupported: 'installed as a package' })
  expect(root.textContent).toBe('')
})

it('tries what was typed in, says where to keep it, and keeps it', async () => {
  const tried: BoxNetworkView = {
    ...FIXED,
    setting: { address: '192.0.2.9/24', dns: [], ntp: [] },
    source: 'page',
    returnsIn: 90,
  }
  const { returnsIn: _, ...kept } = tried
  await show(FIXED, tried, { ...kept, last: 'kept' })
  expect(root.textContent).toContain('192.0.2.1/24')
  expect(root.textContent).toContain('set by network.conf on the boot partition')
  await press('Change')
  await type('Address and length of its prefix', ' 192.0.2.9/24 ')
  await type('Router', '')
  await type('Name servers', '192.0.2.53, 192.0.2.54')
  await submit()
  await vi.waitFor(() => expect(asked.length).toBe(2))
  expect(asked[1]).toEqual({
    ...{ url: expect.stringMatching(/\/box-network$/), method: 'PUT' },
    body: { address: '192.0.2.9/24', dns: ['192.0.2.53', '192.0.2.54'], ntp: [] },
  })
  await vi.waitFor(() => expect(root.querySelector('dialog')).toBeNull())
  expect(root.querySelector('[role=status] a')?.getAttribute('href')).toContain('//192.0.2.9:')
  expect(button('Change')).toBeUndefined()
  await press('Keep this address')
  await vi.waitFor(() => expect(asked.length).toBe(3))
  expect(asked[2]).toMatchObject({ url: expect.stringMatching(/\/box-network\/keep$/), method: 'POST' })
  await vi.waitFor(() => expect(root.querySelector('.held')).toBeNull())
})

it('says beside the field what is wrong with it, and leaves what was typed in', async () => {
  const fault = { path: 'address', message: 'no machine can have this address: 127.0.0.1' }
  const refused = Response.json(
    { error: { code: 'bad-input', message: 'it cannot be stored', faults: [fault] } },
    { status: 400 },
  )
  await show(FIXED, refused)
  await press('Change')
  await type('Address and length of its prefix', '127.0.0.1/8')
  await submit()
  await vi.waitFor(() => expect(root.querySelector('.fault')?.textContent).toBe(fault.message))
  expect(root.querySelector<HTMLInputElement>('input[aria-invalid=true]')?.value).toBe('127.0.0.1/8')
})

it('says that the former address came back', async () => {
  await show({ ...FIXED, last: 'returned' })
  expect(root.querySelector('[role=status]')?.textContent).toContain('taken back')
})
