import type { Mac } from '../core/mac.ts'
import type { Endpoint } from '../core/net.ts'

export interface NotifyRequest {
  readonly mac: Mac
  readonly to: Endpoint
  /** The user part of the phone's SIP address; a phone may refuse a NOTIFY for a user it does not know. */
  readonly user: string
  readonly event: string
  readonly contentType?: string
  readonly body?: string
  /** Answers a digest challenge, when the phone makes one. */
  readonly credentials?: { readonly user: string; readonly secret: string }
}

export type NotifyOutcome =
  | { readonly kind: 'accepted'; readonly status: number; readonly challenged: boolean }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'silent'; readonly attempts: number }

/** Sends one NOTIFY to one device and waits for its end (RFC 3261 non-INVITE transaction, at most 32 s). */
export interface Notifier {
  notify(request: NotifyRequest, signal?: AbortSignal): Promise<NotifyOutcome>
}
