import { describe, expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import { ConflictError, OperatorError } from '../core/errors.ts'
import type { UpdateState, Updates } from '../updates/contract.ts'
import { makeAdminApp } from './app.ts'

const STATE: UpdateState = { phase: 'idle', percent: 0, version: '1.2.3', slot: 'A', well: true }
const SOCKET = { via: 'socket' as const }

function appWith(updates: Partial<Updates>, problems: readonly string[] = []) {
  const { deps } = makeFakeSite()
  const none = () => {
    throw new OperatorError('nobody was to ask this')
  }
  return makeAdminApp({
    ...deps,
    updates: { state: () => STATE, receive: none, restart: none, stay: none, setWindow: none, ...updates },
    health: () => ({ ok: problems.length === 0, problems }),
  })
}

describe('updates', () => {
  it('says what runs', async () => {
    const answer = await appWith({}).request('/api/v1/update', {}, SOCKET)
    expect([answer.status, await answer.json()]).toEqual([200, STATE])
  })

  it('takes a bundle larger than any other body, with who brought it and how long it is', async () => {
    const seen: unknown[] = []
    const app = appWith({
      async receive(content, options) {
        let length = 0
        for await (const chunk of content as ReadableStream<Uint8Array>) length += chunk.length
        seen.push({ length, ...options })
        return { ...STATE, phase: 'checking' }
      },
    })
    const body = new Uint8Array(9 * 1024 * 1024)
    const headers = { 'content-length': String(body.length), 'content-type': 'application/octet-stream' }
    const answer = await app.request('/api/v1/update', { method: 'PUT', body, headers }, SOCKET)
    expect([answer.status, ((await answer.json()) as UpdateState).phase]).toEqual([202, 'checking'])
    expect(seen).toEqual([{ length: body.length, by: expect.any(String), size: body.length }])
  })

  it('takes a window in which it starts by itself, and none', async () => {
    const seen: unknown[] = []
    const app = appWith({ setWindow: (window, { by }) => void seen.push([window, by]) })
    const ask = (method: string, body?: unknown) =>
      app.request(
        '/api/v1/update/window',
        {
          method,
          ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        },
        SOCKET,
      )
    const window = { from: '02:00', to: '03:30', days: ['sun'] }
    expect((await ask('PUT', window)).status).toBe(200)
    expect((await ask('DELETE')).status).toBe(200)
    for (const wrong of [
      { from: '2', to: '3' },
      { from: '02:00' },
      { ...window, days: [] },
      { ...window, zone: 'UTC' },
    ])
      expect((await ask('PUT', wrong)).status, JSON.stringify(wrong)).toBe(400)
    expect(seen).toEqual([
      [window, expect.any(String)],
      [undefined, expect.any(String)],
    ])
  })

  it('says why none can be taken now', async () => {
    const busy = appWith({
      restart() {
        throw new ConflictError('an update is under way')
      },
    })
    const answer = await busy.request('/api/v1/update/restart', { method: 'POST' }, SOCKET)
    expect([answer.status, await answer.text()]).toEqual([409, expect.stringContaining('an update is under way')])
  })
})

it('says what does not work to those who may read, and not to everybody', async () => {
  const app = appWith({}, ['http is off on 192.0.2.1:80: port in use'])
  const answer = await app.request('/api/v1/health/checks', {}, SOCKET)
  expect(await answer.json()).toEqual({ ok: false, problems: ['http is off on 192.0.2.1:80: port in use'] })
  const open = await app.request('/api/v1/health', {}, SOCKET)
  expect(await open.json()).toEqual({ ok: false, uptimeSeconds: expect.any(Number) })
})
