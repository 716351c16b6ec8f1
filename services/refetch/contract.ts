import type { EpochMs } from '../core/clock.ts'
import type { DailyWindow } from '../core/daily-window.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { NotifyOutcome } from '../sip/contract.ts'

/** Whether a device is in a call, as far as its vendor lets one ask. */
export type Idle = 'idle' | 'busy' | 'unknown'

export interface Credentials {
  readonly user: string
  readonly secret: string
}

/** One request to a phone's own web server. */
export interface PhoneCall {
  /** What people call it: shown instead of the path, which may hold a password. */
  readonly name: string
  readonly scheme: 'http' | 'https'
  readonly port: number
  readonly method: 'GET' | 'POST'
  /** Path and query; `{password}` stands for the secret, which is filled in only when it is sent. */
  readonly path: string
  readonly contentType?: string
  readonly body?: string
  readonly credentials?: Credentials
  /** Basic authentication may be answered although nothing hides the password on its way. */
  readonly basic: boolean
}

export type PhoneReply =
  /** `body` is cut to some kilobytes. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly challenged: boolean }
  /** Why there is no answer, or why its challenge was not answered; holds no secret and no URL. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string }

/** Speaks to the web server of a phone. Never throws; follows no redirect. */
export interface PhoneHttp {
  send(to: Ipv4, call: PhoneCall, signal: AbortSignal): Promise<PhoneReply>
}

interface Asking {
  /** The phone restarts by it. */
  readonly reboots: boolean
  /** Its vendor says that the phone itself waits for the end of a call. */
  readonly postpones: boolean
}

/** One way to make a device fetch again. */
export type Way =
  | (Asking & {
      readonly kind: 'notify'
      readonly event: string
      readonly contentType?: string
      readonly body?: string
      /** Where the phone listens, and for whom: several may share an address. */
      readonly port: number
      readonly user: string
      readonly credentials?: Credentials
      /** The port stands in the device's own record: it then tells the device from others at its address. */
      readonly ownPort: boolean
    })
  | (Asking & {
      readonly kind: 'http'
      readonly call: PhoneCall
      /** What a good answer matches, and one that says that it is in a call. */
      readonly accept?: RegExp
      readonly busy?: RegExp
    })
  /** The device looks by itself: in a part of the day, or some time after it last did. */
  | {
      readonly kind: 'schedule'
      readonly window?: DailyWindow
      readonly everyMs?: number
      readonly lastAt?: EpochMs
    }

export interface IdleCheck {
  readonly call: PhoneCall
  readonly idle: RegExp
  readonly busy: RegExp
}

/** What is known of making one device fetch again. */
export interface Advice {
  /** In the order in which they are tried. */
  readonly ways: readonly Way[]
  /** What its vendor has, but what does not apply to this device, and why. */
  readonly passed: readonly { readonly way: string; readonly reason: string }[]
  readonly idle?: IdleCheck
  /** How long a device of this vendor may take to fetch once it was asked. */
  readonly patienceMs: number
}

/** What would have to happen on a device for it to have what is set. */
export interface Pending {
  readonly mac: Mac
  /** Files that the device has fetched and that would be others now, and its own when it never fetched that. */
  readonly files: readonly { readonly name: string; readonly why: 'changed' | 'never fetched' }[]
  readonly fetchedAt?: EpochMs
  /** What was edited since, e.g. `timezone`, `lines`. */
  readonly changed: readonly string[]
  readonly reboot: 'yes' | 'no' | 'unknown'
  readonly because: string
  /** How it would be asked. */
  readonly way?: { readonly kind: Way['kind']; readonly reboots: boolean; readonly text: string }
}

/** What the knowledge of vendors and settings tells; `phones` implements it. */
export interface RefetchAdvisor {
  /** Undefined: nobody knows whose device it is. */
  adviceFor(mac: Mac, options: { readonly reboot: boolean }): Advice | undefined
  pending(mac: Mac): Omit<Pending, 'way'>
  /** Whether it is a device of this model, in any spelling that its vendor's description knows. */
  isModel(mac: Mac, vendor: string, model: string): boolean
  /** Whether there is such a model. */
  hasModel(vendor: string, model: string): boolean
}

/** Where a device is, and what proves it. */
export type Place =
  | { readonly kind: 'held'; readonly address: Ipv4 }
  /** Neither a lease nor the link tells who holds it. */
  | { readonly kind: 'unproven'; readonly address: Ipv4 }
  /** Another device holds it, or both do behind one address. */
  | { readonly kind: 'shared'; readonly address: Ipv4; readonly holder: Mac }
  | { readonly kind: 'unknown' }

export type Selection =
  | { readonly kind: 'devices'; readonly macs: readonly Mac[] }
  | { readonly kind: 'group'; readonly group: string }
  /** `model` is spelled in any way that the vendor's description knows. */
  | { readonly kind: 'model'; readonly vendor: string; readonly model: string }
  | { readonly kind: 'all' }

export type When =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly at: EpochMs }
  | ({ readonly kind: 'window' } & DailyWindow)

export interface JobRequest {
  readonly selection: Selection
  readonly when: When
  readonly reboot: boolean
  /** How many devices of the site may be asked and not yet back at once. */
  readonly limit: number
  readonly by: string
  readonly why?: string
  /** The same key again gives the job that it made: a repeated request asks nobody twice. */
  readonly key?: string
}

export type Outcome =
  | 'fetched'
  | 'not-fetched'
  | 'refused'
  | 'silent'
  /** In a call for all the time that it was given. */
  | 'busy'
  /** It cannot be told; it looks by itself. */
  | 'by-itself'
  | 'unreachable'
  | 'cancelled'

export interface JobItem {
  readonly mac: Mac
  /** `asked`: told, or being told, and watched for its fetch. */
  readonly state: 'waiting' | 'asked' | 'ended'
  readonly outcome?: Outcome
  /** What was tried and what came of it, in plain words. */
  readonly text: string
  readonly askedAt?: EpochMs
  readonly endedAt?: EpochMs
}

export interface Job extends JobRequest {
  readonly id: string
  readonly at: EpochMs
  readonly state: 'waiting' | 'running' | 'done' | 'cancelled'
  /** When it goes on, while it waits for its time. */
  readonly opensAt?: EpochMs
  readonly endedAt?: EpochMs
  readonly items: readonly JobItem[]
}

/** Makes phones fetch again. */
export interface Refetch {
  /** Stores a job, which is on disk when this returns. Throws `OperatorError` naming what cannot be used. */
  start(request: JobRequest): Job
  /** One device now, whatever else is under way; resolves with what the phone said, at the last way tried. */
  ask(
    mac: Mac,
    options: { readonly by: string; readonly reboot: boolean; readonly why?: string },
  ): Promise<NotifyOutcome>
  jobs(): readonly Job[]
  job(id: string): Job | undefined
  /** Nobody is asked any more; who was asked is still watched. Throws `NotFoundError`. */
  cancel(id: string, options: { readonly by: string }): Job
  idle(mac: Mac): Promise<Idle>
  pending(mac: Mac): Pending
}
