import type { FormerAddress } from '../../services/box-network/contract.ts'

/** What the process that makes and checks backups is asked; a recovery key travels by its input alone. */
export type BackupJob = MakeJob | CheckJob

export interface MakeJob {
  readonly make: 'backup'
  readonly dataFolder: string
  readonly out: string
  readonly box: string
  readonly version: string
  readonly at: number
  readonly publicKey: string
  readonly keyId: string
  readonly firmware: boolean
  /** Files of the machine beside the data: the name in the backup, and where they are. */
  readonly beside: readonly { readonly path: string; readonly file: string }[]
  readonly account?: string
  readonly address?: FormerAddress
}

export interface CheckJob {
  readonly make: 'check'
  readonly dataFolder: string
  readonly file: string
  /** base64url */
  readonly seed: string
  readonly version: string
}

/** One line of its output. */
export type BackupWord =
  | { readonly percent: number }
  | { readonly done: true }
  /** What a person can do something about. */
  | { readonly fault: string }
