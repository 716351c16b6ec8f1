import { fileURLToPath } from 'node:url'
import type { Order, Said } from './farm.ts'

const FARM = fileURLToPath(new URL('farm-process.ts', import.meta.url))

/** Several processes with many boxes each. */
export interface Farms extends AsyncDisposable {
  tell(order: Order | ((farm: number) => Order)): void
  /** The next word of this kind of every farm. */
  hear<Kind extends Said['said']>(kind: Kind): Promise<readonly (Said & { said: Kind })[]>
  /** Called with what no one waits for. */
  onArrived: (said: Said & { said: 'arrived' }) => void
  readonly pids: readonly number[]
}

export function startFarms(count: number): Farms {
  const waiting = new Map<string, ((said: Said) => void)[]>()
  const farms = Array.from({ length: count }, () => {
    const child = Bun.spawn([process.execPath, FARM], {
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'inherit',
      // The runtime's own limit of requests at once is far below one open stream for each box.
      env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: '20000' },
    })
    void read(child.stdout)
    return child
  })
  async function read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const said = JSON.parse(line) as Said
        if (said.said === 'arrived') all.onArrived(said)
        else waiting.get(said.said)?.shift()?.(said)
      }
    }
  }
  const all: Farms = {
    pids: farms.map(({ pid }) => pid),
    onArrived: () => undefined,
    tell(order) {
      farms.forEach((farm, i) => {
        farm.stdin.write(`${JSON.stringify(typeof order === 'function' ? order(i) : order)}\n`)
        void farm.stdin.flush()
      })
    },
    hear: <Kind extends Said['said']>(kind: Kind) =>
      Promise.all(
        farms.map(
          () =>
            new Promise<Said & { said: Kind }>((resolve) => {
              waiting.set(kind, [...(waiting.get(kind) ?? []), (said) => resolve(said as Said & { said: Kind })])
            }),
        ),
      ),
    async [Symbol.asyncDispose]() {
      for (const farm of farms) farm.kill()
      await Promise.all(farms.map(({ exited }) => exited))
    },
  }
  return all
}
