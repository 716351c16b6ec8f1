import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import type { Namespaces } from './netns.ts'

export interface FarmReport {
  /** The most phones that were at it at the same time, counted by themselves. */
  readonly most: number
  /** How often one was told while it was at it, or installed what it had. */
  readonly twice: number
  /** SHA-256 of every image that was installed. */
  readonly hashes: readonly string[]
  readonly phones: readonly {
    readonly mac: string
    readonly version: string
    readonly installed: readonly string[]
    readonly notified: number
  }[]
}

export interface FarmPhone {
  readonly mac: string
  readonly address: string
}

/**
 * Gives a namespace one interface for each phone, with its own hardware address. A question for an address is answered by
 * its own interface alone, so that the box's neighbour table says who is who.
 */
export async function plugIn(lab: Namespaces, namespace: string, folder: string, phones: readonly FarmPhone[]) {
  const settings = ['all', 'default', 'eth0'].flatMap((one) => [
    ...[`net.ipv4.conf.${one}.arp_ignore=1`, `net.ipv4.conf.${one}.arp_announce=2`, `net.ipv4.conf.${one}.rp_filter=0`],
  ])
  await lab.run(namespace, [
    'sysctl',
    '-qw',
    'net.ipv6.conf.all.disable_ipv6=1',
    'net.ipv6.conf.default.disable_ipv6=1',
  ])
  const set = await lab.run(namespace, ['sysctl', '-qw', ...settings])
  if (set.code !== 0) throw new InvariantError(`sysctl: ${set.stderr}`)
  const batch = phones.flatMap(({ mac, address }, i) => [
    `link add link eth0 name p${i} address ${mac.replace(/(..)(?!$)/g, '$1:')} type macvlan mode bridge`,
    `address add ${address}/16 dev p${i}`,
    `link set p${i} up`,
  ])
  const file = join(folder, 'farm.batch')
  await writeFile(file, `${batch.join('\n')}\n`)
  await lab.ip(namespace, '-batch', file)
}

/** In no namespace: phones whose addresses this machine has anyway, as those of loopback. */
export const ON_LOOPBACK: Pick<Namespaces, 'start'> = {
  start: (_, command) => Bun.spawn([...command], { stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' }),
}

/** The process with the phones in it, driven line by line. */
export class PhoneFarm implements AsyncDisposable {
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  readonly #lines: Record<string, unknown>[] = []
  readonly #waiting = new Set<() => void>()
  /** Phones that came back with a version, in order. */
  readonly returned: { readonly mac: string; readonly version: string }[] = []

  constructor(lab: Pick<Namespaces, 'start'>, namespace: string, args: readonly string[]) {
    const script = fileURLToPath(new URL('./phone-farm-process.ts', import.meta.url))
    this.#child = lab.start(namespace, [process.execPath, script, ...args])
    void this.#read()
  }

  async do(command: object): Promise<void> {
    void this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    await this.#child.stdin.flush()
  }

  async boot(phones: readonly FarmPhone[]): Promise<void> {
    await this.do({ phones })
    await this.#next('booted')
  }

  async report(): Promise<FarmReport> {
    await this.do({ report: true })
    return (await this.#next('report')) as unknown as FarmReport
  }

  /** Waits until so many phones have come back since the start. */
  async back(count: number): Promise<void> {
    while (this.returned.length < count) await this.#change()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#child.exited
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve))
  }

  async #next(event: string): Promise<Record<string, unknown>> {
    for (;;) {
      const at = this.#lines.findIndex((line) => line.event === event)
      const line = at < 0 ? undefined : this.#lines.splice(at, 1)[0]
      if (line !== undefined) return line
      if (this.#child.exitCode !== null)
        throw new InvariantError(`the farm ended: ${await new Response(this.#child.stderr).text()}`)
      await this.#change()
    }
  }

  async #read(): Promise<void> {
    let rest = ''
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const text of lines) {
        const line = JSON.parse(text) as Record<string, unknown>
        if (line.event === 'came-back') this.returned.push({ mac: String(line.mac), version: String(line.version) })
        else this.#lines.push(line)
      }
      this.#wake()
    }
    await this.#child.exited
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
