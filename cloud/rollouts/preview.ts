import { type Kysely, sql } from 'kysely'
import type { FileFacts } from '../../services/files/contract.ts'
import type { Definitions } from '../../services/phones/definition.ts'
import { hardwareOfVersion, misfit, sameVersion } from '../../services/phones/firmware.ts'
import { findModel } from '../../services/phones/model-index.ts'
import type { Tables } from '../database/tables.ts'
import { OFFLINE_AFTER_MS } from '../fleet/policy-drift.ts'
import type { RolloutPlan } from './plan.ts'

/** A site as it would take part. */
export interface Prospect {
  readonly siteId: string
  readonly name: string
  readonly box: 'online' | 'offline' | 'none'
  /** Phones that it is meant for, as far as the account knows, and those of them that say the version already. */
  readonly phones: number
  readonly have: number
}

export interface ModelCount {
  readonly model: string
  readonly firmware: string
  readonly phones: number
}

interface Row {
  readonly id: string
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
  readonly n: number
}

interface Place {
  readonly id: string
  readonly name: string
  readonly note: string
  readonly box_id: string | null
  readonly seen_at: number | null
}

export type Wanted = Pick<RolloutPlan, 'what' | 'models' | 'version' | 'as'>

/** Sites of an account with their boxes, in the order of their names. */
export async function placesOf(db: Kysely<Tables>, account: string): Promise<readonly Place[]> {
  const { rows } = await sql<Place>`
    SELECT site.id, site.name, site.note, box.id AS box_id, box_seen.seen_at FROM site
    LEFT JOIN box ON box.site_id = site.id AND box.state = 'active'
    LEFT JOIN box_seen ON box_seen.box_id = box.id
    WHERE site.account_id = ${account} ORDER BY site.name, site.id`.execute(db)
  return rows
}

/** What would happen at these sites: those whose box is there and has phones for it first, so that the first ring proves something. */
export async function prospectsOf(
  { db, definitions, now }: { readonly db: Kysely<Tables>; readonly definitions: Definitions; readonly now: number },
  account: string,
  places: readonly Place[],
  wanted: Wanted,
): Promise<{ readonly sites: readonly Prospect[]; readonly models: readonly ModelCount[] }> {
  const meant = new Set(places.map(({ id }) => id))
  const { rows } = await sql<Row>`
    SELECT site.id, coalesce(d.vendor, d.seen_vendor) AS vendor, coalesce(d.model, d.seen_model) AS model, d.firmware,
      count(*) AS n
    FROM site LEFT JOIN site_feed ON site_feed.site_id = site.id
    JOIN fleet_device d ON d.feed = COALESCE(site_feed.feed, 'box:draft-' || site.id) AND d.recorded = 1
    WHERE site.account_id = ${account}
    GROUP BY site.id, coalesce(d.vendor, d.seen_vendor), coalesce(d.model, d.seen_model), d.firmware`.execute(db)
  const nameOf = makeNames(definitions)
  const fits = makeFits(definitions, wanted)
  const counts = new Map<string, { phones: number; have: number }>()
  const models = new Map<string, ModelCount>()
  for (const row of rows) {
    if (!meant.has(row.id) || wanted.what === 'system' || !fits(row, nameOf(row))) continue
    const n = Number(row.n)
    const count = counts.get(row.id) ?? { phones: 0, have: 0 }
    const has = row.firmware !== null && sameVersion(row.firmware, wanted.version)
    counts.set(row.id, { phones: count.phones + n, have: count.have + (has ? n : 0) })
    const model = nameOf(row)
    const key = JSON.stringify([model, row.firmware])
    models.set(key, { model, firmware: row.firmware ?? '', phones: (models.get(key)?.phones ?? 0) + n })
  }
  const sites = places.map(({ id, name, box_id, seen_at }): Prospect => {
    const online = seen_at !== null && seen_at >= now - OFFLINE_AFTER_MS
    const box = box_id === null ? 'none' : online ? 'online' : 'offline'
    return { siteId: id, name, box, ...(counts.get(id) ?? { phones: 0, have: 0 }) }
  })
  const rank = ({ box, phones, have }: Prospect) =>
    (box === 'online' ? 0 : box === 'offline' ? 2 : 4) + (wanted.what === 'system' || phones > have ? 0 : 1)
  return {
    sites: sites.toSorted((a, b) => rank(a) - rank(b)),
    models: [...models.values()].toSorted((a, b) => b.phones - a.phones),
  }
}

/** `yealink/T46U`, however a record or a phone spells it. */
function makeNames(definitions: Definitions): (row: Row) => string {
  return ({ vendor, model }) => {
    const [of = '', name = ''] = model?.includes('/') ? model.split('/') : [vendor ?? '', model ?? '']
    const definition = definitions.get(of.toLowerCase())
    const found = definition === undefined || name === '' ? undefined : findModel(definition, name)
    return [definition?.id ?? of, found?.model ?? name].filter((part) => part !== '').join('/')
  }
}

/** Whether a phone is meant, by the same rules as at the box; what the account does not know speaks against nothing. */
function makeFits(definitions: Definitions, { models, version, as }: Wanted): (row: Row, name: string) => boolean {
  const wanted = new Set(models.map((model) => model.toLowerCase()))
  const file: FileFacts & { readonly name: string } = { name: as, kind: 'firmware', version, models, hardware: [] }
  return (row, name) => {
    const [vendor = '', of = ''] = name.split('/')
    if (wanted.size > 0) return wanted.has(name.toLowerCase()) || wanted.has(vendor.toLowerCase())
    const definition = definitions.get(vendor)
    if (definition === undefined) return false
    const model = findModel(definition, of)
    const hardware = hardwareOfVersion(definition, row.firmware ?? undefined)
    return misfit(file, { definition, model, hardware }, definitions.all) === undefined
  }
}
