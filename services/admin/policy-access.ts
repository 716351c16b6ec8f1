import type { Role, Scope } from '../accounts/contract.ts'

/**
 * What a request does, in words of roles. `public`: signing in itself. `self`: a person's own account. Secrets are shown
 * by `devices` routes that check for more than this.
 */
export type Action = 'public' | 'self' | Scope | 'accounts'

/** What each role may do. */
const MAY: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ['public', 'self', 'read', 'metrics'],
  installer: ['public', 'self', 'read', 'metrics', 'devices'],
  admin: ['public', 'self', 'read', 'metrics', 'devices', 'site'],
  owner: ['public', 'self', 'read', 'metrics', 'devices', 'site', 'accounts'],
}

/**
 * Every route: `METHOD[,METHOD] path` and what it does. One that is not here is refused to everybody but the local socket;
 * a test compares this list with the OpenAPI document.
 */
export const ROUTES: readonly (readonly [string, Action])[] = [
  ['GET /api/v1/sign-in', 'public'],
  ['POST /api/v1/sign-in', 'public'],
  ['POST /api/v1/sign-in/first', 'public'],
  ['POST /api/v1/sign-out', 'public'],
  ['GET /api/v1/health', 'public'],

  ['POST /api/v1/me/confirm', 'self'],
  ['PUT /api/v1/me/password', 'self'],
  ['GET,DELETE /api/v1/me/sessions', 'self'],
  ['DELETE /api/v1/me/sessions/{id}', 'self'],
  ['POST,PUT,DELETE /api/v1/me/second-factor', 'self'],
  ['GET,POST /api/v1/me/tokens', 'self'],
  ['DELETE /api/v1/me/tokens/{id}', 'self'],

  ['GET,POST /api/v1/accounts', 'accounts'],
  ['PATCH,DELETE /api/v1/accounts/{name}', 'accounts'],
  ['PUT /api/v1/accounts/{name}/password', 'accounts'],
  ['GET,DELETE /api/v1/accounts/{name}/sessions', 'accounts'],
  ['GET /api/v1/account-events', 'accounts'],
  ['GET /api/v1/trust', 'accounts'],
  ['GET /api/v1/tokens', 'accounts'],
  ['DELETE /api/v1/tokens/{id}', 'accounts'],

  ['GET /metrics', 'metrics'],
  ['GET /api/v1/counters', 'metrics'],
  ['GET /api/openapi.json', 'read'],
  ['GET /api/v1/events', 'read'],
  ['GET /api/v1/about', 'read'],
  ['GET /api/v1/health/checks', 'read'],
  ['GET /api/v1/update', 'read'],
  // What runs on the box decides over everything in it.
  ['PUT /api/v1/update', 'accounts'],
  ['POST,DELETE /api/v1/update/restart', 'site'],
  ['PUT,DELETE /api/v1/update/window', 'site'],
  ['GET /api/v1/logs', 'site'],
  ['GET /api/v1/logs/text', 'site'],
  // A backup is sealed: whoever makes or holds one reads nothing in it.
  ['GET,POST /api/v1/backups', 'site'],
  ['GET,DELETE /api/v1/backups/{name}', 'site'],
  ['PUT /api/v1/backup-schedule', 'site'],
  ['POST /api/v1/backup-key', 'accounts'],
  ['POST /api/v1/backup-key/confirm', 'accounts'],
  // Who restores decides over everything in the box, and who may come in.
  ['GET,PUT,DELETE /api/v1/restore', 'accounts'],
  ['POST /api/v1/restore/choose', 'accounts'],
  ['POST /api/v1/restore/check', 'accounts'],
  ['POST /api/v1/restore/apply', 'accounts'],
  ['GET,POST /api/v1/factory-reset', 'accounts'],
  ['GET /api/v1/box-network', 'read'],
  ['PUT /api/v1/box-network', 'site'],
  ['POST /api/v1/box-network/keep', 'site'],
  ['GET /api/v1/alarms', 'read'],
  ['GET /api/v1/pace', 'read'],
  ['GET /api/v1/links', 'read'],
  ['GET /api/v1/journeys', 'read'],
  ['GET /api/v1/journeys/{mac}', 'read'],
  ['GET /api/v1/leases', 'read'],
  ['GET /api/v1/dhcp', 'read'],
  ['GET /api/v1/pending', 'read'],
  ['GET /api/v1/new-devices', 'read'],

  ['GET /api/v1/devices', 'read'],
  ['POST /api/v1/devices/import', 'devices'],
  ['GET /api/v1/devices/{mac}', 'read'],
  ['PUT,PATCH,DELETE /api/v1/devices/{mac}', 'devices'],
  ['GET /api/v1/devices/{mac}/explain', 'read'],
  ['GET /api/v1/devices/{mac}/parameters', 'read'],
  ['GET /api/v1/devices/{mac}/files', 'read'],
  ['GET /api/v1/devices/{mac}/file', 'read'],
  ['GET /api/v1/devices/{mac}/history', 'read'],
  ['POST /api/v1/devices/{mac}/history/{seq}/undo', 'devices'],
  ['GET /api/v1/devices/{mac}/shape', 'read'],
  ['POST /api/v1/devices/{mac}/preview', 'devices'],
  ['GET /api/v1/settings', 'read'],
  ['GET /api/v1/models', 'read'],
  ['GET /api/v1/devices/{mac}/pending', 'read'],
  ['GET /api/v1/devices/{mac}/setup', 'devices'],
  ['POST /api/v1/devices/{mac}/resync', 'devices'],
  ['POST /api/v1/devices/{mac}/allow', 'devices'],
  ['POST /api/v1/devices/{mac}/replace', 'devices'],
  ['POST /api/v1/new-devices/{mac}/adopt', 'devices'],
  ['POST /api/v1/new-devices/{mac}/assign', 'devices'],
  ['GET /api/v1/moves', 'read'],
  ['POST /api/v1/moves/{id}/undo', 'devices'],
  ['GET /api/v1/import/formats', 'read'],
  ['POST /api/v1/import/columns', 'devices'],
  ['POST /api/v1/import/preview', 'devices'],
  ['POST /api/v1/import/apply', 'devices'],
  ['POST /api/v1/scan', 'devices'],

  ['GET /api/v1/people', 'read'],
  ['POST /api/v1/people', 'devices'],
  ['POST /api/v1/people/import', 'devices'],
  ['GET /api/v1/people/export', 'read'],
  ['GET /api/v1/people/waiting', 'read'],
  ['GET /api/v1/people/{id}', 'read'],
  ['PUT,PATCH,DELETE /api/v1/people/{id}', 'devices'],
  ['GET /api/v1/people/{id}/history', 'read'],
  ['GET /api/v1/phone-book', 'read'],
  ['GET /api/v1/phone-book/{vendor}/{document}', 'read'],
  // The PIN of a round stands in its status.
  ['GET /api/v1/claim', 'devices'],
  ['POST /api/v1/claim/open', 'devices'],
  ['POST /api/v1/claim/close', 'devices'],
  ['POST /api/v1/claim/pins', 'devices'],

  ['GET /api/v1/refetch', 'read'],
  ['POST /api/v1/refetch', 'devices'],
  ['GET /api/v1/refetch/{id}', 'read'],
  ['DELETE /api/v1/refetch/{id}', 'devices'],

  ['GET /api/v1/layers/{kind}', 'read'],
  ['GET /api/v1/layers/{kind}/{id}', 'read'],
  ['PUT /api/v1/layers/{kind}/{id}', 'site'],
  ['POST /api/v1/layers/{kind}/{id}/preview', 'site'],
  ['GET /api/v1/changes', 'read'],
  ['POST /api/v1/changes/{seq}/undo', 'site'],
  ['PUT /api/v1/dhcp/interfaces/{name}', 'site'],
  ['POST /api/v1/dhcp/interfaces/{name}/listen', 'site'],
  ['GET /api/v1/dhcp/networks', 'read'],
  ['POST /api/v1/dhcp/networks', 'site'],
  ['GET /api/v1/devices/{mac}/dhcp', 'read'],
  ['PATCH,DELETE /api/v1/dhcp/networks/{id}', 'site'],
  ['GET /api/v1/dhcp/networks/{id}/removal', 'read'],
  ['GET /api/v1/files', 'read'],
  ['GET /api/v1/files/{name}', 'read'],
  ['PUT,PATCH,DELETE /api/v1/files/{name}', 'site'],
  ['POST /api/v1/files/{name}/verify', 'site'],
  ['GET /api/v1/rollouts', 'read'],
  ['POST /api/v1/rollouts', 'site'],
  ['POST /api/v1/rollouts/preview', 'site'],
  ['GET /api/v1/rollouts/{id}', 'read'],
  ['POST /api/v1/rollouts/{id}/resume', 'site'],
  ['POST /api/v1/rollouts/{id}/pause', 'site'],
  ['POST /api/v1/rollouts/{id}/cancel', 'site'],
  ['POST /api/v1/rollouts/{id}/approve', 'site'],

  ['GET /api/v1/templates', 'read'],
  ['GET /api/v1/template-words/{vendor}', 'read'],
  ['POST /api/v1/templates/check', 'site'],
  ['POST /api/v1/templates/preview', 'site'],
  ['PUT /api/v1/templates/{vendor}', 'site'],
  ['GET /api/v1/templates/{vendor}/{file}', 'read'],
  ['PUT,DELETE /api/v1/templates/{vendor}/{file}', 'site'],
  ['GET /api/v1/templates/{vendor}/{file}/versions', 'read'],
  ['GET /api/v1/templates/{vendor}/{file}/versions/{seq}', 'read'],
  ['POST /api/v1/templates/{vendor}/{file}/restore', 'site'],
  ['GET /api/v1/packs', 'read'],
  ['PUT /api/v1/packs', 'site'],
  ['POST /api/v1/packs/verify', 'site'],
  ['POST /api/v1/packs/{name}/back', 'site'],
  ['DELETE /api/v1/packs/{name}', 'site'],
  // Whose packs are taken decides what every phone gets.
  ['PUT /api/v1/packs/keys', 'accounts'],
  ['GET /api/v1/cloud', 'read'],
  ['PUT /api/v1/cloud', 'accounts'],
  ['POST /api/v1/cloud/sync', 'site'],
  ['POST /api/v1/cloud/leave', 'accounts'],
]

interface Rule {
  readonly methods: readonly string[]
  readonly segments: readonly string[]
  readonly action: Action
}

const RULES: readonly Rule[] = ROUTES.map(([route, action]) => {
  const [methods = '', path = ''] = route.split(' ')
  return { methods: methods.split(','), segments: path.split('/'), action }
})

/** What this request does; undefined: no such route. A segment that is spelled out goes before one that is any name. */
export function actionOf(method: string, path: string): Action | undefined {
  const wanted = method === 'HEAD' ? 'GET' : method
  const segments = path.split('/')
  const open = (rule: Rule) => rule.segments.filter((segment) => segment.startsWith('{')).length
  const [best] = RULES.filter(
    (rule) =>
      rule.methods.includes(wanted) &&
      rule.segments.length === segments.length &&
      rule.segments.every((segment, i) => (segment.startsWith('{') ? segments[i] !== '' : segment === segments[i])),
  ).sort((a, b) => open(a) - open(b))
  return best?.action
}

/** Who asks. `open`: on loopback while there are no accounts, where nobody can be told from anybody. */
export type Asker =
  | { readonly kind: 'socket' }
  | { readonly kind: 'open' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'account'; readonly role: Role }
  | { readonly kind: 'token'; readonly role: Role; readonly scopes: readonly Scope[] }

export type Access = 'allowed' | 'sign-in' | 'forbidden' | 'unknown'

/** The one place where it is decided whether a request may be answered. */
export function accessOf(asker: Asker, method: string, path: string): Access {
  if (asker.kind === 'socket' || asker.kind === 'open') return 'allowed'
  const action = actionOf(method, path)
  if (action === 'public') return 'allowed'
  // The same for routes that there are and that there are not: who is not signed in learns nothing.
  if (asker.kind === 'nobody') return 'sign-in'
  if (action === undefined) return 'unknown'
  return mayDo(asker, action) ? 'allowed' : 'forbidden'
}

/** Whether somebody may do such things, whatever the route. */
export function mayDo(asker: Asker, action: Action): boolean {
  if (asker.kind === 'socket' || asker.kind === 'open') return true
  if (asker.kind === 'nobody') return action === 'public'
  if (!MAY[asker.role].includes(action)) return false
  return asker.kind === 'account' || asker.scopes.some((scope) => scope === action)
}
