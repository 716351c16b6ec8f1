import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, OperatorError } from '../services/core/errors.ts'
import { tryLock } from './net/libc.ts'

/**
 * Keeps a second box away from a data folder: two would lease the same addresses. The lock is the kernel's, so it is
 * free again after `kill -9`; the file stays. Throws `OperatorError` when another process has it.
 */
export function lockFolder(folder: string): Disposable {
  const path = join(folder, 'branchline.lock')
  const fd = openLock(path)
  if (!tryLock(fd)) {
    const holder = readFileSync(path, 'latin1').trim().slice(0, 10)
    closeSync(fd)
    throw new OperatorError(
      `another box (process ${holder}) uses the data folder ${folder}; stop it, or choose another with --data`,
    )
  }
  ftruncateSync(fd)
  writeSync(fd, `${process.pid}\n`)
  return { [Symbol.dispose]: () => closeSync(fd) }
}

function openLock(path: string): number {
  try {
    return openSync(path, 'a', 0o600)
  } catch (thrown) {
    throw new OperatorError(`data folder cannot be used: ${messageOf(thrown)}; choose another with --data`)
  }
}
