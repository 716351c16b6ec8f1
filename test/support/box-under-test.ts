import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SOCKET_NAME } from '../../appliance/cli/client.ts'
import { run } from '../../appliance/cli/run.ts'
import { InvariantError } from '../../services/core/errors.ts'
import type { CableEnd, Namespaces } from './netns.ts'

export const MAIN = fileURLToPath(new URL('../../appliance/main.ts', import.meta.url))

/** For `expect.poll`: what is waited for comes at once, but on a busy machine. */
export const PATIENTLY = { timeout: 20_000 }

/** What one `branchline` command gave back. */
export interface Answered {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly bytes: Uint8Array
}

/**
 * The whole box as a child process in a namespace (`box` unless another is named), and the command line that speaks to it. Its data folder
 * outlives `kill` and `stop`, so that the next `start` is the same box again.
 */
export class BoxUnderTest implements AsyncDisposable {
  /** For files of the test itself. */
  readonly folder: string
  /** What the box logged since its last start. */
  log = ''
  readonly #lab: Namespaces
  readonly #namespace: string
  readonly #config: string | undefined
  readonly #prepare: string | undefined
  #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'> | undefined
  #reading: Promise<unknown> = Promise.resolve()

  private constructor(
    lab: Namespaces,
    folder: string,
    given: { readonly config: string | undefined; readonly prepare: string | undefined; readonly namespace: string },
  ) {
    this.#lab = lab
    this.folder = folder
    this.#config = given.config
    this.#prepare = given.prepare
    this.#namespace = given.namespace
  }

  /**
   * Makes the box's folders, with a configuration file if one is given. It does not run yet. `prepare` is a shell command
   * that runs before each start with the data folder as `$1`, in a mount namespace that it shares with the box alone.
   */
  static async make(lab: Namespaces, config?: object, prepare?: string, namespace = 'box'): Promise<BoxUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'branchline-box-'))
    const file = config === undefined ? undefined : join(folder, 'branchline.yaml')
    // JSON is YAML too.
    if (file !== undefined) await writeFile(file, JSON.stringify(config))
    return new BoxUnderTest(lab, folder, { config: file, prepare, namespace })
  }

  /** The process of the box itself. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  /** Starts the box and waits until it says that it is up. */
  async start(): Promise<void> {
    const config = this.#config === undefined ? [] : ['--config', this.#config]
    const command = [process.execPath, MAIN, 'up', '--json', '--data', this.data, ...config]
    const script = `${this.#prepare} && shift && exec "$@"`
    const child = this.#lab.start(
      this.#namespace,
      this.#prepare === undefined ? command : ['sh', '-c', script, 'sh', this.data, ...command],
    )
    this.#child = child
    this.log = ''
    const up = Promise.withResolvers<void>()
    const errors = drain(child.stderr, (text) => {
      this.log += text
    })
    const output = drain(child.stdout, () => up.resolve())
    this.#reading = Promise.all([errors, output])
    void this.#reading.then(() => up.reject(new InvariantError(`the box ended: ${this.log}`)))
    await up.promise
  }

  /** Ends the box as a power cut would. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Asks the box to stop and waits for it; returns its exit code. */
  async stop(): Promise<number | null> {
    const child = this.#child
    await this.#end('SIGTERM')
    return child?.exitCode ?? null
  }

  /** Runs `branchline WORDS` against this box. It is the command's own code, in this process to save its start. */
  async branchline(...words: readonly string[]): Promise<Answered> {
    const parts: Uint8Array[] = []
    let [out, err] = ['', '']
    const code = await run([...words, '--data', this.data], {
      env: {},
      root: true,
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      outBytes: (bytes) => void parts.push(bytes),
    })
    return { code, out, err, bytes: Buffer.concat(parts) }
  }

  /** Runs a command that must succeed and returns what it printed. */
  async told(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.branchline(...words)
    if (code !== 0)
      throw new InvariantError(`branchline ${words.join(' ')} ended with ${code}: ${err}${out}${this.log.slice(-1000)}`)
    return out
  }

  /** What the admin API answers, over the local socket. With a body it is a PUT, unless another method is named. */
  async api<Body>(path: string, body?: object, method: 'PUT' | 'PATCH' | 'POST' | 'DELETE' = 'PUT'): Promise<Body> {
    const response = await fetch(`http://localhost/api/v1${path}`, {
      unix: join(this.data, SOCKET_NAME),
      ...(method === 'DELETE' && { method }),
      ...(body && { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.text()
    if (!response.ok) throw new InvariantError(`${path} was answered ${response.status}: ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Body
  }

  /** What the phone shall get, by `branchline render`. */
  async rendered(mac: string, ...file: readonly string[]): Promise<string> {
    const { code, bytes, err } = await this.branchline('render', mac, ...file)
    if (code !== 0) throw new InvariantError(`render ${mac} ended with ${code}: ${err}`)
    return Buffer.from(bytes).toString('latin1')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child?.kill(signal)
    await this.#child?.exited
    this.#child = undefined
    await this.#reading
  }
}

/** Reads a stream to its end. */
export async function drain(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  take: (text: string) => void,
): Promise<void> {
  for await (const text of stream.pipeThrough(new TextDecoderStream())) take(text)
}

/**
 * A switch with the box on it (`box`, eth0, 192.0.2.1/24) and a host for each further name, whose value is its address;
 * an empty one has none yet. Another office of the same test calls its box otherwise.
 */
export async function office(
  lab: Namespaces,
  hosts: Readonly<Record<string, Partial<CableEnd>>>,
  box = 'box',
): Promise<void> {
  const middle = box === 'box' ? 'switch' : `${box}-switch`
  await lab.add(middle)
  await lab.bridge(middle, 'br0')
  for (const [namespace, end] of Object.entries({ [box]: { address: '192.0.2.1/24' }, ...hosts })) {
    await lab.add(namespace)
    await lab.cable({ namespace, device: 'eth0', ...end }, { namespace: middle, device: namespace, bridge: 'br0' })
  }
}
