import type { ValueChange } from '../../services/phones/contract.ts'
import type { RecordKind } from '../../services/records/contract.ts'
import type { RecordEdit } from '../records/write.ts'
import type { FleetFilter } from './fleet.ts'

/** What one edit is for: devices by name or by filter, or one layer at the sites that are named (none: at all). */
export type BulkTarget =
  | {
      readonly kind: 'devices'
      readonly devices?: readonly { readonly site: string; readonly mac: string }[]
      readonly filter?: FleetFilter
    }
  | {
      readonly kind: 'layer'
      readonly layer: 'site' | 'vendor' | 'group' | 'model'
      readonly id: string
      readonly sites?: readonly string[]
      /** What the account shares: sites that have their own in its place are left as they are. Never made so. */
      readonly shared?: true
    }

/** What changes for one phone. A secret only says that it is another one. */
export interface BulkEffect {
  readonly siteId: string
  readonly mac: string
  readonly name: string
  /** Fields of the record itself, e.g. `group`. */
  readonly fields: readonly string[]
  readonly changes: readonly (ValueChange & { readonly secret: boolean })[]
}

export interface BulkFault {
  readonly siteId: string
  /** `device 80:5e:c0:12:34:56` */
  readonly record: string
  readonly message: string
}

export interface BulkPreview {
  /** To be sent with the edit: it is refused when anything was changed since. */
  readonly stamp: string
  readonly sites: number
  /** Records that would be written. */
  readonly records: number
  /** Devices that were looked at, and those for which something is another. */
  readonly looked: number
  readonly affected: number
  /** The first 500 of them. */
  readonly effects: readonly BulkEffect[]
  readonly faulty: number
  /** The first 100. */
  readonly faults: readonly BulkFault[]
}

/** What an edit would do at one site. */
export interface SiteTrial {
  readonly site: string
  readonly looked: number
  readonly effects: readonly BulkEffect[]
  readonly faults: readonly BulkFault[]
  readonly edits: readonly (RecordEdit & { readonly kind: RecordKind })[]
  /** The revisions that it was made from. */
  readonly basis: readonly string[]
}
