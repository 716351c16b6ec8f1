export interface RolloutTable {
  id: string
  account_id: string
  name: string
  what: 'firmware' | 'system'
  /** Of the file that goes out. */
  sha256: string
  /** JSON of `RolloutPlan`; it never changes. */
  plan: string
  status: 'running' | 'paused' | 'halted' | 'cancelled' | 'completed'
  reason: string | null
  /** The ring that is out, counted from 0; -1: none yet. */
  ring_n: number
  /** Since when that ring is over; null: it is not. */
  ring_at: number | null
  /** Raised by whoever changes it: two that do so at once find out. */
  rev: number
  created_at: number
  by_actor: string
  by_name: string
  /** When nothing was left to do or to take away. */
  ended_at: number | null
  idempotency_key: string | null
}

export interface RolloutSiteTable {
  rollout_id: string
  site_id: string
  position_n: number
  ring_n: number
  state: 'waiting' | 'going' | 'done' | 'failed' | 'cancelled' | 'skipped'
  attempt_n: number
  failed_n: number
  total_n: number
  /** Failed phones that a person has looked at and let be. */
  excused_n: number
  /** 1: the box stopped by itself, or cannot do it. */
  hard_n: number
  /** The feed that holds its record, and what that says; null: there is none. */
  written: string | null
  reason: string | null
  let_go_at: number | null
  ended_at: number | null
  /** JSON of what its box told last of this attempt. */
  told: string | null
  told_at: number | null
}

export interface RolloutTables {
  rollout: RolloutTable
  rollout_site: RolloutSiteTable
}
