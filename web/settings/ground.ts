import type { LayerView } from '../../services/admin/schema.ts'
import type { LayerPreview, VendorModels } from '../../services/admin/schema-workbench.ts'

export type Kind = 'site' | 'vendor' | 'group' | 'model'
export const KINDS: readonly Kind[] = ['site', 'vendor', 'group', 'model']

/** A layer; in an account, at a site: whether it is what the account says for all of its sites. */
export type Layer = LayerView & { readonly shared?: boolean }
export type AllLayers = Readonly<Record<Kind, readonly Layer[]>>

/** What an edit would change on which phones; in an account, at which site, and where it does not fit. */
export interface Effects extends Omit<LayerPreview, 'effects'> {
  readonly effects: readonly (LayerPreview['effects'][number] & { readonly site?: string })[]
  readonly faults?: readonly { readonly record: string; readonly message: string }[]
}
export type Effect = Effects['effects'][number]

/** What a draft says, in the two forms in which it can be asked about. */
export interface Wish {
  /** The whole layer with the draft laid over it. */
  readonly body: object
  /** The draft alone, as a merge patch. */
  readonly patch: object
}

/** Where layers are kept: a box, or in an account a site or what all of its sites share. */
export interface LayersGround {
  /** Of the API, without what is asked: `/layers`. */
  readonly path: string
  readonly mayEdit: boolean
  /** A site of an account, where what the account says holds until the site says otherwise. */
  readonly ofAccount: boolean
  /** What the widest layer is called. */
  readonly siteWord: string
  /** The address of a kind's layers, or of one. */
  link(kind: Kind, id?: string): string
  phoneLink(effect: Effect): string
  preview(kind: Kind, id: string, wish: Wish): Promise<Effects>
  /** The ids that phones would use: those that nobody has said anything of yet are offered too. */
  used(kind: Kind, vendors: readonly VendorModels[]): readonly string[]
  /** Every layer has changed so often: it is read again then. */
  readonly stamp: number
}

/** Of rows of phones, the groups, vendors and models that a layer may be for. */
export function usedBy(
  rows: readonly {
    readonly group?: string | null | undefined
    readonly vendor?: string | null | undefined
    readonly model?: string | null | undefined
  }[],
): LayersGround['used'] {
  return (kind, vendors) => {
    if (kind === 'group') return rows.flatMap((row) => row.group ?? [])
    if (kind === 'vendor') return rows.flatMap((row) => row.vendor ?? [])
    return rows.flatMap(({ vendor, model }) => {
      // Phones tell more than the model's name: `SIP-T46U`.
      const known = vendors.find((it) => it.vendor === vendor)?.models ?? []
      const told = known.find((it) => model?.toLowerCase().endsWith(it.toLowerCase()))
      return told === undefined ? [] : `${vendor}:${told.toLowerCase()}`
    })
  }
}
