// Every route of the cloud's API, and who may call it. Written by hand: what is not here fails the test, and what the
// product allows must be what stands here.

export type Asker = 'owner' | 'admin' | 'installer' | 'viewer' | 'above' | 'watcher'

/** `above`: an admin of the reseller above; `watcher`: a viewer of it. */
export const ASKERS: readonly Asker[] = ['owner', 'admin', 'installer', 'viewer', 'above', 'watcher']

export interface Row {
  readonly route: string
  /** Who may; `public`: everybody; `person`: whoever is signed in, tokens not; `anyone`: tokens too. */
  readonly may: readonly Asker[] | 'public' | 'person' | 'anyone'
  /** The token scope that it needs. */
  readonly scope?: string
  readonly body?: unknown
  /** What is not there is no fault: it is made, or a list is empty. */
  readonly open?: true
  readonly query?: string
  /** Its site is one with a box that works; others have none, so that they can be taken away. */
  readonly box?: true
}

const everyone = ASKERS
const managers: readonly Asker[] = ['owner', 'admin', 'above']
const handlers: readonly Asker[] = [...managers, 'installer']
const readers: readonly Asker[] = ['owner', 'admin', 'viewer', 'above', 'watcher']
const hands: readonly Asker[] = [...managers, 'installer']
const A = '/api/v1/accounts/{account}'
const S = `${A}/sites/{site}`

/** List, look, replace, change, take away, history of one kind of record. */
function records(list: string, item: string, body: unknown, edit: readonly Asker[], open?: true): readonly Row[] {
  const read = { may: everyone, scope: 'records:read' }
  const write = { may: edit, scope: 'records:write' }
  const made = open === undefined ? {} : { open }
  return [
    { route: `GET ${list}`, ...read, ...made },
    { route: `GET ${item}`, ...read },
    { route: `PUT ${item}`, ...write, body, ...made },
    { route: `PATCH ${item}`, ...write, body },
    { route: `DELETE ${item}`, ...write },
    { route: `GET ${item}/history`, ...read },
  ]
}

/** Own texts and packs, of an account or of a site. */
function vendorRows(place: string): readonly Row[] {
  const [texts, packs] = [`${place}/templates`, `${place}/packs`]
  const read = { may: everyone, scope: 'records:read' }
  const write = { may: managers, scope: 'records:write' }
  return [
    { route: `GET ${texts}`, ...read },
    {
      route: `POST ${texts}/check`,
      may: handlers,
      scope: 'records:read',
      body: { vendor: 'acme', files: { 'a.liquid': 'x' } },
    },
    { route: `PUT ${texts}/{vendor}`, ...write, body: { files: { 'vendor.yaml': ACME, 'a.liquid': 'x' } }, open: true },
    { route: `GET ${texts}/{vendor}/{text}`, ...read },
    { route: `PUT ${texts}/{vendor}/{text}`, ...write, body: { text: 'x' }, open: true },
    { route: `DELETE ${texts}/{vendor}/{text}`, ...write },
    { route: `GET ${texts}/{vendor}/{text}/history`, ...read },
    { route: `GET ${packs}`, may: everyone, scope: 'files:read' },
    { route: `PUT ${packs}/{pack}`, may: managers, scope: 'files:write', body: { file: PACK_FILE }, open: true },
    { route: `DELETE ${packs}/{pack}`, may: managers, scope: 'files:write' },
  ]
}

/** A vendor as short as one can be. */
export const ACME = `vendor: Acme
recognise: { oui: [02:00:5E] }
models: [{ model: A1, lines: 1 }]
unlisted: { lines: 1 }
format: keyvalue
files: [{ name: "{mac}.acme", scope: device, from: a.liquid }]
`
export const PACK_FILE = 'gadget.pack'

/** Over the file that every account of the test has. */
export const ROLLOUT = { name: 'May', file: PACK_FILE, version: '1', models: ['acme'], target: { all: true as const } }

const SCHEDULE = { name: 'weekly', every: 'week', recipients: ['n@example.net'] }

export const MATRIX: readonly Row[] = [
  { route: 'GET /api/v1/accounts', may: 'anyone' },
  { route: `GET ${A}`, may: everyone, scope: 'account:read' },
  { route: `GET ${A}/events`, may: everyone, scope: 'account:read' },
  { route: `PATCH ${A}`, may: managers, scope: 'account:write', body: { name: 'new', rev: 1 } },
  { route: `GET ${A}/customers`, may: readers, scope: 'account:read' },
  { route: `POST ${A}/customers`, may: managers, scope: 'account:write', body: { name: 'below' } },
  { route: `POST ${A}/customers/{customer}/close`, may: managers, scope: 'account:write' },
  { route: `POST ${A}/customers/{customer}/reopen`, may: managers, scope: 'account:write' },
  { route: `GET ${A}/audit`, may: managers, scope: 'audit:read' },
  { route: `GET ${A}/sites`, may: everyone, scope: 'sites:read' },
  { route: `POST ${A}/sites`, may: managers, scope: 'sites:write', body: { name: 'new' } },
  { route: `GET ${A}/sites/{site}`, may: everyone, scope: 'sites:read' },
  {
    route: `PATCH ${A}/sites/{site}`,
    may: [...managers, 'installer'],
    scope: 'sites:write',
    body: { rev: 1, note: 'x' },
  },
  { route: `DELETE ${A}/sites/{site}`, may: managers, scope: 'sites:write' },
  { route: `GET ${A}/people`, may: managers, scope: 'people:read' },
  { route: `PUT ${A}/people/{person}`, may: managers, scope: 'people:write', body: { role: 'viewer' } },
  { route: `DELETE ${A}/people/{person}`, may: managers, scope: 'people:write' },
  { route: `GET ${A}/invitations`, may: managers, scope: 'people:read' },
  {
    route: `POST ${A}/invitations`,
    may: managers,
    scope: 'people:write',
    body: { email: 'n@example.net', role: 'viewer' },
  },
  { route: `DELETE ${A}/invitations/{invitation}`, may: managers, scope: 'people:write' },
  { route: `GET ${A}/tokens`, may: managers, scope: 'tokens:read' },
  {
    route: `POST ${A}/tokens`,
    may: managers,
    scope: 'tokens:write',
    body: { name: 't', role: 'viewer', scopes: ['sites:read'], endsAt: 1_800_100_000_000 },
  },
  { route: `DELETE ${A}/tokens/{token}`, may: managers, scope: 'tokens:write' },
  { route: `GET ${A}/fleet/devices`, may: everyone, scope: 'records:read' },
  { route: `GET ${A}/fleet/counts`, may: everyone, scope: 'records:read' },
  { route: `GET ${A}/fleet/sites`, may: everyone, scope: 'records:read' },
  {
    route: `POST ${A}/fleet/edit/preview`,
    may: hands,
    scope: 'records:write',
    body: { target: { kind: 'devices' }, patch: { group: 'sales' } },
  },
  {
    route: `POST ${A}/fleet/edit`,
    may: hands,
    scope: 'records:write',
    // The stamp of an edit that no device is meant by.
    body: {
      target: { kind: 'devices', filter: { text: 'nobody' } },
      patch: { group: 'sales' },
      stamp: '4f53cda18c2baa0c0354bb5f9a3ecbe5',
    },
  },
  { route: `GET ${A}/fleet/customers`, may: readers, scope: 'account:read' },
  ...records(`${S}/devices`, `${S}/devices/{mac}`, { name: 'new' }, hands),
  { route: `GET ${S}/devices/{mac}/shape`, may: everyone, scope: 'records:read' },
  ...records(`${S}/layers/{kind}`, `${S}/layers/{kind}/{id}`, { settings: { language: 'fr' } }, hands),
  ...records(`${S}/people`, `${S}/people/{contact}`, { name: 'new' }, hands),
  { route: `POST ${S}/people`, may: hands, scope: 'records:write', body: { name: 'new' } },
  ...records(`${S}/networks`, `${S}/networks/{network}`, { subnet: '192.0.2.0/24' }, managers),
  {
    route: `POST ${S}/networks`,
    ...{ may: managers, scope: 'records:write', body: { name: 'new', subnet: '198.51.100.0/24' } },
  },
  ...records(`${A}/layers/{kind}`, `${A}/layers/{kind}/{id}`, { settings: { language: 'fr' } }, managers, true),
  { route: `GET ${S}/status`, may: everyone, scope: 'records:read' },
  { route: `GET ${S}/conflicts`, may: everyone, scope: 'records:read' },
  { route: `POST ${S}/conflicts/{conflict}/settle`, may: hands, scope: 'records:write', body: { take: true } },
  { route: `GET ${A}/boxes`, may: everyone, scope: 'boxes:read' },
  { route: `GET ${A}/expected-boxes`, may: everyone, scope: 'boxes:read' },
  { route: `POST ${A}/boxes/{box}/resume`, may: managers, scope: 'boxes:write' },
  { route: `GET ${A}/sites/{site}/remote`, may: everyone, scope: 'remote:read', box: true },
  {
    route: `PUT ${A}/sites/{site}/remote`,
    may: managers,
    scope: 'remote:write',
    box: true,
    body: { phonePages: false },
  },
  { route: `GET ${A}/sites/{site}/jobs`, may: everyone, scope: 'remote:read', box: true },
  { route: `GET ${A}/sites/{site}/jobs/{job}`, may: everyone, scope: 'remote:read', box: true },
  {
    route: `POST ${A}/sites/{site}/jobs/look`,
    may: everyone,
    scope: 'remote:read',
    box: true,
    body: { job: { kind: 'explain', mac: '00:00:5e:00:53:01' } },
  },
  {
    route: `POST ${A}/sites/{site}/jobs/act`,
    may: [...managers, 'installer'],
    scope: 'remote:write',
    box: true,
    body: { job: { kind: 'reboot', macs: ['00:00:5e:00:53:01'] } },
  },
  { route: `GET ${A}/sites/{site}/phone-pages`, may: everyone, scope: 'remote:read', box: true },
  {
    route: `POST ${A}/sites/{site}/phone-pages`,
    may: managers,
    scope: 'remote:write',
    box: true,
    body: { mac: '00:00:5e:00:53:01' },
  },
  { route: `DELETE ${A}/sites/{site}/phone-pages/{page}`, may: managers, scope: 'remote:write', box: true },
  { route: 'POST /api/v1/claims', may: 'anyone' },
  { route: 'POST /api/v1/claims/confirm', may: 'anyone' },
  { route: 'POST /api/v1/claims/deny', may: 'anyone' },
  { route: 'POST /api/v1/boxes/{id}/release', may: 'anyone' },
  { route: 'POST /api/v1/boxes/{id}/revoke', may: 'anyone' },
  { route: 'POST /api/v1/boxes/{id}/transfer', may: 'anyone' },
  { route: 'POST /api/v1/boxes/{id}/keep', may: 'anyone' },
  { route: 'POST /api/v1/expected-boxes', may: 'anyone' },
  { route: 'DELETE /api/v1/expected-boxes/{org}/{fingerprint}', may: 'anyone' },
  { route: `GET ${A}/alerts`, may: everyone, scope: 'alerts:read' },
  { route: `POST ${A}/alerts/{alert}/acknowledge`, may: handlers, scope: 'alerts:write' },
  { route: `POST ${A}/alerts/{alert}/end`, may: handlers, scope: 'alerts:write' },
  { route: `POST ${A}/alerts/{alert}/snooze`, may: handlers, scope: 'alerts:write', body: { minutes: 60 } },
  { route: `GET ${A}/alert-rules`, may: everyone, scope: 'alerts:read' },
  {
    route: `PUT ${A}/alert-rules`,
    may: managers,
    scope: 'alerts:write',
    body: { kind: 'disk-low', rev: 0, enabled: false },
  },
  { route: `GET ${A}/alert-channels`, may: managers, scope: 'alerts:read' },
  {
    route: `POST ${A}/alert-channels`,
    may: managers,
    scope: 'alerts:write',
    body: { kind: 'webhook', name: 'n', target: 'https://hooks.example.net/' },
  },
  {
    route: `PUT ${A}/alert-channels/{channel}`,
    may: managers,
    scope: 'alerts:write',
    body: { rev: 1, enabled: true, name: 'n', target: 'https://hooks.example.net/' },
  },
  { route: `DELETE ${A}/alert-channels/{channel}`, may: managers, scope: 'alerts:write' },
  { route: `POST ${A}/alert-channels/{channel}/secret`, may: managers, scope: 'alerts:write' },
  { route: `POST ${A}/alert-channels/{channel}/test`, may: managers, scope: 'alerts:write' },
  { route: `GET ${A}/deliveries`, may: managers, scope: 'alerts:read' },
  { route: `GET ${A}/reports`, may: readers, scope: 'reports:read' },
  { route: `POST ${A}/reports`, may: managers, scope: 'reports:write', body: {} },
  { route: `GET ${A}/reports/{report}`, may: readers, scope: 'reports:read' },
  { route: `GET ${A}/reports/{report}/csv`, may: readers, scope: 'reports:read' },
  { route: `GET ${A}/report-schedules`, may: readers, scope: 'reports:read' },
  { route: `POST ${A}/report-schedules`, may: managers, scope: 'reports:write', body: SCHEDULE },
  {
    route: `PUT ${A}/report-schedules/{schedule}`,
    may: managers,
    scope: 'reports:write',
    body: { ...SCHEDULE, rev: 1 },
  },
  { route: `DELETE ${A}/report-schedules/{schedule}`, may: managers, scope: 'reports:write' },
  { route: `GET ${A}/files`, may: everyone, scope: 'files:read' },
  { route: `POST ${A}/files`, may: managers, scope: 'files:write', query: '?name=new.rom', body: 'content' },
  { route: `GET ${A}/files/{file}`, may: everyone, scope: 'files:read' },
  { route: `DELETE ${A}/files/{file}`, may: managers, scope: 'files:write' },
  { route: `GET ${A}/given-files`, may: everyone, scope: 'files:read' },
  { route: `PUT ${A}/given-files/{given}`, may: managers, scope: 'files:write', body: { file: PACK_FILE }, open: true },
  { route: `DELETE ${A}/given-files/{given}`, may: managers, scope: 'files:write' },
  { route: `GET ${A}/given-files/{given}/sites`, may: everyone, scope: 'files:read', open: true },
  { route: `GET ${A}/rollouts`, may: everyone, scope: 'files:read' },
  { route: `POST ${A}/rollouts/preview`, may: managers, scope: 'files:write', body: ROLLOUT },
  { route: `POST ${A}/rollouts`, may: managers, scope: 'files:write', body: ROLLOUT },
  { route: `GET ${A}/rollouts/{rollout}`, may: everyone, scope: 'files:read' },
  { route: `POST ${A}/rollouts/{rollout}/act`, may: managers, scope: 'files:write', body: { act: 'pause' } },
  { route: `GET ${A}/rollouts/{rollout}/sites`, may: everyone, scope: 'files:read' },
  { route: `GET ${A}/rollouts/{rollout}/sites/{site}`, may: everyone, scope: 'files:read' },
  { route: `GET ${A}/export`, may: managers, scope: 'transfer:read' },
  { route: `POST ${A}/import`, may: managers, scope: 'transfer:write', query: '?dryRun=1', body: {} },
  ...vendorRows(A),
  ...vendorRows(S),
  { route: `GET ${A}/packs/{pack}/sites`, may: everyone, scope: 'files:read', open: true },
  { route: 'POST /api/v1/sign-in', may: 'public' },
  { route: 'POST /api/v1/sign-in/second-factor', may: 'public' },
  { route: 'POST /api/v1/sign-in/passkey/begin', may: 'public' },
  { route: 'POST /api/v1/sign-in/passkey', may: 'public' },
  { route: 'POST /api/v1/sign-in/reset', may: 'public' },
  { route: 'POST /api/v1/sign-in/reset/confirm', may: 'public' },
  { route: 'GET /api/v1/sign-in/providers', may: 'public' },
  { route: 'GET /api/v1/sign-in/oidc/{provider}/begin', may: 'public' },
  { route: 'GET /api/v1/sign-in/oidc/{provider}/callback', may: 'public' },
  { route: 'POST /api/v1/invitations/look', may: 'public' },
  { route: 'POST /api/v1/invitations/accept', may: 'public' },
  { route: 'POST /api/v1/invitations/join', may: 'person' },
  { route: 'POST /api/v1/sign-out', may: 'person' },
  { route: 'GET /api/v1/settings', may: 'anyone' },
  { route: 'GET /api/v1/models', may: 'anyone' },
  { route: 'GET /api/v1/template-words/{vendor}', may: 'anyone' },
  { route: 'GET /api/v1/me', may: 'person' },
  { route: 'POST /api/v1/me/prove', may: 'person' },
  { route: 'POST /api/v1/me/password', may: 'person' },
  { route: 'GET /api/v1/me/sessions', may: 'person' },
  { route: 'DELETE /api/v1/me/sessions', may: 'person' },
  { route: 'DELETE /api/v1/me/sessions/{id}', may: 'person' },
  { route: 'POST /api/v1/me/totp/begin', may: 'person' },
  { route: 'POST /api/v1/me/totp', may: 'person' },
  { route: 'DELETE /api/v1/me/totp', may: 'person' },
  { route: 'GET /api/v1/me/passkeys', may: 'person' },
  { route: 'POST /api/v1/me/passkeys/begin', may: 'person' },
  { route: 'POST /api/v1/me/passkeys', may: 'person' },
  { route: 'DELETE /api/v1/me/passkeys/{id}', may: 'person' },
]

export const ACCOUNT_ROWS = MATRIX.filter((row) => Array.isArray(row.may))
