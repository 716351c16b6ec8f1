/** Which process does a piece of work for all of them, until when. */
export interface WorkTurnTable {
  name: string
  holder: string
  ends_at: number
  /** What the work noted at its last run, e.g. how far it came. */
  note_at: number
}

/** What an account changed of a rule; a kind without a row has its defaults. */
export interface AlertRuleTable {
  account_id: string
  kind: string
  /** JSON object of numbers. */
  settings: string
  off_at: number | null
  rev: number
}

export interface AlertTable {
  id: string
  account_id: string
  site_id: string
  kind: string
  /** What of the site it is about; '' the site or its box. */
  subject: string
  /** `pending`: not long enough yet; `muted`: a person ended it while its reason stood. */
  state: 'pending' | 'open' | 'muted' | 'ended'
  text: string
  since_at: number
  /** The last time that its reason was there. */
  seen_at: number
  /** Since when its reason is gone. */
  clear_at: number | null
  opened_at: number | null
  ended_at: number | null
  ended_by: string | null
  ack_at: number | null
  ack_by: string | null
  snooze_at: number | null
}

export interface AlertChannelTable {
  id: string
  account_id: string
  kind: 'email' | 'webhook'
  name: string
  target: string
  secret_sealed: string | null
  /** JSON list of alert kinds; empty: all. */
  kinds: string
  off_at: number | null
  off_reason: string | null
  /** Since when nothing reaches it. */
  failing_at: number | null
  rev: number
  created_at: number
}

/** A letter or a webhook on its way. Its id is what a receiver knows repeats by. */
export interface DeliveryTable {
  id: string
  account_id: string
  /** Null: a letter without a channel, e.g. to the owners. */
  channel_id: string | null
  kind: 'email' | 'webhook'
  target: string
  event: string
  /** JSON: what is sent. */
  body: string
  state: 'waiting' | 'sent' | 'failed'
  tries_n: number
  next_at: number
  created_at: number
  done_at: number | null
  status_n: number | null
  error: string | null
}

export interface ReportScheduleTable {
  id: string
  account_id: string
  name: string
  every: 'day' | 'week' | 'month'
  hour_n: number
  time_zone: string
  /** JSON lists; no sites: all. */
  recipients: string
  sites: string
  next_at: number
  off_at: number | null
  rev: number
  created_by: string
  created_at: number
}

export interface ReportTable {
  id: string
  account_id: string
  /** Null: made on demand. */
  schedule_id: string | null
  name: string
  from_at: number
  until_at: number
  made_at: number
  made_by: string
  /** JSON: `FleetReport`. */
  body: string
}

export interface AlertTables {
  work_turn: WorkTurnTable
  alert_rule: AlertRuleTable
  alert: AlertTable
  alert_channel: AlertChannelTable
  delivery: DeliveryTable
  report_schedule: ReportScheduleTable
  report: ReportTable
}
