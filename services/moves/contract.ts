import type { EpochMs } from '../core/clock.ts'
import type { Mac } from '../core/mac.ts'
import type { Device, Effective, Finding, RenderedPreview } from '../phones/contract.ts'

// How devices come here and go on: a phone that takes another one's place, lists from other systems, labels that are
// scanned.

/** Which phone takes which one's place. */
export interface ReplaceRequest {
  readonly from: Mac
  readonly to: Mac
  /** The new one's vendor by folder name, title or a usual name; absent: as it was recognised, by its MAC at least. */
  readonly vendor?: string
  /** Absent: as it was recognised; else the old one's, when the vendor stays. */
  readonly model?: string
  /** What becomes of the old record: kept and switched off, or taken away. */
  readonly old: 'archive' | 'remove'
  /** Put it in the place of a record that the new phone has already. */
  readonly overwrite?: boolean
  /** Revisions as the preview named them: another one now is a `ConflictError`. */
  readonly fromRev?: number
  readonly toRev?: number
}

/** One thing that the new phone cannot do. It stays in the record, so that a later move back brings it again. */
export type Misfit = Pick<Finding, 'what' | 'name' | 'text'>

/** What a replacement would do. Nothing is done. */
export interface ReplacePlan {
  readonly from: Mac
  readonly to: Mac
  readonly old: 'archive' | 'remove'
  readonly fromRev: number
  /** 0: the new phone has no record. */
  readonly toRev: number
  /** The record that the new phone would have, its secrets opened. */
  readonly device: Device
  /** The settings that would hold for it. */
  readonly effective: Effective
  /** What the new phone is: by the request, by what it was recognised as, or as the old one. */
  readonly vendor?: string
  readonly model?: string
  readonly misfits: readonly Misfit[]
  /** What a person should know besides, in plain words. */
  readonly notes: readonly string[]
  /** The new phone's own configuration file; absent with `problem`. */
  readonly file?: RenderedPreview
  readonly problem?: string
}

/** One replacement that was done. */
export interface Move {
  readonly id: string
  readonly at: EpochMs
  readonly by: string
  readonly from: Mac
  readonly to: Mac
  readonly old: 'archive' | 'remove'
  readonly misfits: readonly Misfit[]
  readonly undone?: { readonly at: EpochMs; readonly by: string }
}

export interface Moves {
  /** Throws `NotFoundError`, `ConflictError`, `OperatorError`. */
  preview(request: ReplaceRequest): ReplacePlan
  /** Does it, in one transaction. Throws as `preview`. */
  replace(request: ReplaceRequest, options: { readonly by: string }): Move
  /**
   * Puts both records back to what they were, in one transaction. Throws `ConflictError` when one of them was changed
   * since, or the move was undone already.
   */
  undo(id: string, options: { readonly by: string }): Move
  /** The newest first, 200 at most. */
  list(): readonly Move[]
}

/** A row's fault, where it stands in the file. */
export interface SheetFault {
  /** Counted from 1, without the heading; 0 is the heading. */
  readonly row: number
  /** The line of the file on which the row begins. */
  readonly line: number
  readonly column: string
  readonly columnNumber?: number
  readonly message: string
}

/** One device as a sheet tells it, its parts merged: a patch for its record. */
export interface SheetRow {
  readonly row: number
  readonly line: number
  readonly mac: Mac
  readonly patch: Readonly<Record<string, unknown>>
  /** From a field's path (`lines[1].user`, the line by its index) to its column. */
  readonly columns: ReadonlyMap<string, SheetColumn>
}

export interface SheetColumn {
  readonly name: string
  /** Counted from 1. */
  readonly number: number
}

/** A file of devices that was read, not yet compared with what is stored. */
export interface DeviceSheet {
  readonly rows: readonly SheetRow[]
  readonly faults: readonly SheetFault[]
}

export interface ImportOptions {
  /** A format's id; absent: by its heading. */
  readonly format?: string
  /** Headings (or `#3` for the third column) that mean another field than the format says; `''`: leave it out. */
  readonly columns?: Readonly<Record<string, string>>
  /** For rows that name none. */
  readonly defaults?: { readonly vendor?: string; readonly group?: string; readonly server?: string }
}

/** One field that a row would change; a secret without its values. */
export interface FieldChange {
  readonly field: string
  readonly secret: boolean
  readonly before?: string
  readonly after?: string
}

/** What would become of one row, or of several that are about one device. */
export interface PlannedRow {
  readonly row: number
  readonly line: number
  readonly kind: 'device' | 'person'
  /** The device's MAC, or the person's id. */
  readonly id: string
  readonly name?: string
  readonly action: 'create' | 'update' | 'unchanged'
  readonly changes: readonly FieldChange[]
}

/** What would be stored for one device, as `Devices.putMany` takes it. */
export interface DeviceItem {
  readonly mac: Mac
  readonly input: Readonly<Record<string, unknown>>
}

export interface DevicesPlan {
  readonly items: readonly DeviceItem[]
  readonly rows: readonly PlannedRow[]
  readonly faults: readonly SheetFault[]
}

/** A row that is of no use here, which is no fault: a conference room, an analogue extension. */
export interface SkippedRow {
  readonly row: number
  readonly line: number
  readonly reason: string
}

export interface ImportPlan {
  /** Names this plan, the file and the records that it was made of: `apply` does just this. Absent when it has faults. */
  readonly token?: string
  readonly format: string
  readonly title: string
  readonly encoding: string
  readonly delimiter: string
  readonly rows: readonly PlannedRow[]
  readonly skipped: readonly SkippedRow[]
  /** Columns that are not taken over, with the reason. */
  readonly ignored: readonly { readonly column: string; readonly columnNumber: number; readonly reason: string }[]
  readonly faults: readonly SheetFault[]
  readonly notes: readonly string[]
}

/** What is known of one kind of file. */
export interface FormatView {
  readonly id: string
  readonly title: string
  /** Where its columns are written down. */
  readonly sources: readonly string[]
  readonly columns: readonly string[]
}

/** What the columns of a file are taken for. */
export interface SheetColumns {
  readonly format: string
  readonly title: string
  readonly columns: readonly {
    /** Counted from 1. */
    readonly number: number
    readonly heading: string
    readonly field?: string
    /** Why it is not taken over. */
    readonly reason?: string
    /** What the first rows say. */
    readonly samples: readonly string[]
  }[]
}

export interface Imports {
  formats(): readonly FormatView[]
  /** Throws `OperatorError` for what is no table. */
  columns(bytes: Uint8Array, options: ImportOptions): SheetColumns
  /** Reads a CSV file of devices in this box's own columns; an unknown column is a fault. */
  readDevices(bytes: Uint8Array): DeviceSheet
  /** A sheet of devices against what is stored. */
  plan(sheet: DeviceSheet): DevicesPlan
  /** Throws `OperatorError` for what is no such file at all; what is wrong in rows is in `faults`. */
  preview(bytes: Uint8Array, options: ImportOptions): ImportPlan
  /**
   * Does what was shown under this token: all or none. Throws `NotFoundError` when there is no such preview any more,
   * `ConflictError` when a record that it is about was changed since.
   */
  apply(token: string, options: { readonly by: string }): ImportPlan
}

/** What a scanned text is. */
export type Scanned =
  | {
      readonly kind: 'known'
      readonly mac: Mac
      readonly name?: string
      readonly vendor?: string
      readonly model?: string
      readonly serial?: string
    }
  | {
      readonly kind: 'new'
      readonly mac: Mac
      readonly vendor?: string
      readonly model?: string
      readonly serial?: string
      /** Whether it was seen on the network. */
      readonly seen: boolean
    }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly serial?: string; readonly model?: string }

export interface Scans {
  scan(text: string): Scanned
}
