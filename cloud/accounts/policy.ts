import type { EpochMs } from '../../services/core/clock.ts'

// Who may do what. Every route names its action; nothing else decides.

export const ROLES = ['viewer', 'installer', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

export const SCOPES = [
  ...(['account', 'sites', 'people', 'tokens', 'audit', 'boxes', 'records', 'remote'] as const),
  ...(['alerts', 'reports', 'files', 'transfer'] as const),
] as const
/** What a token may be used for: an area to read, or to change too. */
export const TOKEN_SCOPES = SCOPES.flatMap((area) => [`${area}:read`, `${area}:write`] as const)
export type TokenScope = (typeof TOKEN_SCOPES)[number]

interface Rule {
  readonly area: (typeof SCOPES)[number]
  readonly write: boolean
  readonly roles: readonly Role[]
}

const all: readonly Role[] = ROLES
const managers: readonly Role[] = ['admin', 'owner']
const hands: readonly Role[] = ['installer', 'admin', 'owner']

/** Every act inside an account, and who may do it. */
export const RULES = {
  'account.read': { area: 'account', write: false, roles: all },
  // That something changed; each kind of thing only to who may read it (cloud/live/policy-changes.ts).
  'live.follow': { area: 'account', write: false, roles: all },
  'account.edit': { area: 'account', write: true, roles: managers },
  'customers.read': { area: 'account', write: false, roles: ['viewer', 'admin', 'owner'] },
  'customers.manage': { area: 'account', write: true, roles: managers },
  'sites.read': { area: 'sites', write: false, roles: all },
  'sites.create': { area: 'sites', write: true, roles: managers },
  'sites.edit': { area: 'sites', write: true, roles: hands },
  'sites.remove': { area: 'sites', write: true, roles: managers },
  'people.read': { area: 'people', write: false, roles: managers },
  'people.manage': { area: 'people', write: true, roles: managers },
  'tokens.read': { area: 'tokens', write: false, roles: managers },
  'tokens.manage': { area: 'tokens', write: true, roles: managers },
  // Looking changes nothing at the branch; what it tells holds no secret.
  'remote.look': { area: 'remote', write: false, roles: all },
  'remote.act': { area: 'remote', write: true, roles: hands },
  'remote.pages': { area: 'remote', write: true, roles: managers },
  'audit.read': { area: 'audit', write: false, roles: managers },
  'boxes.read': { area: 'boxes', write: false, roles: all },
  'boxes.claim': { area: 'boxes', write: true, roles: hands },
  'boxes.release': { area: 'boxes', write: true, roles: managers },
  'boxes.expect': { area: 'boxes', write: true, roles: managers },
  'records.read': { area: 'records', write: false, roles: all },
  'records.edit': { area: 'records', write: true, roles: hands },
  // A network cuts a whole branch off: it is for those for whom it is at the box too.
  'networks.edit': { area: 'records', write: true, roles: managers },
  'defaults.edit': { area: 'records', write: true, roles: managers },
  'templates.check': { area: 'records', write: false, roles: hands },
  'templates.edit': { area: 'records', write: true, roles: managers },
  'packs.read': { area: 'files', write: false, roles: all },
  'packs.assign': { area: 'files', write: true, roles: managers },
  'alerts.read': { area: 'alerts', write: false, roles: all },
  'alerts.handle': { area: 'alerts', write: true, roles: ['installer', 'admin', 'owner'] },
  'alert-rules.read': { area: 'alerts', write: false, roles: all },
  'alert-rules.manage': { area: 'alerts', write: true, roles: managers },
  'channels.read': { area: 'alerts', write: false, roles: managers },
  'channels.manage': { area: 'alerts', write: true, roles: managers },
  'reports.read': { area: 'reports', write: false, roles: ['viewer', 'admin', 'owner'] },
  'reports.manage': { area: 'reports', write: true, roles: managers },
  'files.read': { area: 'files', write: false, roles: all },
  'files.manage': { area: 'files', write: true, roles: managers },
  'files.give': { area: 'files', write: true, roles: managers },
  'rollouts.read': { area: 'files', write: false, roles: all },
  'rollouts.manage': { area: 'files', write: true, roles: managers },
  'account.export': { area: 'transfer', write: false, roles: managers },
  'account.import': { area: 'transfer', write: true, roles: managers },
} as const satisfies Record<string, Rule>
export type Action = keyof typeof RULES

/** What somebody is in an account. */
export interface Standing {
  readonly role: Role
  /** Only these sites; undefined: every one. */
  readonly sites?: readonly string[]
  /** Of a token; undefined: a person, who has all that the role gives. */
  readonly scopes?: readonly string[]
}

export type Permission = { readonly allowed: true } | { readonly allowed: false; readonly reason: string }

/** Whether somebody of this standing may do this. `site` that is not theirs is not refused but unknown: see `seesSite`. */
export function decide(standing: Standing, action: Action): Permission {
  const rule: Rule = RULES[action]
  if (!rule.roles.includes(standing.role))
    return { allowed: false, reason: `the role ${standing.role} may not do this (${action})` }
  if (standing.scopes === undefined) return { allowed: true }
  const wanted = `${rule.area}:${rule.write ? 'write' : 'read'}`
  const held = standing.scopes.includes(wanted) || (!rule.write && standing.scopes.includes(`${rule.area}:write`))
  return held ? { allowed: true } : { allowed: false, reason: `the token lacks the scope ${wanted}` }
}

/** A site that somebody does not see is answered like one that does not exist. */
export function seesSite(standing: Standing, siteId: string): boolean {
  return standing.sites === undefined || standing.sites.includes(siteId)
}

/** Whether somebody may give a role to others, or take it: never more than they have. */
export function mayGive(giver: Role, role: Role): boolean {
  return giver === 'owner' || (giver === 'admin' && role !== 'owner')
}

/**
 * What a role in a reseller's account is in the accounts below it. An installer works at named sites of one account
 * and is nobody elsewhere.
 */
export function roleBelow(role: Role): Role | undefined {
  if (role === 'owner' || role === 'admin') return 'admin'
  return role === 'viewer' ? 'viewer' : undefined
}

export const TOKEN_LIFE = { shortest: 60_000, longest: 400 * 86_400_000 } as const

/** Why a token cannot end then; undefined: it can. */
export function tokenEndFault(endsAt: EpochMs, now: EpochMs): string | undefined {
  if (endsAt < now + TOKEN_LIFE.shortest) return 'a token must last at least a minute'
  return endsAt > now + TOKEN_LIFE.longest ? 'a token lasts 400 days at most' : undefined
}
