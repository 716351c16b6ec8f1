import { expect, it } from 'vitest'
import { makeRandom } from '../../test/support/random.ts'
import { fromLatin1, latin1 } from '../core/bytes.ts'
import { makeCounters } from '../core/counters.ts'
import { ANY } from '../core/ipv4.ts'
import { silentLog } from '../core/log.ts'
import type { ConnectionDeps } from './connection.ts'
import { makeConnection } from './connection.ts'

const SEEDS = [
  'GET /001565000001.cfg HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: Yealink SIP-T46U 108.86.0.90\r\nRange: bytes=0-3,5-\r\nIf-None-Match: "x"\r\n\r\n',
  'PUT /log.txt HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n4\r\nWiki\r\n0\r\n\r\nGET / HTTP/1.0\r\n\r\n',
  'POST http://x/%2e%2e/log.txt HTTP/1.1\r\nContent-Length: 4\r\nConnection: keep-alive\r\n\r\nWiki',
]
const SNIPPETS = [
  '\r\n\r\n',
  '\n',
  '%',
  '%2e%2e',
  '\0',
  '../',
  'bytes=',
  ',',
  '-',
  ': ',
  ' HTTP/1.1',
  '4294967296',
  'ffffffff\r\n',
]

it('takes 100,000 mutated requests: no throw, whole answers only, no upload place lost, flat memory', () => {
  const random = makeRandom(20_261_122)
  const pick = (below: number) => Math.floor(random() * below)
  let uploads = 0
  let answers = 0
  const deps: ConnectionDeps = {
    provisioner: {
      answer: (request) => ({
        kind: 'content',
        bytes: fromLatin1('0123456789'),
        contentType: 'text/plain',
        hash: 'abc',
        secret: false,
        own: false,
        stage: 'full',
        reason: '',
        file: request.path,
      }),
    },
    blobs: { read: async () => undefined, path: () => undefined },
    journal: { record() {} },
    clock: { now: () => 0 },
    log: silentLog,
    counters: makeCounters(),
    limits: { headTicks: 2, idleTicks: 2, bodyTicks: 2, stallTicks: 2, uploadBytes: 1000, refusalDelayMs: 0 },
    publicFiles: new Map(),
    nonce: () => 'n',
    uploads: { take: () => ++uploads > 0, free: () => void uploads-- },
    mayJournal: () => true,
  }

  function mutate(): Uint8Array {
    let text = SEEDS[pick(SEEDS.length)] ?? ''
    for (let i = pick(4); i >= 0; i--) {
      const at = pick(text.length)
      const kind = pick(4)
      if (kind === 0) text = text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1)
      else if (kind === 1) text = text.slice(0, at) + text.slice(at + pick(20))
      else if (kind === 2) text = text.slice(0, at) + (SNIPPETS[pick(SNIPPETS.length)] ?? '') + text.slice(at)
      else text += SEEDS[pick(SEEDS.length)]
    }
    return fromLatin1(text)
  }

  function once() {
    let out = ''
    const wire = {
      write(bytes: Uint8Array) {
        const count = 1 + pick(bytes.length)
        out += latin1(bytes.subarray(0, count))
        return count
      },
      shutdown() {},
      terminate() {},
    }
    const place = { scheme: 'http', from: { address: ANY, port: 1 }, interface: 'lan0', localAddress: ANY } as const
    const connection = makeConnection(wire, place, deps)
    const bytes = mutate()
    const cut = pick(bytes.length)
    connection.onData(bytes.subarray(0, cut))
    for (let i = 0; i < 40; i++) connection.onDrain()
    connection.onData(bytes.subarray(cut))
    for (let i = 0; i < 40; i++) connection.onDrain()
    connection.onEnd()
    connection.onTick()
    connection.onClose()
    answers += out.match(/HTTP\/1\.1 \d{3} [A-Z]/g)?.length ?? 0
    if (!out.startsWith('HTTP/1.1 ') && !'HTTP/1.1 '.startsWith(out))
      throw new TypeError(`not an answer: ${JSON.stringify(out)}`)
  }

  for (let i = 0; i < 20_000; i++) once()
  Bun.gc(true)
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 80_000; i++) once()
  Bun.gc(true)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(8_000_000)
  expect(uploads).toBe(0)
  expect(answers).toBeGreaterThan(10_000)
  expect(deps.counters.get('http.malformed')).toBeGreaterThan(10_000)
}, 120_000)
