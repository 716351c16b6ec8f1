import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'
import { drain } from './box-under-test.ts'
import type { Namespaces } from './netns.ts'

const SCRIPT = fileURLToPath(new URL('./phone-process.ts', import.meta.url))

/** What a virtual phone told of its boot. */
export interface Booted {
  readonly configured: boolean
  readonly problem?: string
  readonly address?: string
  readonly url?: string
  readonly urlFrom?: string
  readonly files: readonly { readonly url: string; readonly status: number; readonly own: boolean }[]
}

/** A place at the switch where virtual phones are plugged in one after another. */
export class PhoneDesk {
  readonly #lab: Namespaces
  readonly #namespace: string
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  readonly #lines: AsyncIterator<string>
  #errors = ''

  constructor(lab: Namespaces, namespace: string) {
    this.#lab = lab
    this.#namespace = namespace
    this.#child = lab.start(namespace, [process.execPath, SCRIPT])
    this.#lines = linesOf(this.#child.stdout)
    void drain(this.#child.stderr, (text) => {
      this.#errors += text
    })
  }

  /** Plugs a phone in and boots it. With an `address` it has that one by hand and asks nobody for another. */
  async boot(mac: Mac, flags: readonly string[], address?: string): Promise<Booted> {
    await this.#lab.ip(this.#namespace, 'address', 'flush', 'dev', 'eth0')
    await this.#lab.ip(this.#namespace, 'link', 'set', 'eth0', 'address', formatMac(mac))
    if (address !== undefined) await this.#lab.address(this.#namespace, 'eth0', `${address}/24`)
    const own = address === undefined ? ['--configure'] : ['--no-dhcp', '--address', address]
    const all = ['--mac', mac, '--interface', 'eth0', ...own, ...flags]
    void this.#child.stdin.write(`${JSON.stringify(all)}\n`)
    await this.#child.stdin.flush()
    const { value, done } = await this.#lines.next()
    if (done === true) throw new InvariantError(`the phones' process ended: ${this.#errors}`)
    const { out, err } = JSON.parse(value) as { out: string; err: string }
    if (out === '') throw new InvariantError(`branchline phone ${all.join(' ')}: ${err}`)
    return JSON.parse(out) as Booted
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = ''
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
