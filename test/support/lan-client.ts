import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import type { Namespaces } from './netns.ts'

/** One line from the probe process. */
export interface ProbeLine {
  readonly event?: 'ready' | 'datagram' | 'change'
  readonly result?: unknown
  readonly error?: string
  readonly socket?: string
  readonly text?: string
  readonly from?: string
  readonly interfaces?: readonly { name: string; up: boolean; mac?: string; addresses: readonly string[] }[]
  readonly counters?: Readonly<Record<string, number>>
}

/** A process with a kernel LAN inside a namespace, driven line by line (`lan-probe.ts`). */
export class LanClient {
  /** Every line that came and was not waited for yet. */
  readonly lines: ProbeLine[] = []
  readonly #child: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  readonly #waiting = new Set<() => void>()
  #ended = false

  constructor(namespaces: Namespaces, namespace: string) {
    const script = fileURLToPath(new URL('./lan-probe.ts', import.meta.url))
    this.#child = namespaces.start(namespace, [process.execPath, script])
    void this.#read()
  }

  /** Sends a command and returns its answer, which is its result or its error with the counters. */
  async do(command: Readonly<Record<string, unknown>>): Promise<ProbeLine> {
    void this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    await this.#child.stdin.flush()
    return this.next((line) => line.event === undefined, JSON.stringify(command))
  }

  /** Waits for a line and takes it out. Fails when the process ends before; the test's own limit bounds the wait. */
  async next(wanted: (line: ProbeLine) => boolean, what: string): Promise<ProbeLine> {
    for (;;) {
      const at = this.lines.findIndex(wanted)
      const line = at < 0 ? undefined : this.lines.splice(at, 1)[0]
      if (line !== undefined) return line
      if (this.#ended)
        throw new InvariantError(`probe ended before ${what}: ${await new Response(this.#child.stderr).text()}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  async #read(): Promise<void> {
    let rest = ''
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.lines.push(JSON.parse(line) as ProbeLine)
      this.#wake()
    }
    this.#ended = true
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
