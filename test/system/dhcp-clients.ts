import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Namespaces } from '../support/netns.ts'

/** Prints what a client learned as `name=value` lines into $OUT; udhcpc, dhclient and dhcpcd call it alike. */
const SCRIPT = `#!/bin/sh
case "$1$reason" in
  bound*|renew*|BOUND*|REBOOT*|RENEW*) env > "$OUT.new" && mv "$OUT.new" "$OUT" ;;
  PREINIT*) ip link set "$interface" up ;;
esac
exit 0
`

/** What a DHCP client was told, by the names of its own kind; `failed` holds its output when it got no lease. */
export type Learned = Readonly<Record<string, string>>

/** Three kinds of real DHCP client, each run until it has a lease. None of them configures its interface. */
export class DhcpClients {
  readonly #lab: Namespaces
  readonly #folder: string

  constructor(lab: Namespaces, folder: string) {
    this.#lab = lab
    this.#folder = folder
  }

  async udhcpc(namespace: string, ...more: readonly string[]): Promise<Learned> {
    const script = await this.#script()
    return this.#learn(namespace, ['udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-s', script, ...more])
  }

  async dhcpcd(namespace: string, ...more: readonly string[]): Promise<Learned> {
    const script = await this.#script()
    const flags = ['-4', '-1', '-B', '-A', '-t', '15', '-c', script, '-e', `OUT=${this.#out(namespace)}`]
    return this.#learn(namespace, ['dhcpcd', ...flags, ...more, 'eth0'])
  }

  /** Keeps its leases from call to call. `statements` are of dhclient.conf; `lease` is one that it shall remember. */
  async dhclient(namespace: string, statements: string, lease?: string): Promise<Learned> {
    const script = await this.#script()
    const file = (name: string) => join(this.#folder, `dhclient-${namespace}.${name}`)
    await writeFile(file('conf'), `${statements}\ntimeout 20;\n`)
    if (lease !== undefined) await writeFile(file('leases'), lease)
    const files = ['-cf', file('conf'), '-lf', file('leases'), '-pf', file('pid')]
    // The loader of dhclient's scripts clears the environment: what is to survive must be named.
    const environment = ['-e', `OUT=${this.#out(namespace)}`]
    const learned = await this.#learn(namespace, [
      'dhclient',
      '-v',
      '-1',
      ...files,
      ...environment,
      '-sf',
      script,
      'eth0',
    ])
    // It went into the background with its lease; `-x` ends it without giving the lease back.
    await this.#lab.run(namespace, ['dhclient', '-x', ...files, '-sf', '/bin/true', 'eth0'])
    return learned
  }

  #out(namespace: string): string {
    return join(this.#folder, `learned-${namespace}`)
  }

  async #script(): Promise<string> {
    const file = join(this.#folder, 'script')
    await writeFile(file, SCRIPT, { mode: 0o755 })
    return file
  }

  async #learn(namespace: string, command: readonly string[]): Promise<Learned> {
    const out = this.#out(namespace)
    await rm(out, { force: true })
    const result = await this.#lab.run(namespace, command, { env: { OUT: out }, timeoutMs: 40_000 })
    const text = await readFile(out, 'utf8').catch(() => '')
    if (text === '') return { failed: `exit ${result.code}: ${result.stdout}${result.stderr}` }
    const split = (line: string): [string, string] => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]
    return Object.fromEntries(text.split('\n').map(split))
  }
}
