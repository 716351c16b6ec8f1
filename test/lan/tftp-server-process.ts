import { createHash } from 'node:crypto'
import { makeKernelLan } from '../../appliance/net/lan.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { silentLog } from '../../services/core/log.ts'
import type { Answer } from '../../services/phones/contract.ts'
import { makeTftpServer } from '../../services/tftp/server.ts'
import { patternOf } from './tftp-pattern.ts'

// A TFTP server of its own process, for namespaces: serves `p<size>` as content and `b<size>` as a stored file.
const counters = makeCounters()
const lan = makeKernelLan({ log: silentLog, counters })
const [devices = 'eth0', port = '69', perSource = '16'] = process.argv.slice(2)
const contents = new Map<string, { readonly bytes: Uint8Array; readonly hash: string }>()

function contentOf(name: string): { readonly bytes: Uint8Array; readonly hash: string } {
  const known = contents.get(name)
  if (known !== undefined) return known
  const bytes = patternOf(Number(name.slice(1)))
  const made = { bytes, hash: createHash('sha256').update(bytes).digest('hex') }
  contents.set(name, made)
  return made
}

function answer(path: string): Answer {
  const file = path.replace(/^\/+/, '')
  if (!/^[pb]\d{1,9}$/.test(file)) return { kind: 'missing', expected: false, reason: 'not a test file', file }
  const { bytes, hash } = contentOf(file)
  const contentType = 'application/octet-stream'
  if (file.startsWith('b'))
    return { kind: 'blob', blob: { hash, size: bytes.length }, contentType, reason: 'test', file }
  return { kind: 'content', bytes, contentType, hash, secret: false, own: false, stage: 'full', reason: 'test', file }
}

const server = makeTftpServer({
  lan,
  provisioner: { answer: (request) => answer(request.path) },
  blobs: {
    async read(hash, offset, length) {
      const found = [...contents.values()].find((one) => one.hash === hash)
      return found?.bytes.slice(offset, offset + length)
    },
    path: () => undefined,
  },
  journal: { record() {} },
  clock: { now: () => Date.now() },
  log: silentLog,
  counters,
  settings: { port: Number(port), devices: devices.split(','), maxPerSource: Number(perSource) },
})
await server.start()
process.stdout.write(`ready ${server.listening().length}\n`)
// Ends with the test, which holds the other end of this pipe.
process.stdin.resume()
process.stdin.on('end', () => {
  process.stdout.write(`${JSON.stringify(Object.fromEntries(counters.all()))}\n`, () => process.exit(0))
})
