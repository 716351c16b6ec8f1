import type { Clock } from '../core/clock.ts'
import { ConflictError, messageOf, NotFoundError, OperatorError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import { RecordError } from '../core/record-input.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { Journal } from '../journey/contract.ts'
import type { Device, Devices, Inspector, Naming, RenderedPreview, Trial } from '../phones/contract.ts'
import type { JsonObject, Records, StoredRecord } from '../records/contract.ts'
import type { Move, Moves, ReplacePlan, ReplaceRequest } from './contract.ts'
import { archivedBody, misfitsOf, movedBody } from './policy.ts'
import { addMove, markUndone, moveById, newestMoves, type Side, type StoredMove } from './store.ts'

export interface MovesDeps {
  readonly db: SqlDatabase
  readonly records: Pick<Records, 'get' | 'put' | 'remove' | 'batch' | 'history'>
  readonly devices: Pick<Devices, 'get' | 'check'>
  readonly inspector: Inspector
  readonly naming: Naming
  readonly journal: Journal
  readonly clock: Clock
  readonly newId: () => string
  /** Addresses that DHCP keeps for a device, as `192.0.2.5 in network lan`. */
  reservationsOf(mac: Mac): readonly string[]
}

/** What a request comes to, before anything is written. */
interface Prepared {
  readonly plan: ReplacePlan
  readonly old: StoredRecord
  readonly standing: StoredRecord | undefined
  readonly body: JsonObject
  /** The new phone in words: `Snom D785`. */
  readonly what: string
}

/** Replaces phones and takes it back, over the store of records. */
export function makeMoves(deps: MovesDeps): Moves {
  const { db, records, clock } = deps
  return {
    preview: (request) => prepare(deps, request).plan,
    replace(request, { by }) {
      const { plan, old, standing, body, what } = prepare(deps, request)
      const { from, to } = request
      const [id, at] = [deps.newId(), clock.now()]
      const note = `${new Date(at).toISOString().slice(0, 10)}: replaced by ${formatMac(to)}${what}`
      const move = records.batch(() => {
        const made = records.put('device', to, body, { by, base: standing?.rev ?? 0 })
        let oldRev = 0
        if (request.old === 'remove') records.remove('device', from, { by, base: old.rev })
        else oldRev = records.put('device', from, archivedBody(old.body, note), { by, base: old.rev }).rev
        const sides = {
          from: { before: old.body, revAfter: oldRev },
          to: { before: standing?.body ?? null, revAfter: made.rev },
        }
        const move: StoredMove = { ...{ id, at, by, from, to, sides }, old: request.old, misfits: plan.misfits }
        addMove(db, move)
        return move
      })
      tell(deps, from, by, `replaced by ${formatMac(to)}${what}`)
      tell(deps, to, by, `took the place of ${formatMac(from)}`)
      return withoutSides(move)
    },
    undo(id, { by }) {
      const move = moveById(db, id)
      if (move === undefined) throw new NotFoundError(`no move ${id.slice(0, 40)}`)
      if (move.undone !== undefined)
        throw new ConflictError(`this move was undone already, by ${move.undone.by} at ${timeText(move.undone.at)}`)
      const { from, to, sides } = move
      for (const mac of [from, to]) refuseChanged(deps, mac, mac === from ? sides.from : sides.to)
      const at = clock.now()
      records.batch(() => {
        putBack(deps, from, sides.from, by)
        putBack(deps, to, sides.to, by)
        markUndone(db, id, at, by)
      })
      tell(deps, from, by, `put back: ${formatMac(to)} does not take its place any more`)
      tell(deps, to, by, `does not take the place of ${formatMac(from)} any more`)
      return { ...withoutSides(move), undone: { at, by } }
    },
    list: () => newestMoves(db).map(withoutSides),
  }
}

function withoutSides({ sides: _, ...move }: StoredMove): Move {
  return move
}

function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ')
}

function tell(deps: MovesDeps, mac: Mac, by: string, what: string): void {
  deps.journal.record({ at: deps.clock.now(), mac, step: { kind: 'record.changed', by, what } })
}

function refuseChanged({ records }: MovesDeps, mac: Mac, { revAfter }: Side): void {
  if ((records.get('device', mac)?.rev ?? 0) === revAfter) return
  const last = records.history('device', mac).at(-1)
  const who = last === undefined ? '' : ` by ${last.by} at ${timeText(last.at)}`
  throw new ConflictError(`${formatMac(mac)} was changed since${who}; undoing the move would lose that`)
}

function putBack({ records }: MovesDeps, mac: Mac, { before, revAfter }: Side, by: string): void {
  if (before !== null) records.put('device', mac, before, { by, base: revAfter })
  else if (revAfter > 0) records.remove('device', mac, { by, base: revAfter })
}

function prepare(deps: MovesDeps, request: ReplaceRequest): Prepared {
  const { from, to } = request
  const old = deps.records.get('device', from)
  const device = deps.devices.get(from)
  if (old === undefined || device === undefined) throw new NotFoundError(`no device ${formatMac(from)}`)
  if (from === to) throw new OperatorError(`${formatMac(from)} cannot take its own place; edit the device instead`)
  const standing = deps.records.get('device', to)
  checkRevision(from, old.rev, request.fromRev)
  checkRevision(to, standing?.rev ?? 0, request.toRev)
  if (standing !== undefined && request.overwrite !== true)
    throw new ConflictError(
      `${formatMac(to)} has a record already${nameText(standing)}; say that it is to be overwritten, or remove it first`,
    )
  const before = deps.inspector.try(device)
  const phone = newPhone(deps, request, device, before)
  const body = movedBody(old.body, phone)
  const faults = deps.devices.check(to, body)
  if (faults.length > 0) throw new RecordError(`device ${formatMac(to)}`, faults)
  const moved: Device = { ...withoutKind(device), ...phone.said, mac: to, rev: (standing?.rev ?? 0) + 1 }
  const after = deps.inspector.try(moved)
  const seen = after.explanation.identity
  const vendor = moved.vendor ?? seen.vendor
  const model = moved.model ?? (seen.vendor === vendor ? seen.model : undefined)
  const title = (id: string | undefined) => (id === undefined ? undefined : deps.naming.vendorTitle(id))
  const misfits = misfitsOf({
    before: { device, effective: before.explanation.effective, findings: before.findings },
    after: { effective: after.explanation.effective, findings: after.findings },
    ...{ oldVendor: title(phone.oldVendor), newVendor: title(vendor), oldVendorId: phone.oldVendor },
    sameVendor: phone.oldVendor === vendor,
  })
  const what = [title(vendor) ?? vendor, model].filter((word) => word !== undefined).join(' ')
  return {
    ...{ old, standing, body, what: what === '' ? '' : ` (${what})` },
    plan: {
      ...{ from, to, old: request.old, fromRev: old.rev, toRev: standing?.rev ?? 0, device: moved, misfits },
      effective: after.explanation.effective,
      ...(vendor !== undefined && { vendor }),
      ...(model !== undefined && { model }),
      notes: [...phone.notes, ...notesOf(deps, device, phone.oldVendor !== vendor)],
      ...rendered(after),
    },
  }
}

function withoutKind({ vendor: _vendor, model: _model, ...device }: Device): Device {
  return device
}

function nameText({ body }: StoredRecord): string {
  return typeof body.name === 'string' ? ` (${body.name})` : ''
}

function checkRevision(mac: Mac, now: number, wanted: number | undefined): void {
  if (wanted !== undefined && wanted !== now)
    throw new ConflictError(`${formatMac(mac)} is at revision ${now}, the preview was made of ${wanted}`)
}

function rendered(trial: Trial): { readonly file: RenderedPreview } | { readonly problem: string } {
  try {
    return { file: trial.render() }
  } catch (thrown) {
    return { problem: messageOf(thrown) }
  }
}

interface Chosen {
  readonly vendor?: string | undefined
  readonly model?: string | undefined
  /** What of it stands in the record. */
  readonly said: Pick<Device, 'vendor' | 'model'>
  readonly oldVendor: string | undefined
  readonly notes: readonly string[]
}

/** What the new phone is: what was asked for, else what it was recognised as, else what the old one is. */
function newPhone(deps: MovesDeps, request: ReplaceRequest, device: Device, before: Trial): Chosen {
  const { naming } = deps
  const seen = deps.inspector.explain(request.to).identity
  const oldVendor = device.vendor ?? before.explanation.identity.vendor
  const named = request.model === undefined ? undefined : naming.model(request.model)
  const vendor = request.vendor === undefined ? (named?.vendor ?? seen.vendor) : vendorOrThrow(naming, request.vendor)
  const notes: string[] = []
  if (vendor === undefined && device.vendor === undefined)
    notes.push('The vendor of the new phone is not known yet: nothing is told of what it can do.')
  const kind = vendor ?? device.vendor
  if (vendor === undefined && device.vendor !== undefined)
    notes.push(`The new phone was not recognised: it is taken for one of ${naming.vendorTitle(device.vendor)}.`)
  let model = request.model === undefined ? undefined : (naming.model(request.model, kind)?.model ?? request.model)
  if (request.model !== undefined && kind !== undefined && naming.model(request.model, kind) === undefined)
    notes.push(`${JSON.stringify(request.model.slice(0, 40))} is no listed model of ${naming.vendorTitle(kind)}.`)
  if (model === undefined && seen.vendor === kind) model = seen.model
  const oldModel = device.model ?? before.explanation.identity.model
  if (model === undefined && kind === oldVendor && oldModel !== undefined) {
    model = oldModel
    notes.push(`The new phone's model is not known yet: it is taken for a ${oldModel}, as the old one is.`)
  }
  const said = { ...(kind !== undefined && { vendor: kind }), ...(model !== undefined && { model }) }
  return { ...said, said, oldVendor, notes }
}

function vendorOrThrow(naming: Naming, text: string): string {
  const vendor = naming.vendor(text)
  if (vendor === undefined) throw new OperatorError(`no vendor is called ${JSON.stringify(text.slice(0, 40))}`)
  return vendor
}

function notesOf(deps: MovesDeps, device: Device, otherVendor: boolean): string[] {
  const options = device.dhcpOptions.map(({ code }) => code)
  return [
    ...deps
      .reservationsOf(device.mac)
      .map((where) => `The address ${where} stays reserved for the old phone: change the reservation by hand.`),
    ...(otherVendor && options.length > 0
      ? [`DHCP option ${options.join(', ')} of the device's record goes out to the new phone too.`]
      : []),
  ]
}
