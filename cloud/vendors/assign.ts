import { ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { TemplateFaultError } from '../../services/templates/errors.ts'
import { usedFiles } from '../../services/templates/policy.ts'
import type { Standing } from '../accounts/policy.ts'
import type { Caller } from '../context.ts'
import { targetOf } from '../records/history.ts'
import { findOn, placeOf, revOf, shelfOf } from '../records/shelf.ts'
import { writeRecords } from '../records/write.ts'
import type { Vendors, VendorsDeps, Whose } from './vendors.ts'

/** A pack that boxes shall have. */
export interface PackAssignment {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly size: number
  readonly rev: number
  /** It is the account's; this site has none of its own. */
  readonly shared: boolean
  readonly updatedBy: string
  readonly updatedAt: number
}

export interface PackEditing {
  readonly standing: Standing
  readonly caller: Caller
  readonly base?: number
}

export type PackAssignments = ReturnType<typeof makePackAssignments>

/** Which packs the boxes of an account, or of one site, shall have: records that reach each box with its feed. */
export function makePackAssignments(deps: VendorsDeps, vendors: Vendors) {
  const { db } = deps.database

  async function list(whose: Whose, standing: Standing): Promise<readonly PackAssignment[]> {
    const assigned = await vendors.packs.assigned(db, await shelfOf(db, whose, standing))
    return assigned.map(({ found, body: { version, sha256, size } }) => ({
      ...{ name: found.record.id, version, sha256, size, rev: revOf(found) },
      shared: found.shared && whose.site !== undefined,
      ...{ updatedBy: found.record.updatedBy, updatedAt: found.record.updatedAt },
    }))
  }

  async function edit(whose: Whose, name: string, by: PackEditing) {
    const shelf = await shelfOf(db, whose, by.standing)
    const found = await findOn(db, shelf, 'pack', name)
    const rev = found === undefined ? 0 : revOf(found)
    if (by.base !== undefined && by.base !== rev)
      throw new ConflictError(`the pack is at revision ${rev}, the edit was based on ${by.base}`)
    return { found, ...placeOf(shelf, 'pack', found) }
  }

  return {
    list,

    /** Gives a pack among the account's files to the boxes. Throws every fault that it would bring. */
    async assign(whose: Whose, name: string, fileName: string, by: PackEditing): Promise<PackAssignment> {
      const file = await deps.files.get(whose.account, fileName)
      const { manifest, keyId, sources } = await vendors.packs.contents(file)
      if (manifest.name !== name)
        throw new OperatorError(`${fileName} is the pack ${manifest.name}, not ${JSON.stringify(name.slice(0, 40))}`)
      const layer = { origin: 'pack' as const, pack: `${name} ${manifest.version}`, sources }
      const { standing } = by
      const layers = await vendors.layersWith(whose, standing, name, layer)
      for (const other of layers) {
        if (other.origin !== 'pack' || other === layer) continue
        const both = manifest.files.find(({ path }) => {
          const [vendor = '', file = ''] = path.split('/')
          return other.sources.get(vendor)?.has(file)
        })
        if (both !== undefined) throw new ConflictError(`${both.path} belongs to the pack ${other.pack} already`)
      }
      for (const vendor of sources.keys()) {
        const files = usedFiles(layers, vendor)
        const { faults } = await vendors.checker.check(whose.account, vendor, files)
        if (faults.length > 0) throw new TemplateFaultError(`pack ${name} ${manifest.version}`, faults)
      }
      const { feed, before } = await edit(whose, name, by)
      const body = { version: manifest.version, sha256: file.hash, size: file.size }
      if (JSON.stringify(before?.body) !== JSON.stringify(body)) {
        const detail = { version: manifest.version, sha256: file.hash, key: keyId, fields: ['version'] }
        const target = targetOf(whose, { kind: 'pack', id: name })
        const audit = [{ accountId: whose.account, action: 'pack.assign', target, detail }]
        await writeRecords(deps, [{ feed, kind: 'pack', id: name, body, before }], { caller: by.caller, audit })
      }
      const made = (await list(whose, standing)).find((one) => one.name === name)
      if (made === undefined) throw new NotFoundError('somebody took the pack away again')
      return made
    },

    async withdraw(whose: Whose, name: string, by: PackEditing): Promise<void> {
      const { found, feed, before } = await edit(whose, name, by)
      if (found === undefined) throw new NotFoundError('there is no such pack')
      if (before === undefined)
        throw new ConflictError('this pack is what the account gives to all sites; take it away there')
      const audit = [
        { accountId: whose.account, action: 'pack.withdraw', target: targetOf(whose, { kind: 'pack', id: name }) },
      ]
      const gone = { feed, kind: 'pack', id: name, body: undefined, before }
      await writeRecords(deps, [gone], { caller: by.caller, audit })
    },
  }
}
