import { join } from 'node:path'
import type { Log } from '../services/core/log.ts'
import type { FileStore } from '../services/files/file-store.ts'
import { type Media, makeMedia } from '../services/media/library.ts'
import { HELPER_LIMITS, runHelper } from '../services/media/process.ts'

/** The command that converts one picture or sound. */
export const HELPER_COMMAND: readonly string[] = [process.execPath, join(import.meta.dirname, 'media-helper.ts')]

/** Pictures and sounds as each model takes them, and the store with every change of it told to them and to `changed`. */
export function openMedia(
  store: FileStore,
  log: Log,
  changed: () => void = () => undefined,
): { readonly files: FileStore; readonly media: Media } {
  const settings = { ...HELPER_LIMITS, command: HELPER_COMMAND }
  const media = makeMedia({ files: store, log, convert: (job) => runHelper(settings, job, log) })
  media.changed()
  const told = <Result>(name: string, change: Promise<Result>) =>
    change.finally(() => {
      if (media.isCopy(name)) return
      media.changed()
      changed()
    })
  return {
    media,
    files: {
      ...store,
      put: (name, content, options) => told(name, store.put(name, content, options)),
      remove: (name, options) => told(name, store.remove(name, options)),
    },
  }
}
