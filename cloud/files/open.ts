import { join } from 'node:path'
import type { EpochMs } from '../../services/core/clock.ts'
import type { CloudConfig } from '../config/config.ts'
import type { FileStore } from './files.ts'
import { openFolderStore } from './folder-store.ts'
import { openS3Store } from './s3-store.ts'

const MEGABYTE = 1024 * 1024

/** The file store that the configuration names. */
export async function openFileStore(
  { files, dataFolder }: Pick<CloudConfig, 'files' | 'dataFolder'>,
  { now, readSecret }: { readonly now: EpochMs; readonly readSecret: (path: string) => string },
): Promise<FileStore> {
  const limits = { quota: files.quotaMegabytes * MEGABYTE, most: files.mostMegabytes * MEGABYTE }
  if (files.s3 === undefined)
    return { blobs: await openFolderStore(files.folder ?? join(dataFolder, 'files'), now), limits }
  const { endpoint, secretAccessKeyFile, ...rest } = files.s3
  const secretAccessKey = readSecret(secretAccessKeyFile)
  const href = endpoint.href.replace(/\/$/, '')
  const blobs = await openS3Store({ ...rest, endpoint: href, secretAccessKey, folder: dataFolder }, now)
  return { blobs, limits }
}
