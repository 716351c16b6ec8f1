import { ConflictError, NotFoundError } from '../../services/core/errors.ts'
import type { VendorNames } from '../../services/phones/devices.ts'
import { readSources } from '../../services/phones/read.ts'
import type { Sources, TemplateEdits } from '../../services/templates/contract.ts'
import { TemplateFaultError } from '../../services/templates/errors.ts'
import { checkEdits, type Layer } from '../../services/templates/policy.ts'
import type { Standing } from '../accounts/policy.ts'
import type { Boxes } from '../boxes.ts'
import type { Caller, CloudContext } from '../context.ts'
import type { CloudFiles } from '../files/files.ts'
import { targetOf } from '../records/history.ts'
import { findOn, listOn, placeOf, revOf, type Shelf, shelfOf } from '../records/shelf.ts'
import { type RecordEdit, writeRecords } from '../records/write.ts'
import { shippedTemplates } from '../templates.ts'
import { makeTextChecker, type TextChecker } from './checker.ts'
import { makePackReader, type PackReader } from './pack-contents.ts'
import { type Texts, textsOf } from './texts.ts'

const DESCRIPTION = '/vendor.yaml'
/** A vendor that only an account describes. */
const OF_ACCOUNT = {}

/** Whose texts: those that an account shares, or those of one of its sites. */
export interface Whose {
  readonly account: string
  readonly site?: string
}

export interface VendorsDeps extends Pick<CloudContext, 'database' | 'clock'> {
  readonly boxes: Pick<Boxes, 'ready' | 'fanOut'>
  readonly files: CloudFiles
  readonly definitions: { get(id: string): { readonly title: string } | undefined }
  readonly checker?: TextChecker
}

export type Vendors = ReturnType<typeof makeVendors>

/** Vendors' texts and packs that accounts give to their boxes. */
export function makeVendors(deps: VendorsDeps) {
  const { database, files } = deps
  const { db } = database
  const checker = deps.checker ?? makeTextChecker()
  const packs: PackReader = makePackReader(files)
  let shipped: Sources | undefined

  async function look(
    whose: Whose,
    standing: Standing,
    instead?: { readonly pack: string; readonly layer: Layer },
  ): Promise<{ readonly shelf: Shelf; readonly texts: Texts }> {
    const shelf = await shelfOf(db, whose, standing)
    shipped ??= readSources(shippedTemplates(), { shipped: true })
    const assigned = await packs.assigned(db, shelf)
    const others = assigned.filter(({ found }) => found.record.id !== instead?.pack)
    const layers = await packs.layers(whose.account, others)
    const texts = textsOf({
      shipped,
      packs: instead === undefined ? layers : [...layers, instead.layer],
      own: await listOn(db, shelf, 'template'),
      titleOf: (id) => deps.definitions.get(id)?.title,
      atSite: whose.site !== undefined,
    })
    return { shelf, texts }
  }

  return {
    packs,
    checker,

    /**
     * Which vendors there are: those that came with this program, and those of `wanted` that texts or packs of the account
     * describe. Nothing of theirs is compiled.
     */
    async known(account: string, shelf: Shelf, wanted: readonly unknown[]): Promise<VendorNames> {
      const { definitions } = deps
      if (wanted.every((id) => typeof id !== 'string' || definitions.get(id) !== undefined)) return definitions
      const own = await listOn(db, shelf, 'template')
      const described = own.flatMap(({ record: { id } }) => (id.endsWith(DESCRIPTION) ? [id.split('/')[0]] : []))
      const layers = await packs.layers(account, await packs.assigned(db, shelf))
      const packed = layers.flatMap(({ sources }) =>
        [...sources].flatMap(([id, files]) => (files.has('vendor.yaml') ? [id] : [])),
      )
      const names = new Set([...described, ...packed])
      return { get: (id) => definitions.get(id) ?? (names.has(id) ? OF_ACCOUNT : undefined) }
    },

    /** All texts as they would be with another version of a pack. */
    layersWith: async (whose: Whose, standing: Standing, pack: string, layer: Layer): Promise<readonly Layer[]> =>
      (await look(whose, standing, { pack, layer })).texts.layers,

    texts: async (whose: Whose, standing: Standing): Promise<Texts> => (await look(whose, standing)).texts,

    /** What would be wrong with these texts; nothing is stored. */
    async check(whose: Whose, standing: Standing, vendor: string, edits: TemplateEdits) {
      checkEdits(vendor, edits)
      const { texts } = await look(whose, standing)
      const { faults, notes } = await checker.check(whose.account, vendor, texts.with(vendor, edits))
      const mine = new Set(Object.keys(edits).map((file) => `${vendor}/${file}`))
      return { faults, notes: notes.filter(({ file }) => mine.has(file)) }
    },

    /** All or none. Throws `TemplateFaultError` with every fault; then nothing has changed. */
    async change(
      whose: Whose,
      vendor: string,
      edits: TemplateEdits,
      by: { readonly standing: Standing; readonly caller: Caller; readonly base?: number },
    ): Promise<void> {
      checkEdits(vendor, edits)
      const { shelf, texts } = await look(whose, by.standing)
      const writes: RecordEdit[] = []
      for (const [file, text] of Object.entries(edits)) {
        const id = `${vendor}/${file}`
        const found = await findOn(db, shelf, 'template', id)
        const rev = found === undefined ? 0 : revOf(found)
        if (by.base !== undefined && by.base !== rev)
          throw new ConflictError(`the text is at revision ${rev}, the edit was based on ${by.base}`)
        if (text === null && found === undefined) throw new NotFoundError('there is no such template of your own')
        const { feed, before } = placeOf(shelf, 'template', found)
        if (text === null && before === undefined)
          throw new ConflictError('this text is what the account shares; take it away there, or give the site its own')
        const body = text === null ? undefined : texts.bodyFor(vendor, file, text)
        if (body !== undefined && JSON.stringify(body) === JSON.stringify(before?.body)) continue
        writes.push({ feed, kind: 'template', id, body, before })
      }
      // What is taken away bit by bit may leave what does not fit: a box then uses what stands beneath.
      if (Object.values(edits).some((text) => text !== null)) {
        const { faults } = await checker.check(whose.account, vendor, texts.with(vendor, edits))
        if (faults.length > 0) throw new TemplateFaultError(`vendor ${vendor}`, faults)
      }
      if (writes.length === 0) return
      const audit = writes.map(({ kind, id, body }) => ({
        ...{ accountId: whose.account, target: targetOf(whose, { kind: 'template', id }) },
        action: body === undefined ? 'record.remove' : 'record.edit',
        detail: { kind, fields: ['text'] },
      }))
      await writeRecords(deps, writes, { caller: by.caller, audit })
    },
  }
}
