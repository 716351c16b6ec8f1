import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tftp from 'tftp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeLoopbackLan } from '../../appliance/net/loopback-lan.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Answer } from '../../services/phones/contract.ts'
import { makeTftpServer } from '../../services/tftp/server.ts'
import type { TftpServer } from '../../services/tftp/settings.ts'
import { patternOf } from './tftp-pattern.ts'

let folder: string
let server: TftpServer
let lan: ReturnType<typeof makeLoopbackLan>
let uploaded: Uint8Array | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branchline-tftp-'))
  const counters = makeCounters()
  lan = makeLoopbackLan({ log: silentLog, counters })
  uploaded = undefined
  server = makeTftpServer({
    lan,
    provisioner: {
      answer({ method, path, body }): Answer {
        if (method === 'put') {
          uploaded = body
          return { kind: 'stored', reason: 'test', file: path }
        }
        if (!/^\d+$/.test(path)) return { kind: 'missing', expected: false, reason: 'test', file: path }
        const about = { contentType: '', hash: '', secret: false, own: true, stage: 'full', reason: 'test' } as const
        return { kind: 'content', bytes: patternOf(Number(path)), file: path, ...about }
      },
    },
    blobs: { read: () => Promise.resolve(undefined), path: () => undefined },
    journal: { record() {} },
    clock: { now: () => 0 },
    log: silentLog,
    counters,
    settings: { port: 0 },
  })
  await server.start()
})
afterEach(async () => {
  await server.stop()
  await lan[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function client(options: { blockSize?: number; windowSize?: number } = {}) {
  return tftp.createClient({ host: '127.0.0.1', port: server.listening()[0]?.local.port ?? 0, ...options })
}
function settled(run: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => run((error) => (error ? reject(error) : resolve())))
}

describe('the client of the npm package tftp', () => {
  it.each([
    [0, {}],
    [512, { blockSize: 512, windowSize: 1 }],
    [1468 * 3, {}],
    [1_000_000, { windowSize: 16 }],
    [100_000, { blockSize: 9000 }],
  ])('fetches %i bytes with %j', async (size, options) => {
    const local = join(folder, 'got')
    await settled((done) => client(options).get(String(size), local, done))
    expect(Buffer.compare(await readFile(local), patternOf(size))).toBe(0)
  })

  it('is told what is not there', async () => {
    await expect(settled((done) => client().get('nothing', join(folder, 'got'), done))).rejects.toThrow(/not found/i)
  })

  it('puts a file', async () => {
    const local = join(folder, 'log')
    await writeFile(local, patternOf(10_000))
    await settled((done) => client({ windowSize: 4 }).put(local, 'log', done))
    expect(Buffer.compare(uploaded ?? new Uint8Array(0), patternOf(10_000))).toBe(0)
  })
})
