import { NotFoundError } from '../../services/core/errors.ts'
import type {
  OwnText,
  Sources,
  TemplateEdits,
  TemplateText,
  TemplateView,
  VendorView,
} from '../../services/templates/contract.ts'
import { ownBodyOf } from '../../services/templates/contract.ts'
import { diffOf } from '../../services/templates/diff.ts'
import { hashOf } from '../../services/templates/hash.ts'
import { withLayer } from '../../services/templates/library.ts'
import { edited, inOrder, type Layer, type Used, usedFiles, vendorsOf } from '../../services/templates/policy.ts'
import { ownSources } from '../../services/templates/templates.ts'
import { type Found, revOf } from '../records/shelf.ts'

/** One text of somebody's own in the cloud; `shared`: the account's, as a site of it sees it. */
export interface CloudOwn extends OwnText {
  readonly shared: boolean
}

const NO_OWN: ReadonlySet<'own'> = new Set(['own'])

/** Vendors' texts as a site or all sites of an account have them: shipped, of packs, and own ones over those. */
export interface Texts {
  readonly layers: readonly Layer[]
  list(): readonly VendorView[]
  /** Throws `NotFoundError`. */
  get(vendor: string, file: string): TemplateText
  /** What a vendor's texts would be with these edits. */
  with(vendor: string, edits: TemplateEdits): ReadonlyMap<string, Used>
  /** The body of the record for an own text. */
  bodyFor(vendor: string, file: string, text: string): { readonly text: string; readonly basedOn?: string }
}

export interface TextsGiven {
  readonly shipped: Sources
  readonly packs: readonly Layer[]
  /** Records of kind `template` that are in force. */
  readonly own: readonly Found[]
  /** Undefined: nobody knows such a vendor. */
  readonly titleOf: (vendor: string) => string | undefined
  /** At a site: whether a text is the account's matters. */
  readonly atSite: boolean
}

export function textsOf({ shipped, packs, own, titleOf, atSite }: TextsGiven): Texts {
  const records = new Map(own.map((found) => [found.record.id, found]))
  const mine = ownSources({ list: () => own.map(({ record }) => ({ ...record, kind: 'template' as const })) })
  const layers = inOrder([{ origin: 'shipped', sources: shipped }, ...packs, { origin: 'own', sources: mine }])

  function ownOf(vendor: string, file: string, beneath: Used | undefined): CloudOwn | undefined {
    const found = records.get(`${vendor}/${file}`)
    const body = found && ownBodyOf(found.record.body)
    if (found === undefined || body === undefined) return undefined
    const behind = body.basedOn !== (beneath === undefined ? undefined : hashOf(beneath.text))
    const { updatedBy: by, updatedAt: at } = found.record
    return { rev: revOf(found), by, at, behind, shared: atSite && found.shared }
  }

  function viewOf(vendor: string, file: string, used: Used, beneath: Used | undefined): TemplateView {
    const stands = ownOf(vendor, file, beneath)
    return {
      ...{ file, origin: used.origin, size: used.text.length, hash: hashOf(used.text) },
      ...(used.pack !== undefined && { pack: used.pack }),
      ...(stands && { own: stands }),
    }
  }

  return {
    layers,
    list: () =>
      vendorsOf(layers).map((id) => {
        const beneath = usedFiles(layers, id, NO_OWN)
        const files = [...usedFiles(layers, id)].sort(([a], [b]) => (a < b ? -1 : 1))
        const views = files.map(([file, used]) => viewOf(id, file, used, beneath.get(file)))
        return { id, title: titleOf(id) ?? id, files: views }
      }),

    get(vendor, file) {
      const used = usedFiles(layers, vendor).get(file)
      if (used === undefined) throw new NotFoundError('there is no such template')
      const beneath = usedFiles(layers, vendor, NO_OWN).get(file)
      const from = `${vendor}/${file} (${beneath?.pack ?? beneath?.origin})`
      const diff = beneath && diffOf({ name: from, text: beneath.text }, { name: `${vendor}/${file}`, text: used.text })
      const under = beneath && {
        ...{ origin: beneath.origin, text: beneath.text, hash: hashOf(beneath.text) },
        ...(beneath.pack !== undefined && { pack: beneath.pack }),
      }
      return {
        ...viewOf(vendor, file, used, beneath),
        ...{ vendor, text: used.text },
        ...(under && { beneath: under }),
        ...(diff !== undefined && { diff }),
      }
    },

    with: (vendor, edits) => usedFiles(inOrder(withLayer(layers, 'own', edited(mine, vendor, edits))), vendor),

    bodyFor(vendor, file, text) {
      const beneath = usedFiles(layers, vendor, NO_OWN).get(file)
      return { text, ...(beneath && { basedOn: hashOf(beneath.text) }) }
    },
  }
}
