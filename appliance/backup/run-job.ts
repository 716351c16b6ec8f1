import { fileURLToPath } from 'node:url'
import { InvariantError, OperatorError } from '../../services/core/errors.ts'
import type { BackupJob, BackupWord } from './job.ts'

const PROGRAM = fileURLToPath(new URL('backup-process.ts', import.meta.url))

/** Makes or checks a backup in a process of its own. Throws `OperatorError` for what a person can do something about. */
export async function runJob(job: BackupJob, told: (percent: number) => void, signal: AbortSignal): Promise<void> {
  const child = Bun.spawn([process.execPath, PROGRAM], {
    stdin: Buffer.from(JSON.stringify(job)),
    stdout: 'pipe',
    stderr: 'pipe',
    signal,
  })
  const complaint = new Response(child.stderr).text()
  let done = false
  let fault: string | undefined
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of child.stdout) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const word = JSON.parse(line) as BackupWord
      if ('percent' in word) told(word.percent)
      if ('done' in word) done = true
      if ('fault' in word) fault = word.fault
    }
  }
  const code = await child.exited
  if (fault !== undefined) throw new OperatorError(fault)
  if (signal.aborted) throw new OperatorError('it was broken off')
  // What it complained of may quote its input, and so a key: only the kind of the error is told.
  if (done) return
  const [what] = /\b(E[A-Z]{3,}|\w*Error)\b/.exec(await complaint) ?? []
  throw new InvariantError(`the process for backups failed: ${what ?? `exit code ${code}`}`)
}
