import { signal } from '@preact/signals'
import type { Change } from '../../cloud/live/policy-changes.ts'
import { ApiError, api } from '../api.ts'
import { connection } from '../state.ts'
import { askAll, caughtUp, newsOf } from './followers.ts'

/** The account sends a beat every 15 s: two missed ones are a lost connection, whatever the browser believes. */
const SILENCE_MS = 40_000
/** While no news comes everything that is shown is asked for so often; and what changes by time alone in any case. */
export const LOST_MS = 20_000
const SLOW_MS = 60_000
/** After an answer that is no stream; longer each time, so that a cloud that starts again is not run over. */
const RETRY_MS = 3_000
const LONGEST_RETRY_MS = 60_000

/** The account cannot be reached at all: what is shown is as it was then. */
export const awaySince = signal<number | undefined>(undefined)

/** Follows an account for as long as its page is open and looked at; returns the way to stop. */
export function followAccount(id: string): () => void {
  const address = `/api/v1/accounts/${encodeURIComponent(id)}/events`
  let source: EventSource | undefined
  let heardAt = Date.now()
  let askedAt = Date.now()
  let probedAt = 0
  let tries = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const lost = () => {
    if (connection.value.state !== 'lost') connection.value = { state: 'lost', since: Date.now() }
  }
  const hear = () => {
    heardAt = Date.now()
    awaySince.value = undefined
  }
  const disconnect = () => {
    source?.close()
    source = undefined
    clearTimeout(retry)
    retry = undefined
  }

  function connect(): void {
    disconnect()
    heardAt = Date.now()
    const it = new EventSource(address)
    source = it
    it.addEventListener('hello', () => {
      hear()
      tries = 0
      connection.value = { state: 'live', since: Date.now() }
      // What changed before this, or while it was lost, was not told.
      askedAt = Date.now()
      askAll()
    })
    it.addEventListener('beat', hear)
    it.addEventListener('changed', (message) => {
      hear()
      newsOf((JSON.parse(message.data) as { changes: readonly Change[] }).changes)
    })
    it.addEventListener('error', () => {
      lost()
      void probe()
      // The browser tries a broken stream again by itself, but gives up after an answer that is no stream.
      if (it.readyState === EventSource.CLOSED) again()
    })
  }

  function again(): void {
    const wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** tries) * (1 + Math.random() / 2)
    tries++
    retry ??= setTimeout(connect, wait)
  }

  /** Whether it is the stream alone that is lost, or the account; a session that ended shows here, too. */
  async function probe(): Promise<void> {
    if (Date.now() - probedAt < RETRY_MS) return
    probedAt = Date.now()
    try {
      await api(`/accounts/${encodeURIComponent(id)}`)
      awaySince.value = undefined
    } catch (error) {
      if (error instanceof ApiError && error.status === 0) awaySince.value ??= connection.peek().since
    }
  }

  function look(): void {
    const now = Date.now()
    if (document.hidden) return
    if (source !== undefined && now - heardAt > SILENCE_MS) {
      lost()
      connect()
    }
    const live = connection.peek().state === 'live'
    if (now - askedAt < (live ? SLOW_MS : LOST_MS)) return
    askedAt = now
    askAll()
    if (!live) void probe()
  }

  /** A browser has few connections to one host: a page that nobody sees keeps none. */
  function seen(): void {
    if (document.hidden) disconnect()
    else if (source === undefined) {
      connect()
      caughtUp()
    }
  }

  seen()
  const timer = setInterval(look, 1_000)
  document.addEventListener('visibilitychange', seen)
  return () => {
    disconnect()
    clearInterval(timer)
    document.removeEventListener('visibilitychange', seen)
    connection.value = { state: 'connecting', since: Date.now() }
  }
}
