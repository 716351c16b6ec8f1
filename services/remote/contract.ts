import type { EpochMs } from '../core/clock.ts'
import type { Mac } from '../core/mac.ts'
import type { JsonObject } from '../records/contract.ts'

// What an account asks of a box, and how a phone's own web page travels between them. Types only: both programs import
// this file, `schema.ts` beside it checks what arrives. docs/remote-hands.md is for the people who use it.

/**
 * The number that every message of a box carries.
 *
 * - 1 (2026-11-26): jobs `explain`, `render`, `preview`, `template`, `versions`, `history`, `checks`, `undo`, `refetch`,
 *   `reboot`, `phone-page`; pages by long poll.
 */
export type RemoteVersion = 1

/** Below the `apiBase` of the claim; every message is a POST of JSON with the box's token. */
export const REMOTE_PATHS = {
  take: '/v1/jobs/take',
  result: (id: string) => `/v1/jobs/${id}/result`,
  pageTake: (page: string) => `/v1/pages/${page}/take`,
  pageAnswer: (page: string) => `/v1/pages/${page}/answer`,
} as const

/** What is to be done. A box that does not know a kind says that the job failed. */
export type JobSpec =
  | { readonly kind: 'explain'; readonly mac: Mac }
  /** Without `file` the phone's own configuration file. Secrets are always masked. */
  | { readonly kind: 'render'; readonly mac: Mac; readonly file?: string }
  /** What a merge patch of the phone's record would change in its files. Secrets are left out of it. */
  | { readonly kind: 'preview'; readonly mac: Mac; readonly patch: JsonObject }
  /** A file of the phone as it would be with other texts of its vendor; null: without an own one. */
  | {
      readonly kind: 'template'
      readonly mac: Mac
      readonly vendor: string
      readonly files: Readonly<Record<string, string | null>>
      readonly file?: string
    }
  /** What became of an own text over time; with `seq` the text of that version. */
  | { readonly kind: 'versions'; readonly vendor: string; readonly text: string; readonly seq?: number }
  /** Who changed which fields of the phone's record when. */
  | { readonly kind: 'history'; readonly mac: Mac }
  | { readonly kind: 'checks' }
  /** Takes one change of that history back. */
  | { readonly kind: 'undo'; readonly mac: Mac; readonly seq: number }
  | { readonly kind: 'refetch' | 'reboot'; readonly macs: readonly Mac[] }
  /** Opens the way to the phone's own web server for so long; `page` is the id of what a person opened. */
  | {
      readonly kind: 'phone-page'
      readonly mac: Mac
      readonly page: string
      readonly scheme: Scheme
      readonly minutes: number
    }

export type JobKind = JobSpec['kind']
export type Scheme = 'http' | 'https'

/** What the branch lets its account do: nothing, look, or look and act. */
export type RemoteMode = 'off' | 'read' | 'on'

/** The branch's own switches. The account learns of them and cannot change them. */
export interface RemoteSwitches {
  readonly remote: RemoteMode
  readonly phonePages: boolean
}

/**
 * - `waiting`: no box has it yet; `taken`: the box was given it.
 * - `done`, `failed`: the box said what came of it.
 * - `expired`: nobody took it in time, or the box has not said what came of it. A late word still counts.
 */
export type JobState = 'waiting' | 'taken' | 'done' | 'failed' | 'expired'

/** A job as the box is given it. */
export interface GivenJob {
  readonly id: string
  /** Not looked into yet: the box checks it as if it came from a stranger. */
  readonly spec: JsonObject
  /** The name of who wants it, as it stands in the box's journeys. */
  readonly by: string
  /** After that nobody waits any more; counted by the box from when it came, so no clock needs to be right. */
  readonly expiresInMs: number
}

export interface TakeRequest {
  readonly version: number
  /** Jobs at most. */
  readonly limit: number
}

/** What waits for this box, and what it was given and has not answered: it may never have arrived. */
export interface TakeAnswer {
  readonly answer: 'jobs'
  readonly jobs: readonly GivenJob[]
  /** The account's clock, to tell the box that its own is wrong. */
  readonly now: EpochMs
}

/** What the box says of a job. `done` and `failed` are the last word; saying it again changes nothing. */
export interface JobReport {
  readonly state: 'running' | 'done' | 'failed'
  /** One line for people. */
  readonly text: string
  /** 0 to 100. */
  readonly progress?: number
  readonly result?: JsonObject
}

export interface ResultRequest extends JobReport {
  readonly version: number
}

/** `unknown`: no such job of this box; there is nobody to tell. */
export interface ResultAnswer {
  readonly answer: 'stored' | 'unknown'
}

/** One request of a browser, on its way to the phone. */
export interface PageRequest {
  readonly id: string
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Base64. */
  readonly body?: string
}

export interface PageTakeRequest {
  readonly version: number
}

/** `closed`: the person or the time ended it. */
export type PageTakeAnswer =
  | { readonly answer: 'requests'; readonly requests: readonly PageRequest[] }
  | { readonly answer: 'closed' }

/** A part of the phone's answer: parts of one request come in order, the first with `head`, the last with `last`. */
export interface PageAnswer {
  readonly version: number
  readonly request: string
  readonly head?: { readonly status: number; readonly headers: readonly (readonly [name: string, value: string])[] }
  /** Base64. */
  readonly body?: string
  readonly last: boolean
}

/** `gone`: nobody waits for it any more. */
export interface PageAnswered {
  readonly answer: 'taken' | 'gone'
}

/** The way to the account, over HTTPS or in memory. Answers come as parsed JSON and are checked by the caller. */
export interface RemoteTransport {
  /** Throws when there is no answer of success, whatever the reason. */
  post(path: string, body: object, signal?: AbortSignal): Promise<unknown>
}
