import { readFile } from 'node:fs/promises'
import { messageOf, OperatorError } from '../core/errors.ts'
import { probe } from './codec.ts'
import { EXIT_UNUSABLE, type Job } from './job.ts'
import { checkPicture, convertPicture } from './picture.ts'
import { checkSound, convertSound } from './sound.ts'

/** The made bytes, none when nothing was to be made. Throws `OperatorError` in plain words. */
export async function runJob({ path, target }: Job): Promise<Uint8Array> {
  const bytes = new Uint8Array(await readFile(path))
  if (target?.kind === 'picture') return convertPicture(bytes, target)
  if (target?.kind === 'sound') return convertSound(bytes, target)
  const facts = probe(bytes, bytes.length)
  if (facts.kind === 'broken') throw new OperatorError(facts.reason)
  if (facts.kind === 'picture') await checkPicture(bytes)
  if (facts.kind === 'sound') checkSound(bytes)
  return target === undefined ? new Uint8Array(0) : bytes
}

/** The life of the helper process: one job from its argument, its result to standard output. Returns the exit code. */
export async function helperMain(argument: string, write: (bytes: Uint8Array) => Promise<unknown>): Promise<number> {
  try {
    await write(await runJob(JSON.parse(argument) as Job))
    return 0
  } catch (thrown) {
    process.stderr.write(messageOf(thrown))
    return thrown instanceof OperatorError ? EXIT_UNUSABLE : 1
  }
}
