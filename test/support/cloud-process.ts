import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'

const MAIN = fileURLToPath(new URL('../../cloud/main.ts', import.meta.url))

export interface CloudProcess extends AsyncDisposable {
  readonly pid: number
  readonly url: string
  readonly operationsUrl: string
  readonly firstLink: string | undefined
  /** Everything that it printed. */
  output(): string
  /** Ends it at once, as a loss of its machine would. */
  kill(): Promise<number>
  /** Asks it to stop; resolves to its exit code. */
  stop(): Promise<number>
}

/** Runs the cloud with free ports until it says where it listens; what it says instead is the error. */
export async function startCloud(flags: readonly string[], env: Record<string, string> = {}): Promise<CloudProcess> {
  const [port, operations] = [await freePort(), await freePort()]
  const child = Bun.spawn([process.execPath, MAIN, `--port=${port}`, `--operations-port=${operations}`, ...flags], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
  })
  let text = ''
  let told: () => void = () => {}
  const ready = new Promise<void>((resolve) => {
    told = resolve
  })
  async function read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder()
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true })
      if (/keeps data .*\n/.test(text)) told()
    }
  }
  const reading = Promise.all([read(child.stdout), read(child.stderr)])
  const ended = child.exited.then(async (code) => {
    await reading
    return code
  })
  const first = await Promise.race([ready, ended])
  if (first !== undefined) throw new InvariantError(`the cloud ended with ${first}: ${text}`)
  const stop = () => {
    child.kill('SIGTERM')
    return ended
  }
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    operationsUrl: `http://127.0.0.1:${operations}`,
    firstLink: /first owner\s+(\S+)/.exec(text)?.[1],
    output: () => text,
    stop,
    kill() {
      child.kill('SIGKILL')
      return ended
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) await stop()
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
