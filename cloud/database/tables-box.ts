export interface EnrolmentTable {
  id: string
  identity_key: string
  user_code: string
  network: string
  state: string
  expires_at: number
  created_at: number
  /** The whole `EnrolmentRow`. */
  json: string
}

export interface BoxTable {
  id: string
  account_id: string
  site_id: string
  state: 'active' | 'released' | 'revoked'
  identity_key: string
  next_key: string | null
  sealing_key: string
  /** The whole `BoxRow`. */
  json: string
}

export interface ExpectedBoxTable {
  account_id: string
  fingerprint: string
  site_id: string
  by_whom: string
  at: number
}

export interface EnrolmentAttemptTable {
  id: string
  key: string
  at: number
}

export interface EnrolmentChallengeTable {
  nonce: string
  ends_at: number
}

/** The X25519 pair that boxes of an account seal to. */
export interface AccountKeyTable {
  account_id: string
  public_key: string
  private_sealed: string
  created_at: number
}

/** Which feed holds the records of a site; none: its draft. */
export interface SiteFeedTable {
  site_id: string
  feed: string
}

export interface BoxSeenTable {
  box_id: string
  seen_at: number
  address: string
}

/** What one process of the cloud tells the others; kept for a minute. */
export interface SyncPokeTable {
  id: string
  at: number
  origin: string
  json: string
}
