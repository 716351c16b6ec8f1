import { setPriority } from 'node:os'
import { BranchlineError } from '../../services/core/errors.ts'
import { checkBackup } from './check.ts'
import type { BackupJob, BackupWord } from './job.ts'
import { makeBackup } from './make.ts'

// Its own program: what it takes of memory and of the database's time is not taken from phones, and ends with it.
const say = (word: BackupWord) => process.stdout.write(`${JSON.stringify(word)}\n`)
let last = -1
const told = (percent: number) => {
  if (percent === last) return
  last = percent
  say({ percent })
}
try {
  setPriority(10)
} catch {
  // A box that is confined may not even be nicer.
}
try {
  const job: BackupJob = await Bun.stdin.json()
  if (job.make === 'backup') makeBackup(job, told)
  else checkBackup(job, told)
  say({ done: true })
} catch (thrown) {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (thrown instanceof BranchlineError && thrown.fault !== 'invariant') say({ fault: thrown.message })
  else if (code === 'ENOSPC') say({ fault: 'the disk is full: remove old backups or files first' })
  else throw thrown
}
