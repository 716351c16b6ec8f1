export interface RemoteJobTable {
  id: string
  account_id: string
  site_id: string
  /** The site's box when it was asked: another one that takes its place is not given it. */
  box_id: string
  kind: string
  /** JSON of `JobSpec`. */
  spec: string
  state: 'waiting' | 'taken' | 'done' | 'failed' | 'expired'
  /** What the caller named it by, so that asking again makes no second one. */
  idempotency_key: string | null
  by_actor: string
  by_name: string
  created_at: number
  /** Until when the box may take it. */
  expires_at: number
  taken_at: number | null
  /** Once taken: until when the box must have said what came of it. */
  answer_by_at: number | null
  ended_at: number | null
  /** 0 to 100. */
  progress: number
  text: string
  /** JSON object. */
  result: string | null
}

/** What a site allows beyond what roles do. */
export interface SiteRemoteTable {
  site_id: string
  /** Since when phones' pages may be opened; null: they may not. */
  phone_pages_at: number | null
}

export interface PhonePageTable {
  id: string
  account_id: string
  site_id: string
  box_id: string
  job_id: string
  mac: string
  /** Of its host name. */
  label: string
  /** Null: used. */
  ticket_hash: string | null
  ticket_ends_at: number
  cookie_hash: string | null
  by_actor: string
  by_name: string
  created_at: number
  ends_at: number
  /** Its end is in the audit log. */
  closed_at: number | null
}
