import type { RecordColumns, StatusColumns } from '../fleet/columns.ts'

type Mutable<Columns> = { -readonly [Name in keyof Columns]: Columns[Name] }

/**
 * A device as the fleet's pages search it: what its record says and what was reported of it. Written in the
 * transaction that writes either; a row with neither is forgotten.
 */
export interface FleetDeviceTable extends Mutable<Omit<RecordColumns, 'record_seq'>>, Mutable<StatusColumns> {
  feed: string
  /** Twelve digits. */
  mac: string
  record_seq: number | null
}

/** How far a box has read a feed, as its last cursor said. */
export interface BoxPulledTable {
  box_id: string
  feed: string
  seq: number
  at: number
}
