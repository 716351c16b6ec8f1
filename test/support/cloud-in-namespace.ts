import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import { drain } from './box-under-test.ts'
import type { Namespaces } from './netns.ts'

const MAIN = fileURLToPath(new URL('../../cloud/main.ts', import.meta.url))
const PORT = 8090
/** What another page cannot make a browser send. */
const OURS = 'x-branchline: test'
/** Where the box beside it finds it: over anything but loopback a cloud is reached by HTTPS alone. */
export const CLOUD_URL = `http://127.0.0.1:${PORT}`

/** The central account as a child process in the namespace of the box, and a person who is signed in there. */
export class CloudInNamespace implements AsyncDisposable {
  readonly #lab: Namespaces
  readonly #folder: string
  readonly #flags: readonly string[]
  #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'> | undefined
  #reading: Promise<unknown> = Promise.resolve()
  #account = ''
  /** Everything that it printed. */
  output = ''

  /** `folder` outlives it: the next start is the same account again. */
  constructor(lab: Namespaces, folder: string, flags: readonly string[] = []) {
    this.#lab = lab
    this.#folder = folder
    this.#flags = flags
  }

  async start(): Promise<void> {
    const flags = [`--port=${PORT}`, '--operations-port=8091', `--data=${join(this.#folder, 'cloud')}`, ...this.#flags]
    const child = this.#lab.start('box', [process.execPath, MAIN, ...flags])
    this.#child = child
    const up = Promise.withResolvers<void>()
    const take = (text: string) => {
      this.output += text
      if (/keeps data .*\n/.test(this.output)) up.resolve()
    }
    this.output = ''
    this.#reading = Promise.all([drain(child.stdout, take), drain(child.stderr, take)])
    void this.#reading.then(() => up.reject(new InvariantError(`the cloud ended: ${this.output}`)))
    await up.promise
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** Makes the first owner by the link that was printed, and signs in. */
  async own(): Promise<void> {
    const token = new URL(/first owner\s+(\S+)/.exec(this.output)?.[1] ?? 'none:').hash.slice(1)
    const given = {
      token,
      name: 'Ada',
      email: 'ada@example.net',
      accountName: 'Phones',
      password: 'correct horse battery',
    }
    await this.api('POST', '/invitations/accept', given)
    const { accounts } = await this.api<{ accounts: readonly { id: string }[] }>('GET', '/accounts')
    this.#account = accounts[0]?.id ?? ''
  }

  /** Below the account itself. */
  inAccount<Body>(method: string, path: string, body?: object): Promise<Body> {
    return this.api<Body>(method, `/accounts/${this.#account}${path}`, body)
  }

  /** Stores a file of this machine among those of the account. */
  async upload(name: string, path: string): Promise<void> {
    const jar = join(this.#folder, 'cookies')
    const type = 'content-type: application/octet-stream'
    const url = `${CLOUD_URL}/api/v1/accounts/${this.#account}/files?name=${encodeURIComponent(name)}`
    const command = ['curl', '-sf', '-X', 'POST', '-b', jar, '-H', OURS, '-H', type, '--data-binary', `@${path}`, url]
    const { code, stdout } = await this.#lab.run('box', command)
    if (code !== 0) throw new InvariantError(`${name} was not stored: ${stdout}`)
  }

  async api<Body>(method: string, path: string, body?: object): Promise<Body> {
    const jar = join(this.#folder, 'cookies')
    const given = body === undefined ? [] : ['--data-binary', '@-', '-H', 'content-type: application/json']
    const command = ['curl', '-s', '-X', method, '-b', jar, '-c', jar, '-H', OURS, '-w', '\n%{http_code}', ...given]
    const stdin = body === undefined ? {} : { stdin: JSON.stringify(body) }
    const { stdout } = await this.#lab.run('box', [...command, `${CLOUD_URL}/api/v1${path}`], stdin)
    const end = stdout.lastIndexOf('\n')
    const [text, status] = [stdout.slice(0, end), Number(stdout.slice(end + 1))]
    if (status < 200 || status >= 300) throw new InvariantError(`${method} ${path} was answered ${status}: ${text}`)
    return (text.startsWith('{') ? JSON.parse(text) : undefined) as Body
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    this.#child?.kill(signal)
    await this.#child?.exited
    this.#child = undefined
    await this.#reading
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill()
  }
}
