import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../appliance/cli/run.ts'
import { makeLoopbackLan } from '../../appliance/net/loopback-lan.ts'
import { concat } from '../../services/core/bytes.ts'
import { makeCounters } from '../../services/core/counters.ts'
import { InvariantError, messageOf } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { drain, MAIN } from './box-under-test.ts'

export const LAUNCHER = fileURLToPath(new URL('../../appliance/bin/branchline.mjs', import.meta.url))

/** What one run of the program gave back. */
export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Ports of a box on loopback, in the order of their flags. */
export const PORT_FLAGS = [
  'admin-port',
  'dhcp-port',
  'dhcp-client-port',
  'tftp-port',
  'http-port',
  'https-port',
  'sip-port',
] as const
export type PortFlag = (typeof PORT_FLAGS)[number]
export type PortNumbers = Readonly<Record<PortFlag, number>>

/** Ports that nobody holds now, by UDP and by TCP; held together while they are looked for, so that no two are alike. */
export async function freePorts(): Promise<PortNumbers> {
  await using lan = makeLoopbackLan({ log: silentLog, counters: makeCounters() })
  const held: { close(): void }[] = []
  const found: [PortFlag, number][] = []
  for (let tries = 0; found.length < PORT_FLAGS.length && tries < 100; tries++) {
    const socket = lan.openUdp({ port: 0, onDatagram() {} })
    const flag = PORT_FLAGS[found.length]
    const server = await listenOn(socket.local.port)
    if (server === undefined || flag === undefined) continue
    held.push(server)
    found.push([flag, socket.local.port])
  }
  for (const server of held) server.close()
  if (found.length < PORT_FLAGS.length) throw new InvariantError(`no free ports: found ${found.length}`)
  return Object.fromEntries(found) as Record<PortFlag, number>
}

function listenOn(port: number): Promise<ReturnType<typeof createServer> | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

export function portFlags(ports: PortNumbers): string[] {
  return PORT_FLAGS.map((flag) => `--${flag}=${ports[flag]}`)
}

/** Runs the program to its end. It is killed when it takes longer than `timeoutMs`. */
export async function branchline(words: readonly string[], options: { stdin?: string; timeoutMs?: number } = {}) {
  const child = Bun.spawn([process.execPath, MAIN, ...words], {
    stdin: options.stdin === undefined ? 'ignore' : new TextEncoder().encode(options.stdin),
    stdout: 'pipe',
    stderr: 'pipe',
    env: plainEnvironment(),
  })
  return endOf(child, options.timeoutMs ?? 20_000)
}

/** The same without a process of its own: the command's code in this one, to save the time of its start. */
export async function branchlineHere(words: readonly string[]): Promise<Ended & { readonly bytes: Uint8Array }> {
  const parts: Uint8Array[] = []
  let err = ''
  const code = await run(words, {
    env: {},
    root: process.getuid?.() === 0,
    out: (text) => void parts.push(new TextEncoder().encode(text)),
    err: (text) => {
      err += text
    },
    outBytes: (bytes) => void parts.push(bytes),
  })
  const bytes = concat(parts)
  return { code, out: new TextDecoder().decode(bytes), err, bytes }
}

/** The environment without what would configure a box. */
export function plainEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BRANCHLINE_')))
}

export async function endOf(
  child: Bun.Subprocess<'ignore' | 'pipe' | Uint8Array, 'pipe', 'pipe'>,
  timeoutMs = 20_000,
): Promise<Ended & { readonly bytes: Uint8Array }> {
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  const [bytes, err] = await Promise.all([new Response(child.stdout).bytes(), new Response(child.stderr).text()])
  await child.exited
  clearTimeout(timer)
  return { code: child.exitCode, out: new TextDecoder().decode(bytes), err, bytes }
}

interface Greeting {
  readonly page: string
  readonly socket: string
}

/** The demonstration as a child process, on loopback and on ports of its own: it needs no root and no namespace. */
export class DemoBox implements AsyncDisposable {
  readonly ports: PortNumbers
  readonly page: string
  readonly socket: string
  readonly pid: number
  readonly #said: { out: string; err: string }
  readonly #child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>
  readonly #reading: Promise<unknown>

  private constructor(
    ports: PortNumbers,
    { page, socket }: Greeting,
    child: Bun.Subprocess<'ignore', 'pipe', 'pipe'>,
    said: { out: string; err: string },
    reading: Promise<unknown>,
  ) {
    this.ports = ports
    this.page = page
    this.socket = socket
    this.pid = child.pid
    this.#child = child
    this.#said = said
    this.#reading = reading
  }

  /** Starts it and waits until its six phones were seen. Another process may be faster at a port that was free: then others are tried. */
  static async start(...flags: readonly string[]): Promise<DemoBox> {
    for (let tries = 1; ; tries++)
      try {
        return await DemoBox.#startOnce(flags)
      } catch (thrown) {
        if (tries === 3 || !/\bports? .*(taken|in use|used)|EADDRINUSE/s.test(messageOf(thrown))) throw thrown
      }
  }

  static async #startOnce(flags: readonly string[]): Promise<DemoBox> {
    const ports = await freePorts()
    const child = Bun.spawn([process.execPath, MAIN, 'up', '--demo', '--json', ...portFlags(ports), ...flags], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: plainEnvironment(),
    })
    const said = { out: '', err: '' }
    const up = Promise.withResolvers<Greeting>()
    const reading = Promise.all([
      drain(child.stderr, (text) => {
        said.err += text
      }),
      drain(child.stdout, (text) => {
        said.out += text
        // A box that cannot start says so in the same way.
        const [first = '', ...more] = said.out.split('\n')
        // One that starts again greets again.
        if (more.length > 0 && first.includes('"socket"')) up.resolve(JSON.parse(first) as Greeting)
      }),
    ])
    void reading.then(() => up.reject(new InvariantError(`the box ended: ${said.err}${said.out}`)))
    const box = new DemoBox(ports, await up.promise, child, said, reading)
    try {
      await box.#settle()
    } catch (thrown) {
      await box[Symbol.asyncDispose]()
      throw thrown
    }
    return box
  }

  /** Waits until each of its phones got as far as it can. */
  async #settle(): Promise<void> {
    await this.until(async () => {
      const { journeys } = await this.api<{ journeys: { verdict: { state: string } }[] }>('/journeys')
      const settled = journeys.filter(({ verdict }) => !['waiting', 'under-way'].includes(verdict.state))
      return settled.length >= 6 ? settled : undefined
    }, 'the phones of the demonstration are through')
  }

  get data(): string {
    return dirname(this.socket)
  }

  /** What it logged until now. */
  get log(): string {
    return this.#said.err
  }

  /** What it printed until now. */
  get out(): string {
    return this.#said.out
  }

  /** Runs `branchline WORDS` against this box. */
  branchline(...words: readonly string[]) {
    return branchlineHere([...words, '--socket', this.socket])
  }

  /** A JSON answer of the admin API over the local socket. */
  async api<Body>(path: string): Promise<Body> {
    const response = await this.ask(`/api/v1${path}`)
    if (!response.ok) throw new InvariantError(`${path} was answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Body
  }

  ask(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`http://localhost${path}`, { ...init, unix: this.socket })
  }

  /** Memory that it holds, in bytes. */
  async memory(): Promise<number> {
    const status = await Bun.file(`/proc/${this.pid}/status`).text()
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024
  }

  /** Waits until `look` finds something; fails after 20 s or when the box ends. */
  async until<Found>(look: () => Promise<Found | undefined>, what: string): Promise<Found> {
    const deadline = performance.now() + 20_000
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (this.#child.exitCode !== null) throw new InvariantError(`the box ended before ${what}: ${this.log}`)
      if (performance.now() > deadline) throw new InvariantError(`not within 20 s: ${what}`)
      await Bun.sleep(25)
    }
  }

  /** Asks it to stop, waits for it and returns how it ended. */
  async stop(): Promise<Ended> {
    this.#child.kill('SIGTERM')
    await this.#reading
    await this.#child.exited
    return { code: this.#child.exitCode, ...this.#said }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#child.exited
    await this.#reading
    // A killed box cannot throw its folder away itself.
    await rm(this.data, { recursive: true, force: true })
  }
}

/** A folder of a test, gone with it. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'branchline-system-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
