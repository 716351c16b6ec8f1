import { join } from 'node:path'
import { OperatorError } from '../services/core/errors.ts'
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
  const told = <Result>(change: Promise<Result>) =>
    change.finally(() => {
      media.changed()
      changed()
    })
  /** Copies are made and removed by the box alone: people see, store and remove originals. */
  const own = (name: string): string => {
    if (media.isCopy(name))
      throw new OperatorError(`${JSON.stringify(name)} is kept for copies that the box makes: choose another name`)
    return name
  }
  return {
    media,
    files: {
      ...store,
      list: () => store.list().filter(({ name }) => !media.isCopy(name)),
      put: async (name, content, options) => told(store.put(own(name), content, options)),
      remove: async (name, options) => told(store.remove(own(name), options)),
    },
  }
}
