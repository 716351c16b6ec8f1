import { createHash } from 'node:crypto'
import { InputError } from '../../services/admin/errors.ts'
import { type Mac, readMac } from '../../services/core/mac.ts'
import type { Bag } from '../../services/core/merge-patch.ts'
import type { Definitions } from '../../services/phones/definition.ts'
import type { Standing } from '../accounts/policy.ts'
import { StaleError } from '../api/errors.ts'
import type { Boxes } from '../boxes.ts'
import type { Caller, CloudContext } from '../context.ts'
import { accountSecrets } from '../records/drafts.ts'
import { targetOf } from '../records/history.ts'
import { changedFields, writeRecords } from '../records/write.ts'
import type { Vendors } from '../vendors/vendors.ts'
import type { Fleet, FleetFilter } from './fleet.ts'
import { trySite } from './trial.ts'
import type { BulkPreview, BulkTarget, SiteTrial } from './trial-view.ts'

/** Records that one edit may change: they are written in one transaction. */
const MOST_RECORDS = 5_000
const MOST_SITES = 2_000
/** Devices of a preview that are shown one by one. */
const SHOWN = 500
const SHOWN_FAULTS = 100

export interface BulkEdit {
  readonly target: BulkTarget
  /** JSON merge patch (RFC 7396) of each device, or of the layer at each site. */
  readonly patch: Bag
}

interface Asker {
  readonly account: string
  readonly standing: Standing
  readonly caller: Caller
}

interface BulkDeps extends Pick<CloudContext, 'database' | 'clock'> {
  readonly boxes: Pick<Boxes, 'ready' | 'fanOut' | 'keys'>
  readonly definitions: Definitions
  readonly vendors: Pick<Vendors, 'known'>
  readonly fleet: Fleet
}

/** One edit for many devices, or for one layer at many sites: looked at first, then made whole or not at all. */
export function makeBulk(deps: BulkDeps) {
  const { database, boxes, definitions, clock, fleet } = deps

  /** The devices that are meant, by their sites; the sites alone for a layer. */
  async function chosen(
    { account, standing }: Asker,
    target: BulkTarget,
  ): Promise<ReadonlyMap<string, readonly Mac[]>> {
    const sites = new Map<string, Mac[]>()
    const sitesSeen = async () => new Set((await fleet.sites(account, standing)).map(({ siteId }) => siteId))
    if (target.kind === 'layer') {
      const known = await sitesSeen()
      const missing = target.sites?.find((site) => !known.has(site))
      if (missing !== undefined) throw unknownSite(missing)
      for (const site of target.sites ?? known) sites.set(site, [])
    } else if (target.devices !== undefined) {
      const known = await sitesSeen()
      for (const [i, { site, mac }] of target.devices.entries()) {
        const read = readMac(mac)
        if (read === undefined)
          throw new InputError('a device is named by its site and its MAC address', [
            { path: `target.devices.${i}.mac`, message: `${JSON.stringify(mac)} is not a device's MAC address` },
          ])
        if (!known.has(site)) throw unknownSite(site)
        sites.set(site, [...(sites.get(site) ?? []), read])
      }
    } else {
      const found = await everyDevice(account, standing, target.filter ?? {})
      for (const { siteId, mac } of found) {
        const list = sites.get(siteId) ?? []
        const read = readMac(mac)
        if (read !== undefined) list.push(read)
        sites.set(siteId, list)
      }
    }
    if (sites.size > MOST_SITES) throw new InputError(`${sites.size} sites are more than ${MOST_SITES} for one edit`)
    return sites
  }

  async function everyDevice(account: string, standing: Standing, filter: FleetFilter) {
    const { devices, next } = await fleet.page(account, standing, filter, { limit: MOST_RECORDS })
    if (next !== null)
      throw new InputError(`more than ${MOST_RECORDS} devices are meant: narrow the choice and make several edits`)
    return devices
  }

  async function tryAll(asker: Asker, { target, patch }: BulkEdit): Promise<readonly SiteTrial[]> {
    const { account, standing, caller } = asker
    const secrets = accountSecrets(await boxes.keys.of(account))
    const trials: SiteTrial[] = []
    for (const [site, macs] of await chosen(asker, target)) {
      const { known } = deps.vendors
      const facts = { db: database.db, secrets, definitions, known, now: clock.now(), by: caller.actor }
      trials.push(await trySite(facts, { account, site, standing, macs, target, patch }))
    }
    return trials
  }

  /** What it would change on which phones. Writes nothing. */
  async function preview(asker: Asker, edit: BulkEdit): Promise<BulkPreview> {
    return viewOf(await tryAll(asker, edit))
  }

  function viewOf(trials: readonly SiteTrial[]): BulkPreview {
    const effects = trials.flatMap((trial) => trial.effects)
    const faults = trials.flatMap((trial) => trial.faults)
    return {
      stamp: stampOf(trials),
      sites: trials.length,
      records: trials.flatMap((trial) => trial.edits).length,
      looked: trials.reduce((sum, { looked }) => sum + looked, 0),
      affected: effects.length,
      effects: effects.slice(0, SHOWN),
      faulty: faults.length,
      faults: faults.slice(0, SHOWN_FAULTS),
    }
  }

  /** Makes it, if everything is as `stamp` of the preview saw it: all or nothing. */
  async function apply(asker: Asker, edit: BulkEdit & { readonly stamp: string }): Promise<BulkPreview> {
    const { account, caller } = asker
    const trials = await tryAll(asker, edit)
    const made = viewOf(trials)
    if (made.stamp !== edit.stamp)
      throw new StaleError('something of it was changed since the preview; look at it again', made)
    const [fault] = made.faults
    if (fault !== undefined)
      throw new InputError(`${made.faulty} of them cannot be changed so; nothing was`, [
        { path: `${fault.siteId}/${fault.record}`, message: fault.message },
      ])
    const edits = trials.flatMap(({ site, edits: its }) => its.map((one) => ({ ...one, site })))
    if (edits.length > MOST_RECORDS)
      throw new InputError(`${edits.length} records are more than ${MOST_RECORDS} for one edit; make several`)
    const audit = edits.map(({ site, kind, id, body, before }) => ({
      accountId: account,
      action: 'record.edit',
      target: targetOf({ account, site }, { kind, id }),
      detail: { fields: changedFields(before?.body, body), together: edits.length },
    }))
    if (edits.length > 0) await writeRecords(deps, edits, { caller, audit })
    return made
  }

  return { preview, apply }
}

function unknownSite(site: string): InputError {
  return new InputError('there is no such site', [{ path: 'target', message: `${JSON.stringify(site)} is no site` }])
}

/** Changes with every record that the edit was made from. */
function stampOf(trials: readonly SiteTrial[]): string {
  const seen = trials.map(({ site, basis }) => [site, basis])
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex').slice(0, 32)
}
