import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined
    throw thrown
  }
}

/**
 * Writes a file with mode 0600 so that after a crash at any instant either the old or the new text is there, whole:
 * written beside it, flushed, renamed over it, and the folder flushed too.
 */
export function writeDurably(path: string, text: string): void {
  const beside = `${path}.new`
  const file = openSync(beside, 'w', 0o600)
  try {
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(beside, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/**
 * Writes what comes into a new file with mode 0600 and flushes it; returns how many bytes it was. `told` hears how many
 * there are with each part before that is written; what it throws ends it.
 */
export async function writeStream(
  path: string,
  content: ReadableStream<Uint8Array> | Uint8Array,
  told: (bytes: number) => void,
): Promise<number> {
  const file = await open(path, 'w', 0o600)
  try {
    let written = 0
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      written += chunk.length
      told(written)
      await file.writeFile(chunk)
    }
    await file.sync()
    return written
  } finally {
    await file.close()
  }
}
