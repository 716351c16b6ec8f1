import { useEffect, useRef } from 'preact/hooks'
import type { Change, What } from '../../cloud/live/policy-changes.ts'

/** What is shown is asked for again no more often, whatever happens. */
const EVERY_MS = 1_000
/** Nor than so many times as long as the answer took: what is much work for the account is asked for more seldom. */
const TIMES_AS_LONG = 10
const SELDOM_MS = 20_000
/** Pages that hear of the same change do not all ask in the same moment. */
const APART_MS = 200

/** What a part of the page shows: things of these kinds, of one site or of all. */
export interface Follows {
  readonly what: readonly What[]
  readonly site?: string
}

interface Follower extends Follows {
  readonly ask: () => Promise<unknown>
  askedAt: number
  paceMs: number
  timer: ReturnType<typeof setTimeout> | undefined
}

const followers = new Set<Follower>()
/** Something is new that nobody sees: it is asked for when the page is looked at again. */
let missed = false

function wake(follower: Follower): void {
  const wait = Math.max(Math.random() * APART_MS, follower.askedAt + follower.paceMs - Date.now())
  follower.timer ??= setTimeout(() => {
    follower.timer = undefined
    const begun = Date.now()
    follower.askedAt = begun
    void follower.ask().finally(() => {
      follower.paceMs = Math.min(SELDOM_MS, Math.max(EVERY_MS, TIMES_AS_LONG * (Date.now() - begun)))
    })
  }, wait)
}

function fits(follower: Follower, { site, what }: Change): boolean {
  if (site !== undefined && follower.site !== undefined && site !== follower.site) return false
  return what.some((word) => follower.what.includes(word))
}

/** Asks again wherever one of these changes is shown. */
export function newsOf(changes: readonly Change[]): void {
  if (document.hidden) missed = true
  else for (const one of followers) if (changes.some((change) => fits(one, change))) wake(one)
}

/** Asks for everything again that is shown. */
export function askAll(): void {
  if (document.hidden) missed = true
  else for (const one of followers) wake(one)
}

/** Somebody looks at the page again. */
export function caughtUp(): void {
  if (!missed || document.hidden) return
  missed = false
  askAll()
}

export function follow(what: Follows, ask: () => Promise<unknown>): () => void {
  const follower: Follower = { ...what, ask, askedAt: Date.now(), paceMs: EVERY_MS, timer: undefined }
  followers.add(follower)
  return () => {
    followers.delete(follower)
    clearTimeout(follower.timer)
  }
}

/** Asks again when something of this changed, as long as the part is shown. */
export function useFollowed(what: Follows | undefined, ask: () => Promise<unknown>): void {
  const newest = useRef(ask)
  newest.current = ask
  const key = what && `${what.site} ${what.what.join(' ')}`
  useEffect(() => (what === undefined ? undefined : follow(what, () => newest.current())), [key])
}
