import type { Kysely } from 'kysely'
import { BranchlineError, messageOf } from '../../services/core/errors.ts'
import { formatMac, type Mac, readMac } from '../../services/core/mac.ts'
import type { Bag } from '../../services/core/merge-patch.ts'
import type { SecretBox } from '../../services/core/secret.ts'
import type { Device, Effective, Identity, ValueChange } from '../../services/phones/contract.ts'
import type { Definitions } from '../../services/phones/definition.ts'
import type { VendorNames } from '../../services/phones/devices.ts'
import { differenceOf } from '../../services/phones/difference.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import { subjectOf } from '../../services/phones/subject.ts'
import type { Standing } from '../accounts/policy.ts'
import type { Tables } from '../database/tables.ts'
import { type Desk, makeDesk } from '../records/desk.ts'
import { deviceFace, layerFace, type RecordKey } from '../records/face.ts'
import { type Found, listOn, placeOf, type Shelf, shelfOf } from '../records/shelf.ts'
import { changedFields } from '../records/write.ts'
import type { BulkEffect, BulkFault, BulkTarget, SiteTrial } from './trial-view.ts'

const LAYERS = ['site', 'vendor', 'group', 'model'] as const
/** Passwords that a box makes by itself are no part of a comparison: they stay what they are. */
const NO_KEY = new Uint8Array(32)
/** Told by their own list of changes. */
const TOLD_BY_VALUE: ReadonlySet<string> = new Set(['settings', 'extra', 'dhcpOptions', 'locked'])

export interface TrialFacts {
  readonly db: Kysely<Tables>
  readonly secrets: SecretBox
  readonly definitions: Definitions
  /** Which vendors there are at a site, those among these included that only the account describes. */
  known(account: string, shelf: Shelf, vendors: readonly unknown[]): Promise<VendorNames>
  readonly now: number
  readonly by: string
}

export interface SiteEdit {
  readonly account: string
  readonly site: string
  readonly standing: Standing
  /** The devices to edit; for a layer none. */
  readonly macs: readonly Mac[]
  readonly target: BulkTarget
  readonly patch: Bag
}

/** Makes an edit at one site on a copy of its records, and says what came of it. Stores nothing. */
export async function trySite(facts: TrialFacts, edit: SiteEdit): Promise<SiteTrial> {
  const { db, secrets, definitions, now, by } = facts
  const { account, site, standing, target, patch } = edit
  const shelf = await shelfOf(db, { account, site }, standing)
  const found = new Map<string, Found>()
  for (const kind of [...LAYERS, 'device'] as const)
    for (const one of await listOn(db, shelf, kind)) found.set(`${kind}/${one.record.id}`, one)
  if (target.kind === 'layer' && target.shared && found.get(`${target.layer}/${target.id}`)?.shared === false)
    return { site, looked: 0, effects: [], faults: [], edits: [], basis: [] }
  const vendors = [patch.vendor, ...[...found.values()].map(({ record }) => record.body.vendor)]
  const known = await facts.known(account, shelf, vendors)
  const desk = makeDesk(
    [...found.values()].map(({ record }) => record),
    { secrets, definitions: known, now },
  )
  const seen = await seenAs(db, shelf)
  const faults: BulkFault[] = []
  const attempt = (key: RecordKey, work: () => void) => {
    try {
      work()
    } catch (thrown) {
      if (!(thrown instanceof BranchlineError) || thrown.fault !== 'operator') throw thrown
      const record = key.kind === 'device' ? `device ${formatMac(key.id as Mac)}` : `${key.kind} ${key.id}`
      faults.push({ siteId: site, record, message: messageOf(thrown) })
    }
  }

  const looked = target.kind === 'layer' ? desk.devices.list().map(({ mac }) => mac) : edit.macs
  const before = stateOf(desk, definitions, seen, looked)
  if (target.kind === 'layer') {
    const key = { kind: target.layer, id: target.id }
    const how = desk.records.get(key.kind, key.id) === undefined ? 'replace' : 'patch'
    attempt(key, () => layerFace[how](desk, key, patch, by))
  } else
    for (const mac of edit.macs) {
      const key = { kind: 'device', id: mac } as const
      attempt(key, () => deviceFace.patch(desk, key, patch, by))
    }
  const after = stateOf(desk, definitions, seen, looked)

  const effects = looked.flatMap((mac) => effectOf(site, before.get(mac), after.get(mac)))
  const edits = desk.records.drafts().flatMap(({ kind, id, body }) => {
    const place = placeOf(shelf, kind, found.get(`${kind}/${id}`))
    return body === undefined ? [] : [{ ...place, kind, id, body }]
  })
  const basis = [...found.values()].map(({ record }) => `${record.kind}/${record.id}@${record.rev}`)
  return { site, looked: looked.length, effects, faults, edits, basis }
}

interface DeviceState {
  readonly device: Device
  readonly body: Bag
  readonly effective: Effective
}

function stateOf(
  desk: Desk,
  definitions: Definitions,
  seen: ReadonlyMap<string, Identity>,
  macs: readonly Mac[],
): ReadonlyMap<Mac, DeviceState> {
  const facts = { definitions, layers: desk.layers, passwordKey: NO_KEY }
  return new Map(
    macs.flatMap((mac): [Mac, DeviceState][] => {
      const device = desk.devices.get(mac)
      if (device === undefined) return []
      const { effective } = subjectOf(facts, mac, device, seen.get(mac))
      return [[mac, { device, body: desk.records.get('device', mac)?.body ?? {}, effective }]]
    }),
  )
}

function effectOf(siteId: string, before: DeviceState | undefined, after: DeviceState | undefined): BulkEffect[] {
  if (before === undefined || after === undefined) return []
  const fields = changedFields(before.body as never, after.body as never).filter((name) => !TOLD_BY_VALUE.has(name))
  const changes = differenceOf(before.effective, after.effective).map(withoutSecret)
  if (fields.length === 0 && changes.length === 0) return []
  return [{ siteId, mac: formatMac(after.device.mac), name: after.device.name ?? '', fields, changes }]
}

function withoutSecret(change: ValueChange): ValueChange & { readonly secret: boolean } {
  if (!isSecretName(change.name)) return { ...change, secret: false }
  return { what: change.what, name: change.name, secret: true }
}

/** As what the site's box recognised each device; its record wins. */
async function seenAs(db: Kysely<Tables>, { own }: Shelf): Promise<ReadonlyMap<string, Identity>> {
  const rows = await db
    .selectFrom('fleet_device')
    .select(['mac', 'seen_vendor', 'seen_model'])
    .where('feed', '=', own)
    .where('seen_vendor', 'is not', null)
    .execute()
  return new Map(
    rows.flatMap(({ mac, seen_vendor, seen_model }): [string, Identity][] => {
      const read = readMac(mac)
      if (read === undefined || seen_vendor === null) return []
      const model = seen_model === null ? {} : { model: seen_model }
      return [[read, { vendor: seen_vendor, ...model, mac: read, confidence: 2, used: [] }]]
    }),
  )
}
