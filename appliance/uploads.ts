import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { UploadSink } from '../services/phones/provisioner.ts'
import { writeDurably } from './durable-file.ts'

/** What one phone may keep here, and all of them together. */
const MOST_FILES_A_DEVICE = 16
const MOST_BYTES = 64 * 1024 * 1024

export interface UploadDeps {
  readonly folder: string
  readonly secretBox: SecretBox
  readonly log: Log
}

/**
 * Keeps what phones upload (overrides, contacts, logs): one sealed file for each name, replaced by the next of that name.
 * Nothing that is kept is served again. Past the quota an upload is dropped with a line in the log: a phone that sends
 * without end fills no disk.
 */
export function makeUploadSink({ folder, secretBox, log }: UploadDeps): UploadSink {
  return {
    store(mac, file, body) {
      // A file's name comes from the definition's pattern, but nothing of a request may choose a path.
      const name = `${file
        .toLowerCase()
        .replace(/[^a-z0-9._-]/g, '_')
        .slice(0, 100)}.sealed`
      const home = join(folder, mac)
      try {
        mkdirSync(home, { recursive: true, mode: 0o700 })
        const kept = readdirSync(home)
        if ((!kept.includes(name) && kept.length >= MOST_FILES_A_DEVICE) || sizeOf(folder) + body.length > MOST_BYTES) {
          log.warn('upload dropped: the quota is used up', { mac, file: name, size: body.length })
          return
        }
        writeDurably(join(home, name), secretBox.seal(Buffer.from(body).toString('base64')))
      } catch (thrown) {
        log.error('upload cannot be kept', { mac, file: name, error: messageOf(thrown) })
      }
    },
  }
}

function sizeOf(folder: string): number {
  let size = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) size += statSync(join(entry.parentPath, entry.name)).size
  return size
}
