import { fileURLToPath } from 'node:url'
import { drain } from '../support/box-under-test.ts'
import { BOX, type Office, TIME_SERVER } from './office.ts'

const LOOP = fileURLToPath(new URL('../system/lease-loop.ts', import.meta.url))

/** Clients that lease one address after the other, and what they were promised: by MAC without colons. */
export class LeaseLoad implements AsyncDisposable {
  readonly promised: Map<string, string>
  /** Since this load began. */
  acknowledged = 0
  readonly #child: Bun.Subprocess
  readonly #reading: Promise<unknown>

  /** The computer of `office` must have its address. `promised` goes on with what an earlier load was promised. */
  constructor(office: Office, promised: Map<string, string> = new Map()) {
    this.promised = promised
    const child = office.lab.start('phone', [process.execPath, LOOP, TIME_SERVER, BOX, '10000'])
    this.#child = child
    this.#reading = Promise.all([drain(child.stdout, (text) => this.#take(text)), drain(child.stderr, () => {})])
  }

  /** What was promised and is not held: by `leases`, MAC and address. */
  static lost(promised: ReadonlyMap<string, string>, leases: Iterable<{ mac: string; address: string }>): string[] {
    const held = new Map([...leases].map(({ mac, address }) => [mac.replaceAll(':', ''), address]))
    return [...promised].filter(([mac, address]) => held.get(mac) !== address).map((lost) => lost.join(' '))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#reading
  }

  #take(text: string): void {
    for (const line of text.split('\n')) {
      const [answer, mac, address] = line.split(' ')
      if (answer !== 'ack' || mac === undefined || address === undefined) continue
      this.promised.set(mac.replaceAll(':', ''), address)
      this.acknowledged++
    }
  }
}
