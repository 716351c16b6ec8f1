import { createHash } from 'node:crypto'
import { type ConfigHttpSettings, makeConfigHttp } from '../../services/config-http/server.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Lan, LanInterface } from '../../services/core/net.ts'
import type { Happening } from '../../services/journey/contract.ts'
import type { Answer, Blobs, FileRequest } from '../../services/phones/contract.ts'
import { makeTestClock } from './clock.ts'

export const FIRMWARE_SIZE = 8_000_000

/** A provisioner, blobs and journal for the HTTP host alone. */
export function makeHttpSite(
  settings: Partial<ConfigHttpSettings> = {},
  blobs: Partial<Blobs> = {},
  address = '127.0.0.1',
) {
  const interfaces: LanInterface[] = [
    { name: 'lan0', up: true, addresses: [{ address: parseIpv4(address), prefix: 8 }] },
  ]
  const listeners = new Set<(interfaces: readonly LanInterface[]) => void>()
  const happenings: Happening[] = []
  const requests: FileRequest[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  const firmware = new Uint8Array(FIRMWARE_SIZE).map((_, i) => (i * 7 + (i >> 8)) & 255)
  const counters = makeCounters()

  function answer(request: FileRequest): Answer {
    requests.push(request)
    const base = { reason: 'as the test says', file: request.path.split('/').at(-1) ?? '' }
    const name = base.file.toLowerCase()
    if (name === 'own.cfg' && request.method !== 'put')
      return {
        ...base,
        kind: 'content',
        bytes: OWN,
        contentType: 'text/plain',
        hash: OWN_HASH,
        secret: true,
        own: true,
        stage: 'full',
      }
    if (name === 'fw.rom')
      return {
        ...base,
        kind: 'blob',
        blob: { hash: 'f00d', size: FIRMWARE_SIZE },
        contentType: 'application/octet-stream',
      }
    if (name === 'log.txt' && request.method === 'put') return { ...base, kind: 'stored' }
    if (name === 'old.cfg') return { ...base, kind: 'redirect', location: 'http://192.0.2.1/own.cfg' }
    if (name === 'login.cfg') return { ...base, kind: 'challenge', scheme: 'basic', realm: 'phones' }
    if (name === 'silent.cfg') return { ...base, kind: 'silence' }
    if (name === 'refused.cfg') return { ...base, kind: 'refused' }
    return { ...base, kind: 'missing', expected: false }
  }

  const http = makeConfigHttp({
    // Only what the HTTP host uses of a LAN; anything else is a fault of the test.
    lan: new Proxy({} as Lan, {
      get(_, name) {
        if (name === 'interfaces') return () => interfaces
        if (name === 'onChange')
          return (listener: () => void) => {
            listeners.add(listener)
            return () => listeners.delete(listener)
          }
        throw new TypeError(`unannounced call of ${String(name)}`)
      },
    }),
    provisioner: { answer },
    blobs: {
      read: async (_hash, offset, length) => firmware.slice(offset, offset + length),
      path: () => undefined,
      ...blobs,
    },
    journal: {
      record(happening) {
        happenings.push(happening)
        for (const each of waiting) if (happenings.length >= each.count) each.resolve()
      },
    },
    clock: makeTestClock(),
    log: silentLog,
    counters,
    settings: { listeners: [{ scheme: 'http', port: 0 }], ...settings },
  })

  return {
    http,
    requests,
    happenings,
    counters,
    firmware,
    interfaces,
    changed: () => listeners.forEach((listener) => void listener(interfaces)),
    port: (scheme = 'http') => http.status().find((status) => status.scheme === scheme)?.port ?? 0,
    /** Resolves when the journal holds so many happenings. */
    async journal(count: number): Promise<readonly Happening[]> {
      if (happenings.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }))
      return happenings
    },
  }
}

export const OWN = new TextEncoder().encode('account.1.password = not-a-real-one\n')
export const OWN_HASH = createHash('sha256').update(OWN).digest('hex')
export type HttpSite = ReturnType<typeof makeHttpSite>
