import type { ExchangeFault } from './contract.ts'

/** One person as a file gives them: what it says, and where each field stands. */
export interface SheetRow {
  readonly row: number
  readonly line: number
  /** The id that the file itself gives. */
  readonly id?: string
  /** A name that is the person's for ever, in whatever form (a vCard's UID). */
  readonly uid?: string
  /** Fields as in a JSON merge patch: `null` takes one away, what is left out stays. */
  readonly patch: Readonly<Record<string, unknown>>
  /** From a field's path to its column. */
  readonly columns: ReadonlyMap<string, { readonly name: string; readonly number: number }>
}

export interface Sheet {
  readonly rows: readonly SheetRow[]
  readonly faults: readonly ExchangeFault[]
}
