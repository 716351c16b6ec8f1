import type {
  AccountTable,
  ApiTokenTable,
  AuditTable,
  InvitationTable,
  MemberSiteTable,
  MemberTable,
  PersonTable,
  SiteTable,
} from './tables-account.ts'
import type { AlertTables } from './tables-alerts.ts'
import type {
  AccountKeyTable,
  BoxSeenTable,
  BoxTable,
  EnrolmentAttemptTable,
  EnrolmentChallengeTable,
  EnrolmentTable,
  ExpectedBoxTable,
  SiteFeedTable,
  SyncPokeTable,
} from './tables-box.ts'
import type { FileTables } from './tables-files.ts'
import type { BoxPulledTable, FleetDeviceTable } from './tables-fleet.ts'
import type { PhonePageTable, RemoteJobTable, SiteRemoteTable } from './tables-remote.ts'
import type { RolloutTables } from './tables-rollouts.ts'
import type {
  CeremonyTable,
  IdentityTable,
  PasskeyTable,
  PasswordResetTable,
  RateTable,
  RecoveryCodeTable,
  SessionTable,
} from './tables-signin.ts'

// The tables as both databases have them. Times are whole milliseconds, lists are JSON in a text, nothing is a boolean
// (true in one database, 1 in the other): a thing that happened has a time, else null.

export interface MigrationTable {
  number: number
  name: string
  /** The oldest program (by the number it knows) that can work on this form. */
  readable: number
  at: number
}

export interface GenerationTable {
  number: number
  at: number
  /** Host and process that started it, for a person who reads the table. */
  process: string
}

/** Facts of the installation itself, e.g. the check of its secret key. */
export interface InstanceTable {
  name: string
  value: string
}

export interface Tables extends AlertTables, FileTables, RolloutTables {
  migration: MigrationTable
  generation: GenerationTable
  instance: InstanceTable
  account: AccountTable
  site: SiteTable
  person: PersonTable
  member: MemberTable
  member_site: MemberSiteTable
  invitation: InvitationTable
  api_token: ApiTokenTable
  audit: AuditTable
  session: SessionTable
  recovery_code: RecoveryCodeTable
  passkey: PasskeyTable
  identity: IdentityTable
  fleet_device: FleetDeviceTable
  box_pulled: BoxPulledTable
  ceremony: CeremonyTable
  rate: RateTable
  enrolment: EnrolmentTable
  box: BoxTable
  expected_box: ExpectedBoxTable
  enrolment_attempt: EnrolmentAttemptTable
  enrolment_challenge: EnrolmentChallengeTable
  account_key: AccountKeyTable
  site_feed: SiteFeedTable
  box_seen: BoxSeenTable
  sync_poke: SyncPokeTable
  remote_job: RemoteJobTable
  site_remote: SiteRemoteTable
  phone_page: PhonePageTable
  password_reset: PasswordResetTable
}
