import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvariantError } from '../../services/core/errors.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { Namespaces } from '../support/netns.ts'
import type { Job, JobResult } from './client/job.ts'
import { makeCpuMeter, readUsage, type Usage } from './usage.ts'

// 198.18.0.0/15 is set aside for benchmarks (RFC 2544).
export const SERVER = '198.18.0.1'
export const SUBNET = '198.18.0.0/19'
export const NETMASK = '255.255.224.0'
export const POOL = ['198.18.2.0', '198.18.31.250'] as const
/** Hosts without DHCP count up from here, outside the pool. */
export const BY_HAND = parseIpv4('198.18.0.100')
const CLIENT = '198.18.0.2/19'
const SERVER_MAC = '02:00:00:00:53:01'
const START_MS = 20_000

const labs = new Set<Lab>()

/** Takes away whatever labs still stand; for a run that is interrupted. */
export async function closeLabs(): Promise<void> {
  await Promise.all([...labs].map((lab) => lab[Symbol.asyncDispose]()))
}

/** One server's side of a cable and the hosts' side, a folder, and what runs in them. All of it goes when disposed. */
export class Lab implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'branchline-bench-'))
  readonly #net = new Namespaces()
  readonly #meter = makeCpuMeter()
  #client: Bun.Subprocess<'pipe', 'pipe', 'pipe'> | undefined
  #answers: AsyncIterator<string> | undefined

  async plug(): Promise<void> {
    labs.add(this)
    await this.#net.add('server')
    await this.#net.add('client')
    await this.#net.cable(
      { namespace: 'server', device: 'eth0', address: `${SERVER}/19`, mac: SERVER_MAC },
      { namespace: 'client', device: 'eth0', address: CLIENT },
    )
  }

  /** Starts a server in its namespace; `isReady` is asked until it says yes. Its output is kept for a failure's message. */
  async serve(
    command: readonly string[],
    isReady: (pid: number) => boolean | Promise<boolean>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const child = this.#net.start('server', command, { env, cwd: this.folder })
    this.#meter.add(child.pid)
    let said = ''
    const keep = async (stream: ReadableStream<Uint8Array>) => {
      for await (const bytes of stream) said = `${said}${Buffer.from(bytes).toString()}`.slice(-2000)
    }
    void keep(child.stdout)
    void keep(child.stderr)
    const until = performance.now() + START_MS
    while (!(await isReady(child.pid))) {
      if (child.exitCode !== null || performance.now() > until)
        throw new InvariantError(`${command[0]} does not start: ${said.trim()}`)
      await Bun.sleep(50)
    }
  }

  /** Runs a program on the hosts' side to its end. */
  run(command: readonly string[], timeoutMs: number) {
    return this.#net.run('client', command, { timeoutMs })
  }

  /** Datagrams that reached the hosts' side and were lost there: the program that they were for had no room left for them. */
  async unread(): Promise<number> {
    // The names in one line, the values in the next (proc(5)).
    const { stdout } = await this.run(['cat', '/proc/net/snmp'], START_MS)
    const [names = [], values = []] = [...stdout.matchAll(/^Udp: (.*)$/gm)].map(([, line = '']) => line.split(' '))
    return Number(values[names.indexOf('RcvbufErrors')] ?? 0)
  }

  /** Has the virtual hosts do a job. */
  async hosts(job: JobGiven): Promise<JobResult> {
    const client = this.#client ?? this.#startClient()
    const full = { device: 'eth0', server: parseIpv4(SERVER), ...job }
    void client.stdin.write(`${JSON.stringify(full)}\n`)
    await client.stdin.flush()
    const answer = await this.#answers?.next()
    if (answer === undefined || answer.done === true)
      throw new InvariantError(`the client ended: ${await new Response(client.stderr).text()}`)
    return JSON.parse(answer.value) as JobResult
  }

  /** CPU and memory of everything that runs on the server's side. */
  async usage(): Promise<Usage> {
    return readUsage(this.#net.nameOf('server'), this.#meter)
  }

  file(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, text: string | Uint8Array): string {
    writeFileSync(this.file(name), text)
    return this.file(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!labs.delete(this)) return
    await this.#net[Symbol.asyncDispose]()
    await this.#meter[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #startClient() {
    const main = join(import.meta.dirname, 'client', 'main.ts')
    const client = this.#net.start('client', [process.execPath, main])
    this.#client = client
    this.#answers = linesOf(client.stdout)
    return client
  }
}

type Without<Given, Keys extends PropertyKey> = Given extends unknown ? Omit<Given, Keys> : never
export type JobGiven = Without<Job, 'device' | 'server'>

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = ''
  for await (const bytes of stream) {
    const lines = `${rest}${Buffer.from(bytes).toString()}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** Whether a process's namespace has a socket on this port: what `ss -ln` would list. */
export function listens(pid: number, protocol: 'udp' | 'tcp', port: number): boolean {
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['', '6'].some((family) => {
    const file = `/proc/${pid}/net/${protocol}${family}`
    if (!existsSync(file)) return false
    return readFileSync(file, 'utf8')
      .split('\n')
      .slice(1)
      .some((line) => line.trim().split(/\s+/)[1]?.endsWith(hex))
  })
}

const MOST_NEIGHBOURS = 32_768
const THRESHOLDS = [1, 2, 3].map((i) => `/proc/sys/net/ipv4/neigh/default/gc_thresh${i}`)

/**
 * Lets the kernel keep as many neighbours as there are hosts: its default of 1,024 counts every namespace together.
 * Disposing puts the old values back.
 */
export function roomForNeighbours(): Disposable {
  const before = THRESHOLDS.map((file) => readFileSync(file, 'utf8'))
  // Another bench runs beside this one, and will put them back.
  if (Number(before[2]) >= MOST_NEIGHBOURS) return { [Symbol.dispose]() {} }
  const set = (values: readonly string[]) => {
    for (const [i, file] of THRESHOLDS.entries()) writeFileSync(file, values[i] ?? '')
  }
  set([MOST_NEIGHBOURS / 4, MOST_NEIGHBOURS / 2, MOST_NEIGHBOURS].map(String))
  return { [Symbol.dispose]: () => set(before) }
}
