import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecoveryKey } from '../../services/backup/codec-key.ts'
import { previewSchema } from '../../services/backup/settings.ts'
import { STAGED, settle, WORK, writeNote } from '../../services/backup/swap.ts'
import { preambleOf } from '../../services/backup/unpack.ts'
import { OperatorError } from '../../services/core/errors.ts'
import { systemClock } from '../../services/program/clock.ts'
import { VERSION } from '../../services/program/version.ts'
import { lockFolder } from '../folder-lock.ts'
import { PREVIEW } from './paths.ts'
import { runJob } from './run-job.ts'

// A restore where no box runs: the command line does it itself, with the folder locked against one that starts.

/** Checks a backup and lays its content beside the data. Throws `OperatorError` for one that cannot be used. */
export async function checkHere(dataFolder: string, file: string, key: string) {
  const read = readRecoveryKey(key)
  if ('fault' in read) throw new OperatorError(read.fault)
  using _ = lockFolder(dataFolder)
  const seed = Buffer.from(read.seed).toString('base64url')
  const never = new AbortController().signal
  await runJob({ make: 'check', dataFolder, file, seed, version: VERSION }, () => undefined, never)
  const { ephemeral: _key, ...head } = preambleOf(file).head
  const preview = previewSchema.parse(JSON.parse(readFileSync(join(dataFolder, WORK, PREVIEW), 'utf8')))
  return { head, preview: { ...preview, beside: [...preview.beside] } }
}

/** Puts it in place. The first start of the box tries it, and takes it back when it does not start. */
export function putInPlace(dataFolder: string, { box, at }: { box: string; at: number }, by: string): void {
  using _ = lockFolder(dataFolder)
  if (!existsSync(join(dataFolder, WORK, STAGED)))
    throw new OperatorError('a box was started meanwhile, and what was checked is gone: nothing was changed; try again')
  const now = systemClock.now()
  writeNote(dataFolder, { step: 'out', by, since: now, box, madeAt: at, starts: -1 })
  settle(dataFolder, now)
}
