export interface SessionTable {
  id: string
  person_id: string
  token_hash: string
  /** The token before the last rotation, for requests that were under way. */
  previous_hash: string | null
  rotated_at: number
  created_at: number
  seen_at: number
  ends_at: number
  /** The last time that the person proved who it is, for acts that ask for a fresh proof. */
  proven_at: number
  address: string
  agent: string
}

export interface RecoveryCodeTable {
  person_id: string
  code_hash: string
}

export interface PasskeyTable {
  /** The credential's id, base64url. */
  id: string
  person_id: string
  name: string
  /** COSE key, base64url. */
  public_key: string
  counter: number
  /** JSON list. */
  transports: string
  created_at: number
  used_at: number | null
}

/** Who a person is at an OpenID provider. */
export interface IdentityTable {
  issuer: string
  subject: string
  person_id: string
  created_at: number
}

/** A sign-in under way: what was asked and is awaited. Taken once. */
export interface CeremonyTable {
  token_hash: string
  kind: string
  person_id: string | null
  data: string
  ends_at: number
}

/** A leaking bucket for each thing that is limited. */
export interface RateTable {
  key: string
  points: number
  at: number
}

/** The newest link by which a person may set a new password. */
export interface PasswordResetTable {
  token_hash: string
  person_id: string
  ends_at: number
}
