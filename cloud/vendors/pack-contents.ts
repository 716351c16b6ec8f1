import type { Kysely } from 'kysely'
import { readAtMost } from '../../services/core/dial-out.ts'
import { BranchlineError, NotFoundError } from '../../services/core/errors.ts'
import { type AssignedPack, assignedPack } from '../../services/templates/assigned.ts'
import { PACK_LIMITS, type PackManifest } from '../../services/templates/codec-pack.ts'
import type { Sources } from '../../services/templates/contract.ts'
import { PackError } from '../../services/templates/errors.ts'
import type { Layer } from '../../services/templates/policy.ts'
import { lookInto } from '../../services/templates/sign.ts'
import type { Tables } from '../database/tables.ts'
import type { AccountFile, CloudFiles } from '../files/files.ts'
import { type Found, listOn, type Shelf } from '../records/shelf.ts'

const MOST = PACK_LIMITS.whole + PACK_LIMITS.manifest + 1000
/** Packs that stay in memory, each of them once however many accounts have it. */
const KEPT = 4

export interface PackContents {
  readonly manifest: PackManifest
  readonly keyId: string
  readonly sources: Sources
}

/** A pack that is assigned, and what its record says. */
export interface Assigned {
  readonly found: Found
  readonly body: AssignedPack
}

export type PackReader = ReturnType<typeof makePackReader>

/** Looks into the packs among an account's files. Whether a signature is good is for each box to say, by the keys that it trusts. */
export function makePackReader(files: CloudFiles) {
  const kept = new Map<string, PackContents>()

  /** Throws `PackError` when the file is no pack. */
  async function contents(file: AccountFile): Promise<PackContents> {
    const known = kept.get(file.hash) ?? (await read(file))
    // The one that was asked for last goes last.
    kept.delete(file.hash)
    kept.set(file.hash, known)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break
      kept.delete(oldest)
    }
    return known
  }

  async function read(file: AccountFile): Promise<PackContents> {
    if (file.size > MOST) throw new PackError(`${file.name} is no pack: it is larger than ${MOST} bytes`)
    const stream = await files.read(file, { from: 0, to: file.size })
    const bytes = stream && (await readAtMost(stream, MOST))
    if (bytes === undefined) throw new NotFoundError(`the content of ${file.name} is lost: upload it again`)
    return lookInto(bytes)
  }

  return {
    contents,

    async assigned(db: Kysely<Tables>, shelf: Shelf): Promise<readonly Assigned[]> {
      const found = await listOn(db, shelf, 'pack')
      return found.flatMap((one) => {
        const read = assignedPack.safeParse(one.record.body)
        return read.success ? [{ found: one, body: read.data }] : []
      })
    },

    /** The texts of packs that are assigned. One whose content is lost has none: its box says so. */
    async layers(account: string, assigned: readonly Assigned[]): Promise<readonly Layer[]> {
      const layers: Layer[] = []
      for (const { body } of assigned) {
        try {
          const { manifest, sources } = await contents(await files.byHash(account, body.sha256))
          layers.push({ origin: 'pack', pack: `${manifest.name} ${manifest.version}`, sources })
        } catch (thrown) {
          if (!(thrown instanceof BranchlineError) || thrown.fault !== 'operator') throw thrown
        }
      }
      return layers
    },
  }
}
