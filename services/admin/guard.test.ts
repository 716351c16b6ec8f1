import { describe, expect, it } from 'vitest'
import { makeFakeSite } from '../../test/support/admin-fakes.ts'
import { makeAdminApp } from './app.ts'
import { objectionTo } from './guard.ts'

const TCP = { via: 'tcp', port: 8080 } as const
const HOST = { host: '127.0.0.1:8080' }
const JSON_TYPE = { 'content-type': 'application/json' }

const status = (method: string, path: string, headers: Record<string, string>) =>
  objectionTo(new Request(`http://127.0.0.1:8080${path}`, { method, headers }), TCP)?.status

describe('the loopback port', () => {
  it.each([
    ['localhost:8080', undefined],
    ['LOCALHOST:8080', undefined],
    ['127.0.0.1:8080', undefined],
    ['[::1]:8080', undefined],
    ['127.0.0.1', 421],
    ['127.0.0.1:8081', 421],
    ['evil.example:8080', 421],
    ['localhost.evil.example:8080', 421],
    ['192.0.2.1:8080', 421],
    ['', 421],
  ])('asked as %j is %j (DNS rebinding)', (host, expected) => {
    expect(status('GET', '/api/v1/devices', { host })).toBe(expected)
    expect(status('GET', '/', { host })).toBe(expected)
  })

  it.each([
    ['POST', { ...JSON_TYPE, origin: 'http://evil.example' }, 403],
    ['POST', { ...JSON_TYPE, origin: 'null' }, 403],
    ['POST', { ...JSON_TYPE, origin: 'https://127.0.0.1:8080' }, 403],
    ['POST', { ...JSON_TYPE, origin: 'http://127.0.0.1:9999' }, 403],
    ['POST', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }, 403],
    ['DELETE', { 'x-branchline': '1', 'sec-fetch-site': 'same-site' }, 403],
    ['GET', { 'sec-fetch-site': 'cross-site' }, 403],
    ['POST', { 'content-type': 'text/plain' }, 415],
    ['POST', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['POST', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['POST', {}, 415],
    ['DELETE', {}, 415],
    ['POST', { ...JSON_TYPE, origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }, undefined],
    ['DELETE', { 'x-branchline': '1' }, undefined],
    ['GET', { 'sec-fetch-site': 'none' }, undefined],
  ])('%s with %j is %j (CSRF)', (method, headers, expected) => {
    expect(status(method, '/api/v1/devices', { ...HOST, ...(headers as Record<string, string>) })).toBe(expected)
  })

  it('lets a link from another site open the page itself', () => {
    expect(status('GET', '/', { ...HOST, 'sec-fetch-site': 'cross-site' })).toBeUndefined()
  })
})

it('is in front of every route, grants no other origin anything, and marks every answer', async () => {
  const site = makeFakeSite()
  const app = makeAdminApp(site.deps)
  const refused = await app.request('http://evil.example/api/v1/devices', {}, TCP)
  expect([refused.status, (await refused.json()).error.code]).toEqual([421, 'turned-away'])
  expect(site.deps.counters.get('admin.turned-away')).toBe(1)
  const asked = await app.request('http://localhost/api/v1/devices', {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.example' },
  })
  expect(asked.headers.get('access-control-allow-origin')).toBeNull()
  const answer = await app.request('http://localhost/api/v1/health')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-security-policy')).toMatch(
    /default-src 'none'.*script-src 'self';.*frame-ancestors 'none'/,
  )
  expect(answer.headers.get('content-security-policy')).not.toContain('unsafe')
  expect(answer.headers.get('cache-control')).toBe('no-store')
})
