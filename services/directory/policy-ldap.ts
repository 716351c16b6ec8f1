import {
  type Control,
  decodePaging,
  encodeEntry,
  encodePaging,
  encodeResult,
  PAGED_RESULTS,
  RESPONSE,
  type Request,
  type Result,
  type SearchRequest,
} from './codec-ldap.ts'
import { type Entry, LDAP_BASE } from './contract.ts'
import { compileFilter } from './policy-filter.ts'
import { attributeKey, type Compared, comparedOf, type LdapEntry, ldapEntryOf } from './policy-schema.ts'

// What an LDAP request gets: a directory that is read only and small enough to be looked through at each search.

/** Result codes (RFC 4511 appendix A). */
export const CODE = {
  ...{ success: 0, operationsError: 1, protocolError: 2, sizeLimitExceeded: 4, authMethodNotSupported: 7 },
  ...{ adminLimitExceeded: 11, unavailableCriticalExtension: 12, noSuchObject: 32, invalidDnSyntax: 34 },
  ...{ invalidCredentials: 49, insufficientAccessRights: 50, unwillingToPerform: 53 },
} as const

/** Entries that a search gives at most, without pages, and in one page. */
export const MAX_HITS = 1000
const MAX_PAGE = 500
/** Failed log-ins after which the connection ends. */
const MAX_FAILURES = 3
/** Comparisons that one search may take: some thousand entries with any filter of a phone. */
const MAX_WORK = 2_000_000

/** What is remembered of a connection. */
export interface Session {
  readonly bound: boolean
  readonly failures: number
  /** The search whose pages are being read: one at a time. */
  readonly paging?: {
    readonly cookie: string
    readonly key: string
    readonly hits: readonly LdapEntry[]
    readonly cut: boolean
  }
  /** Pages given so far; makes each cookie different. */
  readonly pages: number
}

export const NEW_SESSION: Session = { bound: false, failures: 0, pages: 0 }

export interface LdapFacts {
  /** The phone book as the asking device sees it, in order. */
  entries(): readonly Entry[]
  /** Whether these open the directory; absent: nobody has to log in. */
  readonly verify?: (user: string, password: string) => boolean
}

export interface Answer {
  readonly session: Session
  /** Encoded messages. */
  readonly replies: readonly Uint8Array[]
  readonly close?: true
  /** How many entries a search gave. */
  readonly found?: number
}

/** Answers one request. */
export function answerLdap(session: Session, request: Request, facts: LdapFacts): Answer {
  const { id, operation } = request
  const reply = (tag: number, result: Result, next: Session = session): Answer => ({
    session: next,
    replies: [encodeResult(id, tag, result)],
  })
  switch (operation.kind) {
    case 'unbind':
      return { session, replies: [], close: true }
    case 'abandon':
      // Each search is over before the next message is read (section 4.11).
      return { session, replies: [] }
    case 'bind':
      return answerBind(session, request, facts)
    case 'extended':
      // StartTLS among them (section 4.14.2).
      return reply(RESPONSE.extended, { code: CODE.protocolError, message: 'this extension is not offered' })
    case 'other':
      return reply(operation.answer, { code: CODE.unwillingToPerform, message: 'this directory is read only' })
    case 'search': {
      const objection = objectionTo(session, request.controls, facts, isRootDse(operation))
      return objection === undefined
        ? answerSearch(session, request, operation, facts)
        : reply(RESPONSE.done, objection)
    }
  }
}

function answerBind(session: Session, { id, operation, controls }: Request, facts: LdapFacts): Answer {
  if (operation.kind !== 'bind') return { session, replies: [] }
  const { version, name, password } = operation
  // Section 4.2.1: a bind ends whatever was agreed before.
  const anonymous: Session = { bound: false, failures: session.failures, pages: session.pages }
  const answer = (result: Result, next: Session = anonymous): Answer => ({
    session: next,
    replies: [encodeResult(id, RESPONSE.bind, result)],
    ...(next.failures >= MAX_FAILURES && { close: true }),
  })
  const critical = controls.find((control) => control.critical)
  if (critical !== undefined) return answer(criticalControl(critical))
  if (version !== 3) return answer({ code: CODE.protocolError, message: 'only LDAP version 3 is spoken here' })
  if (password === undefined)
    return answer({ code: CODE.authMethodNotSupported, message: 'only simple authentication is offered' })
  if (name === '' && password === '') return answer({ code: CODE.success })
  // RFC 4513 section 5.1.2: a name without a password proves nothing, and clients take a success for a proof.
  if (password === '') return answer({ code: CODE.unwillingToPerform, message: 'a password is needed' })
  if (facts.verify?.(name, password)) return answer({ code: CODE.success }, { ...anonymous, bound: true })
  return answer({ code: CODE.invalidCredentials }, { ...anonymous, failures: session.failures + 1 })
}

function criticalControl({ type }: Control): Result {
  return { code: CODE.unavailableCriticalExtension, message: `control ${type.slice(0, 60)} is not known` }
}

function objectionTo(
  session: Session,
  controls: readonly Control[],
  facts: LdapFacts,
  open: boolean,
): Result | undefined {
  const unknown = controls.find((control) => control.critical && control.type !== PAGED_RESULTS)
  if (unknown !== undefined) return criticalControl(unknown)
  if (facts.verify !== undefined && !session.bound && !open)
    return { code: CODE.insufficientAccessRights, message: 'log in first' }
  return undefined
}

function isRootDse({ base, scope }: SearchRequest): boolean {
  return base === '' && scope === 'base'
}

/** RFC 4512 section 5.1. Its attributes but the class are operational: they are given when they are asked for. */
const ROOT_DSE: LdapEntry = {
  name: '',
  attributes: [
    ['objectClass', ['top']],
    ['namingContexts', ['dc=branchline']],
    ['supportedLDAPVersion', ['3']],
    ['supportedControl', [PAGED_RESULTS]],
    ['vendorName', ['Branchline']],
  ],
}
const ROOT: LdapEntry = {
  name: 'dc=branchline',
  attributes: [
    ['objectClass', ['top', 'domain']],
    ['dc', ['branchline']],
  ],
}
const PEOPLE: LdapEntry = {
  name: LDAP_BASE,
  attributes: [
    ['objectClass', ['top', 'organizationalUnit']],
    ['ou', ['people']],
  ],
}

/** One spelling for a distinguished name (RFC 4514), good enough for the few names that there are; undefined for none. */
function dnKey(name: string): string | undefined {
  if (name.trim() === '') return ''
  const parts = name.split(',').map((part) => /^\s*([A-Za-z0-9.-]+)\s*=\s*(.*?)\s*$/s.exec(part))
  if (parts.includes(null)) return undefined
  return parts.map((part) => `${attributeKey(part?.[1] ?? '')}=${(part?.[2] ?? '').toLowerCase()}`).join(',')
}

interface Prepared {
  readonly entry: LdapEntry
  readonly compared: Compared
}

const prepared = new WeakMap<readonly Entry[], readonly Prepared[]>()

function prepare(entries: readonly Entry[]): readonly Prepared[] {
  let made = prepared.get(entries)
  if (made === undefined) {
    made = entries.map((one) => {
      const entry = ldapEntryOf(one)
      return { entry, compared: comparedOf(entry) }
    })
    prepared.set(entries, made)
  }
  return made
}

/** The entries that a base and a scope mean; a result when the base is not there. */
function scoped({ base, scope }: SearchRequest, people: readonly Prepared[]): readonly Prepared[] | Result {
  const key = dnKey(base)
  if (key === undefined) return { code: CODE.invalidDnSyntax, message: 'the base is no distinguished name' }
  const [root, unit] = [ROOT, PEOPLE].map((entry) => ({ entry, compared: comparedOf(entry) }))
  if (root === undefined || unit === undefined) return []
  if (key === '') return scope === 'one' ? [root] : [root, unit, ...people]
  if (key === dnKey(ROOT.name)) return scope === 'base' ? [root] : scope === 'one' ? [unit] : [root, unit, ...people]
  if (key === LDAP_BASE) return scope === 'base' ? [unit] : scope === 'one' ? people : [unit, ...people]
  const one = people.find(({ entry }) => entry.name.toLowerCase() === key)
  if (one !== undefined) return scope === 'one' ? [] : [one]
  const under = [LDAP_BASE, ROOT.name].find((name) => key.endsWith(`,${name}`)) ?? ''
  return { code: CODE.noSuchObject, matched: under }
}

function answerSearch(session: Session, request: Request, search: SearchRequest, facts: LdapFacts): Answer {
  const { id, controls } = request
  const { paging: _over, ...rest } = session
  const done = (
    result: Result,
    hits: readonly LdapEntry[] = [],
    next: Session = rest,
    control?: Uint8Array,
  ): Answer => ({
    session: next,
    replies: [
      ...hits.map((hit) => encodeEntry(id, hit.name, selected(hit, search))),
      encodeResult(id, RESPONSE.done, result, control),
    ],
    found: hits.length,
  })
  if (isRootDse(search)) {
    const fits = compileFilter(search.filter)(comparedOf(ROOT_DSE)) === true
    return done({ code: CODE.success }, fits ? [ROOT_DSE] : [])
  }
  const control = controls.find(({ type }) => type === PAGED_RESULTS)
  const paging = control === undefined ? undefined : decodePaging(control.value)
  const key = JSON.stringify([search.base, search.scope, search.filter, search.sizeLimit])
  let hits: readonly LdapEntry[]
  let cut: boolean
  let from = 0
  if (paging !== undefined && paging.cookie !== '') {
    const kept = session.paging
    if (kept === undefined || kept.cookie !== paging.cookie || kept.key !== key)
      return done({ code: CODE.unwillingToPerform, message: 'the cookie is not of this search' })
    // RFC 2696 section 3: a size of 0 gives the search up.
    if (paging.size === 0) return done({ code: CODE.success }, [], rest, encodePaging(kept.hits.length, ''))
    ;({ hits, cut } = kept)
    from = Number(paging.cookie.split('.')[1] ?? 0)
  } else {
    const found = findAll(search, facts)
    if ('code' in found) return done(found)
    const most = search.sizeLimit > 0 ? search.sizeLimit : Number.POSITIVE_INFINITY
    const limit = paging === undefined ? Math.min(most, MAX_HITS) : most
    cut = found.length > limit
    hits = found.slice(0, limit)
  }
  const over: Result = { code: cut ? CODE.sizeLimitExceeded : CODE.success }
  if (paging === undefined) return done(over, hits)
  const size = Math.min(Math.max(paging.size, 1), MAX_PAGE)
  const page = hits.slice(from, from + size)
  const next = from + page.length
  if (next >= hits.length) return done(over, page, rest, encodePaging(hits.length, ''))
  const pages = session.pages + 1
  const cookie = `${pages}.${next}`
  const kept: Session = { ...rest, pages, paging: { cookie, key, hits, cut } }
  return done({ code: CODE.success }, page, kept, encodePaging(hits.length, cookie))
}

function findAll(search: SearchRequest, facts: LdapFacts): readonly LdapEntry[] | Result {
  const within = scoped(search, prepare(facts.entries()))
  if ('code' in within) return within
  if (within.length * parts(search.filter) > MAX_WORK)
    return { code: CODE.adminLimitExceeded, message: 'the filter takes too long' }
  const test = compileFilter(search.filter)
  return within.flatMap(({ entry, compared }) => (test(compared) === true ? [entry] : []))
}

function parts(filter: SearchRequest['filter']): number {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.filters.reduce((sum, one) => sum + parts(one), 1)
  if (filter.kind === 'not') return 1 + parts(filter.filter)
  return filter.kind === 'substrings' ? 2 + filter.any.length : 1
}

/** The attributes that were asked for (section 4.5.1.8): none named means all that are not operational. */
function selected(entry: LdapEntry, { attributes, typesOnly }: SearchRequest): LdapEntry['attributes'] {
  const wanted = new Set(attributes.map(attributeKey))
  const all = wanted.size === 0 || wanted.has('*')
  const operational = entry === ROOT_DSE ? wanted.has('+') : false
  return entry.attributes.flatMap(([name, values]): LdapEntry['attributes'] => {
    const ordinary = entry !== ROOT_DSE || name === 'objectClass'
    const given = wanted.has(attributeKey(name)) || (ordinary ? all : operational)
    return given ? [[name, typesOnly ? [] : values]] : []
  })
}
