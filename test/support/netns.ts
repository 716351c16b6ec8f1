import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly cwd?: string
  /** After this the command is killed and the call fails. Default 20 s. */
  readonly timeoutMs?: number
  /** Ends the command at once; the call returns what it had said. */
  readonly signal?: AbortSignal
}

const DEFAULT_TIMEOUT_MS = 20_000

/** Where a program is, or undefined. Looks in the system folders too, which an ordinary user's PATH may leave out. */
export function toolPath(name: string): string | undefined {
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin', '/usr/bin', '/bin']) {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return join(folder, name)
    } catch {
      // Not here; the next folder.
    }
  }
  return undefined
}

export function hasTool(name: string): boolean {
  return toolPath(name) !== undefined
}

let namespacesReason: { readonly reason: string | undefined } | undefined

/** Why network namespaces cannot be made here, or undefined when they can. */
export function whyNoNamespaces(): string | undefined {
  namespacesReason ??= { reason: findReason() }
  return namespacesReason.reason
}

export function canUseNamespaces(): boolean {
  return whyNoNamespaces() === undefined
}

function findReason(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces need linux'
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  const ip = toolPath('ip')
  if (ip === undefined) return 'ip (iproute2) is not installed'
  const name = `bl-try-${process.pid}-${Math.random().toString(36).slice(2, 8)}`
  const made = Bun.spawnSync([ip, 'netns', 'add', name], { stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' })
  if (made.exitCode !== 0) return `this machine does not allow network namespaces: ${made.stderr.toString().trim()}`
  const veth = Bun.spawnSync([ip, '-n', name, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth1'], {
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
  })
  Bun.spawnSync([ip, 'netns', 'del', name], { stdin: 'ignore' })
  return veth.exitCode === 0 ? undefined : `this kernel has no veth pairs: ${veth.stderr.toString().trim()}`
}

/**
 * A group of tests that needs something of the machine: `'namespaces'` or the names of programs. Where one is missing
 * the group is skipped, with the reason in its title so that the run lists it by name.
 */
export function describeOrSkip(title: string, needs: readonly string[], tests: () => void): void {
  describeSome(title, needs, {}, tests)
}

/** The same for tests that share nothing: all of them at once, beside every other such group of the file. */
describeOrSkip.concurrent = (title: string, needs: readonly string[], tests: () => void): void =>
  describeSome(title, needs, { concurrent: true }, tests)

function describeSome(
  title: string,
  needs: readonly string[],
  options: { readonly concurrent?: boolean },
  tests: () => void,
): void {
  const reasons = needs.flatMap((need) => {
    if (need === 'namespaces') return whyNoNamespaces() ?? []
    return hasTool(need) ? [] : `${need} is not installed`
  })
  if (reasons.length === 0) describe(title, options, tests)
  else describe.skip(`${title} [skipped: ${reasons.join('; ')}]`, tests)
}

/**
 * Network namespaces of one test, with cables and switches between them. Disposing ends every process that was started
 * in them and removes them, also when the test failed half-way.
 */
export class Namespaces implements AsyncDisposable {
  readonly #prefix = `bl${process.pid.toString(36)}${Math.random().toString(36).slice(2, 6)}`
  readonly #names = new Map<string, string>()
  readonly #processes = new Set<Bun.Subprocess>()
  #cables = 0

  /** Makes a namespace and returns its full name; `name` is short and unique within the test. */
  async add(name: string): Promise<string> {
    const full = `${this.#prefix}-${name}`
    this.#names.set(name, full)
    await this.#ip('netns', 'add', full)
    await this.#ip('-n', full, 'link', 'set', 'lo', 'up')
    return full
  }

  /** The full name of a namespace. */
  nameOf(name: string): string {
    const full = this.#names.get(name)
    if (full === undefined) throw new InvariantError(`no namespace ${name} in this test`)
    return full
  }

  /** A cable between two namespaces; each end is `{ namespace, device, address?, mac? }` and comes up. */
  async cable(a: CableEnd, b: CableEnd): Promise<void> {
    // Made under passing names inside the namespaces: both ends may be called eth0, and the machine's own network
    // never sees them.
    const [left, right] = [`left${this.#cables}`, `right${this.#cables++}`]
    const peer = ['peer', 'name', right, 'netns', this.nameOf(b.namespace)]
    await this.ip(a.namespace, 'link', 'add', left, 'type', 'veth', ...peer)
    await this.#plug(left, a)
    await this.#plug(right, b)
  }

  /** A switch inside a namespace; plug cables into it with `{ namespace, device, bridge }`. */
  async bridge(namespace: string, device: string, address?: string): Promise<void> {
    await this.ip(namespace, 'link', 'add', device, 'type', 'bridge')
    if (address !== undefined) await this.address(namespace, device, address)
    await this.ip(namespace, 'link', 'set', device, 'up')
  }

  /** Gives an interface one more address, e.g. `192.0.2.1/24`. */
  async address(namespace: string, device: string, address: string): Promise<void> {
    await this.ip(namespace, 'address', 'add', address, 'dev', device)
  }

  /** `ip` inside a namespace; throws when it fails. */
  async ip(namespace: string, ...args: readonly string[]): Promise<string> {
    return this.#ip('-n', this.nameOf(namespace), ...args)
  }

  /** Runs a command inside a namespace to its end. */
  async run(namespace: string, command: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const child = this.start(namespace, command, options)
    if (options.stdin !== undefined) void child.stdin.write(options.stdin)
    await child.stdin.end()
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
    let late = false
    const timer = setTimeout(() => {
      late = true
      child.kill('SIGKILL')
    }, timeoutMs)
    const [stdout, stderr, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    clearTimeout(timer)
    if (late) throw new InvariantError(`${command.join(' ')} took over ${timeoutMs} ms: ${stderr.slice(-500)}`)
    return { code, stdout, stderr }
  }

  /** Starts a command inside a namespace; it is killed when the test ends. Read or drop both of its outputs. */
  start(
    namespace: string,
    command: readonly string[],
    options: CommandOptions = {},
  ): Bun.Subprocess<'pipe', 'pipe', 'pipe'> {
    const full = this.nameOf(namespace)
    const child = Bun.spawn([toolPath('ip') ?? 'ip', 'netns', 'exec', full, ...command], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
      ...(options.signal === undefined ? {} : { signal: options.signal, killSignal: 'SIGKILL' }),
    })
    this.#processes.add(child)
    void child.exited.then(() => this.#processes.delete(child))
    return child
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes) child.kill('SIGKILL')
    await Promise.all([...this.#processes].map((child) => child.exited))
    for (const full of this.#names.values()) {
      // Daemons that left their parent behind.
      const pids = await spawn(['ip', 'netns', 'pids', full])
      for (const pid of pids.stdout
        .split('\n')
        .map(Number)
        .filter((pid) => pid > 1))
        kill(pid)
      await spawn(['ip', 'netns', 'del', full])
    }
    this.#names.clear()
  }

  async #plug(device: string, end: CableEnd): Promise<void> {
    const full = this.nameOf(end.namespace)
    await this.#ip('-n', full, 'link', 'set', device, 'name', end.device)
    if (end.mac !== undefined) await this.#ip('-n', full, 'link', 'set', end.device, 'address', end.mac)
    if (end.address !== undefined) await this.address(end.namespace, end.device, end.address)
    if (end.bridge !== undefined) await this.#ip('-n', full, 'link', 'set', end.device, 'master', end.bridge)
    await this.#ip('-n', full, 'link', 'set', end.device, 'up')
  }

  async #ip(...args: readonly string[]): Promise<string> {
    const result = await spawn(['ip', ...args])
    if (result.code !== 0) throw new InvariantError(`ip ${args.join(' ')}: ${result.stderr.trim()}`)
    return result.stdout
  }
}

export interface CableEnd {
  readonly namespace: string
  readonly device: string
  readonly address?: string
  readonly mac?: string
  /** The switch in that namespace that this end is plugged into. */
  readonly bridge?: string
}

async function spawn([tool = '', ...args]: readonly string[]): Promise<CommandResult> {
  const child = Bun.spawn([toolPath(tool) ?? tool, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, stdout, stderr }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}
