import { type Action, decide, type Standing, seesSite } from '../accounts/policy.ts'

// What the streams of the page say: that something of a kind is another one, at a site or in the account; never what it is.

/** Kinds of things that change, and the act by which the API shows them: who may not do that does not hear of them. */
const READ_BY = {
  account: 'account.read',
  sites: 'sites.read',
  box: 'boxes.read',
  devices: 'records.read',
  records: 'records.read',
  conflicts: 'records.read',
  alerts: 'alerts.read',
  rollouts: 'rollouts.read',
  files: 'files.read',
  people: 'people.read',
} as const satisfies Record<string, Action>
export type What = keyof typeof READ_BY
export const WHATS = Object.keys(READ_BY) as readonly What[]

/** Without `site`: of the account itself, or of more of its sites than are worth naming. */
export interface Change {
  readonly site?: string
  readonly what: readonly What[]
}

export interface AccountChanges {
  readonly account: string
  readonly changes: readonly Change[]
}

/** Sites that are named one by one. More at once are a busy account: whoever looks asks for everything. */
export const MOST_SITES = 50

/** What changed since it was last taken, each thing once, however often it was said. */
export class Gathered {
  readonly #accounts = new Map<string, Map<string, Set<What>>>()

  add(account: string, { site = '', what }: Change): void {
    const sites = this.#accounts.get(account) ?? new Map<string, Set<What>>()
    this.#accounts.set(account, sites)
    const many = site !== '' && !sites.has(site) && sites.size >= MOST_SITES
    const place = many ? '' : site
    const words = sites.get(place) ?? new Set()
    sites.set(place, words)
    for (const word of what) words.add(word)
  }

  get size(): number {
    return this.#accounts.size
  }

  take(): readonly AccountChanges[] {
    const all = [...this.#accounts].map(([account, sites]) => ({
      account,
      changes: [...sites].map(([site, what]) => ({ ...(site !== '' && { site }), what: [...what] })),
    }))
    this.#accounts.clear()
    return all
  }
}

/** What of it somebody of this standing may hear. */
export function heardBy(standing: Standing, changes: readonly Change[]): readonly Change[] {
  return changes.flatMap(({ site, what }) => {
    if (site !== undefined && !seesSite(standing, site)) return []
    const heard = what.filter((word) => decide(standing, READ_BY[word]).allowed)
    return heard.length === 0 ? [] : [{ ...(site !== undefined && { site }), what: heard }]
  })
}

/** What a box reported, by the kinds of its report. */
export function reportedWhat(kinds: readonly string[]): readonly What[] {
  return [...new Set(kinds.flatMap((kind) => REPORTED[kind] ?? []))]
}
const REPORTED: Readonly<Record<string, readonly What[]>> = {
  ...{ device: ['devices'], 'new-device': ['devices'], rollout: ['rollouts'] },
  // It tells how far it is with what it was given, too.
  box: ['box', 'files'],
}

/** What a call of the API changed that went well, by its path below the account; nothing: it only looked. */
export function changedBy(path: readonly string[]): Change | undefined {
  const [first = '', second, third, fourth] = path
  if (first === 'sites' && second !== undefined && third !== undefined) {
    const what = ofSite(third, fourth)
    return what && { site: second, what }
  }
  if (path.at(-1) === 'preview' || path.at(-1) === 'check') return undefined
  const what = OF_ACCOUNT[first]
  return what && { what }
}

function ofSite(part: string, next: string | undefined): readonly What[] | undefined {
  if (part === 'templates' && next === 'check') return undefined
  return OF_SITE[part]
}

const OF_SITE: Readonly<Record<string, readonly What[]>> = {
  devices: ['devices'],
  layers: ['records', 'devices'],
  people: ['records'],
  networks: ['records'],
  templates: ['records', 'devices'],
  conflicts: ['conflicts', 'records', 'devices'],
  packs: ['files'],
  remote: ['box'],
  'phone-pages': ['box'],
}

const OF_ACCOUNT: Readonly<Record<string, readonly What[]>> = {
  '': ['account'],
  customers: ['account'],
  sites: ['sites', 'devices'],
  boxes: ['box'],
  'expected-boxes': ['box'],
  fleet: ['devices', 'records'],
  layers: ['records', 'devices'],
  templates: ['records', 'devices'],
  packs: ['files'],
  files: ['files'],
  'given-files': ['files'],
  rollouts: ['rollouts'],
  alerts: ['alerts'],
  'alert-rules': ['alerts'],
  people: ['people'],
  invitations: ['people'],
  tokens: ['people'],
  import: ['sites', 'records', 'devices', 'people', 'account', 'files'],
}
