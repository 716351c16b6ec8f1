import { readFileSync } from 'node:fs'
import { OperatorError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import { EXIT_UNUSABLE, type Job } from './job.ts'

// Pictures and sounds are decoded in a process of their own, one at a time: what goes wrong there, in memory, time or in
// the decoder itself, does not touch the box, and its memory is given back at its end.

export interface HelperSettings {
  /** The command that runs the helper; the job is added as its last argument. */
  readonly command: readonly string[]
  readonly deadlineMs: number
  /** Resident memory at which it is ended. */
  readonly maxMemory: number
}

export const HELPER_LIMITS = { deadlineMs: 20_000, maxMemory: 268_435_456 } as const

/** Octets of a result that are read. */
const MAX_RESULT = 67_108_864
/** How often its memory is looked at. */
const WATCH_MS = 20

/** The helper failed for another reason than the source: it may work at another time. */
export class HelperError extends OperatorError {
  override readonly name = 'HelperError'
}

/** Does one job in a helper process. Throws `OperatorError` when the source cannot be used, `HelperError` when it ended otherwise. */
export async function runHelper(settings: HelperSettings, job: Job, log: Log): Promise<Uint8Array> {
  const child = Bun.spawn([...settings.command, JSON.stringify(job)], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    // Nothing of the box's surroundings is its business.
    env: { PATH: process.env.PATH ?? '' },
  })
  let ended: string | undefined
  const end = (reason: string) => {
    ended ??= reason
    child.kill('SIGKILL')
  }
  const deadline = setTimeout(() => end(`it took longer than ${settings.deadlineMs / 1000} s`), settings.deadlineMs)
  const watch = setInterval(() => {
    if (residentBytes(child.pid) > settings.maxMemory) end(`it needs more than ${settings.maxMemory} bytes of memory`)
  }, WATCH_MS)
  try {
    const [bytes, text, code] = await Promise.all([
      readBounded(child.stdout, () => end(`its result is larger than ${MAX_RESULT} bytes`)),
      new Response(child.stderr).text(),
      child.exited,
    ])
    if (ended !== undefined) throw new OperatorError(`it cannot be decoded here: ${ended}`)
    if (code === EXIT_UNUSABLE) throw new OperatorError(text.slice(0, 200))
    if (code !== 0) {
      log.error('media helper failed', { code, signal: child.signalCode ?? undefined, error: text.slice(0, 500) })
      throw new HelperError('the converter failed')
    }
    return bytes
  } finally {
    clearTimeout(deadline)
    clearInterval(watch)
  }
}

async function readBounded(stream: ReadableStream<Uint8Array>, tooMuch: () => void): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    if (size > MAX_RESULT) {
      tooMuch()
      break
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/** Resident memory of a process (proc(5): the second number of `statm`, in pages of 4 KiB); 0 when it is gone. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096
  } catch {
    return 0
  }
}
