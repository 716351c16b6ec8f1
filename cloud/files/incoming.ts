import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EpochMs } from '../../services/core/clock.ts'
import { INCOMING } from '../../services/files/blob-folder.ts'

/** What an upload that was interrupted left is older than any upload takes. */
const LEFT_MS = 86_400_000

/** Makes the folder in which content waits until its hash is known. Other processes may be using it. */
export async function prepareIncoming(folder: string, now: EpochMs): Promise<void> {
  const incoming = join(folder, INCOMING)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined && now - found.mtimeMs > LEFT_MS) await rm(path, { force: true })
  }
}
