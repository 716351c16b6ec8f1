import type { Generated } from 'kysely'

export interface AccountTable {
  id: string
  /** The reseller or provider above; null: the provider, the first account of an installation. */
  parent_id: string | null
  kind: 'provider' | 'reseller' | 'customer'
  name: string
  rev: number
  created_at: number
  /** Switched off: nobody of it signs in to it, its tokens are refused. */
  disabled_at: number | null
  /** 1: who claims a box from behind the box's own public address need not type its phrase. */
  phrase_optional: Generated<number>
}

export interface SiteTable {
  id: string
  account_id: string
  name: string
  time_zone: string
  note: string
  rev: number
  created_at: number
}

export interface PersonTable {
  id: string
  /** In lower case. */
  email: string
  name: string
  password_hash: string | null
  /** The sealed TOTP secret; null: none. */
  totp_sealed: string | null
  /** The time step of the last code that was taken: none is taken twice (RFC 6238 section 5.2). */
  totp_step: number
  created_at: number
}

export interface MemberTable {
  account_id: string
  person_id: string
  role: 'owner' | 'admin' | 'installer' | 'viewer'
  created_at: number
}

/** The sites that an installer may see. */
export interface MemberSiteTable {
  account_id: string
  person_id: string
  site_id: string
}

export interface InvitationTable {
  id: string
  token_hash: string
  /** Null: the first owner, who names the first account. */
  account_id: string | null
  email: string | null
  role: MemberTable['role']
  /** JSON list of site ids. */
  sites: string
  invited_by: string
  created_at: number
  ends_at: number
  accepted_at: number | null
}

export interface ApiTokenTable {
  id: string
  account_id: string
  name: string
  token_hash: string
  role: MemberTable['role']
  /** JSON lists. */
  sites: string
  scopes: string
  created_by: string
  created_at: number
  ends_at: number
  used_at: number | null
}

export interface AuditTable {
  /** Ordered by time: UUID version 7. */
  id: string
  at: number
  account_id: string | null
  actor: string
  actor_name: string
  action: string
  target: string
  address: string
  /** JSON object, without secrets. */
  detail: string
}
