import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { badCable } from '../support/bad-cable.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { patternOf } from './tftp-pattern.ts'

const SERVER = fileURLToPath(new URL('./tftp-server-process.ts', import.meta.url))
const BOX = { namespace: 'box', device: 'eth0', address: '192.0.2.1/24' }
const PHONE = { namespace: 'phone', device: 'eth0', address: '192.0.2.10/24' }

let lab: Namespaces
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branchline-tftp-'))
  lab = new Namespaces()
  await lab.add('box')
  await lab.add('phone')
})
afterEach(async () => {
  await lab[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function startServer(): Promise<void> {
  const child = lab.start('box', [process.execPath, SERVER, 'eth0'])
  const reader = child.stdout.getReader()
  const { value } = await reader.read()
  const text = new TextDecoder().decode(value ?? new Uint8Array(0))
  if (text !== 'ready 1\n')
    throw new InvariantError(`tftp server said ${text} ${await new Response(child.stderr).text()}`)
  reader.releaseLock()
}

/** Fetches `remote` by a real client and compares every byte. */
async function fetchRight(command: (remote: string, local: string) => string[], remote: string): Promise<void> {
  const local = join(await mkdtemp(join(folder, 'one-')), remote)
  let result = await lab.run('phone', command(remote, local), { cwd: folder, timeoutMs: 90_000 })
  // atftp gives up when the cable doubles the option acknowledgment, whatever the server does; a person asks again.
  for (let i = 0; i < 5 && result.stderr.includes('unexpected OACK'); i++)
    result = await lab.run('phone', command(remote, local), { cwd: folder, timeoutMs: 90_000 })
  expect(`${remote} exit ${result.code} ${result.code === 0 ? '' : result.stderr}`).toBe(`${remote} exit 0 `)
  expect(Buffer.compare(await readFile(local), patternOf(Number(remote.slice(1)))), remote).toBe(0)
}

const hpa = (remote: string, local: string) => ['tftp', '-m', 'octet', '192.0.2.1', '-c', 'get', remote, local]
const atftp = (options: string[]) => (remote: string, local: string) => [
  'atftp',
  ...options.flatMap((option) => ['--option', option]),
  ...['-g', '-r', remote, '-l', local, '192.0.2.1'],
]
const curl = (remote: string, local: string) => [
  ...['curl', '-sS', '--max-time', '80', '--tftp-blksize', '1400', '-o', local],
  `tftp://192.0.2.1/${remote}`,
]
const busybox = (remote: string, local: string) => [
  ...['busybox', 'tftp', '-g', '-b', '1468', '-r', remote, '-l', local, '192.0.2.1'],
]

describeOrSkip('real tftp clients on a good cable', ['namespaces', 'tftp', 'atftp', 'curl', 'busybox'], () => {
  it('fetch every file right', async () => {
    await lab.cable(BOX, PHONE)
    await startServer()
    for (const remote of ['p0', 'p511', 'p512', 'p700000', 'b150000']) {
      await fetchRight(hpa, remote)
      await fetchRight(atftp(['blksize 1428']), remote)
      await fetchRight(atftp(['blksize 1428', 'windowsize 8', 'tsize 0', 'timeout 2']), remote)
      // curl makes no file of an empty transfer.
      if (remote !== 'p0') await fetchRight(curl, remote)
      await fetchRight(busybox, remote)
    }
  })

  it('are told at once what is not there', async () => {
    await lab.cable(BOX, PHONE)
    await startServer()
    const result = await lab.run('phone', ['curl', '-sS', '--max-time', '10', 'tftp://192.0.2.1/none'])
    expect(result.code).toBe(68) // CURLE_TFTP_NOTFOUND
  })
})

describeOrSkip('real tftp clients on a bad cable', ['namespaces', 'tftp', 'atftp', 'curl', 'busybox'], () => {
  it('5 % lost, 5 % doubled, 10 % out of order: every file right', async () => {
    await badCable(lab, BOX, PHONE, { loss: 0.05, duplicate: 0.05, reorder: 0.1, seed: 1 })
    await startServer()
    // All at once: each waits some seconds for a packet that was lost.
    const clients = [atftp(['blksize 1428']), atftp(['blksize 1428', 'windowsize 4']), curl, busybox, hpa]
    const all = clients.flatMap((client) => ['p700', 'b30000'].map((remote) => fetchRight(client, remote)))
    await Promise.all(all)
  })
})
