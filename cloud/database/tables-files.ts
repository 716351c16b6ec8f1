/** Content in the file store, by its hash. */
export interface BlobTable {
  hash: string
  size_n: number
  /** The last time that somebody stored it: what nothing names is taken away a day after. */
  touched_at: number
}

/** A file of an account. */
export interface AccountFileTable {
  account_id: string
  name: string
  hash: string
  size_n: number
  content_type: string
  added_at: number
  added_by: string
}

export interface FileTables {
  blob: BlobTable
  account_file: AccountFileTable
}
