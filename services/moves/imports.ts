import type { Clock } from '../core/clock.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { People } from '../directory/contract.ts'
import type { Devices, Naming } from '../phones/contract.ts'
import type { RecordKind, Records } from '../records/contract.ts'
import type { DeviceItem, ImportOptions, ImportPlan, Imports, PlannedRow, SheetFault, SheetRow } from './contract.ts'
import { changesOf, type IsSecret } from './diff.ts'
import { FORMATS } from './formats.ts'
import { extensionOf, isOfAPerson, personInput, saysMore } from './person-input.ts'
import { inOrder, planDevices } from './plan-devices.ts'
import { type Entry, faultAt } from './rows.ts'
import { type DeviceRow, type ReadSheet, readColumns, readSheet, readStrictly } from './sheet.ts'

export interface ImportsDeps {
  readonly records: Pick<Records, 'get' | 'batch'>
  readonly devices: Pick<Devices, 'get' | 'check' | 'putMany'>
  readonly people: Pick<People, 'get' | 'list' | 'byExtension' | 'check' | 'putMany'>
  readonly naming: Naming
  readonly isSecret: IsSecret
  readonly clock: Clock
  /** SHA-256 in hexadecimal. */
  readonly hash: (text: string) => string
}

interface PersonItem {
  readonly id: string
  readonly input: Record<string, unknown>
}

/** A plan that waits to be done, with what its records were when it was made. */
interface Waiting {
  readonly plan: ImportPlan
  readonly at: number
  readonly devices: readonly DeviceItem[]
  readonly people: readonly PersonItem[]
  readonly revs: readonly { readonly kind: RecordKind; readonly id: string; readonly rev: number }[]
}

/** Plans hold secrets in memory: few of them, and not for long. */
const MOST_WAITING = 8
const WAIT_MS = 60 * 60_000
/** Records that the store takes at once. */
const CHUNK = 5000
/** Rows that are told of one by one when they change nothing else. */
const MOST_FAULTS = 2000

/** Imports of lists, over the devices and people of this box. */
export function makeImports(deps: ImportsDeps): Imports {
  const waiting = new Map<string, Waiting>()
  const forget = (now: number) => {
    for (const [token, { at }] of waiting) if (now - at > WAIT_MS || waiting.size > MOST_WAITING) waiting.delete(token)
  }
  return {
    formats: () => FORMATS.map(({ id, title, sources, headings }) => ({ id, title, sources, columns: headings })),
    columns: readColumns,
    readDevices: (bytes) => readStrictly(deps, bytes),
    plan: (sheet) => planDevices(deps, sheet),
    preview(bytes, options) {
      const made = prepare(deps, bytes, options)
      if (made.plan.faults.length > 0) return made.plan
      const revs = revisionsOf(deps, made)
      const token = deps.hash(JSON.stringify([made.devices, made.people, revs])).slice(0, 32)
      const plan = { ...made.plan, token }
      const now = deps.clock.now()
      waiting.delete(token)
      waiting.set(token, { ...made, plan, revs, at: now })
      forget(now)
      return plan
    },
    apply(token, { by }) {
      forget(deps.clock.now())
      const found = waiting.get(token)
      if (found === undefined)
        throw new NotFoundError('there is no such preview any more: make it again, and apply that one')
      for (const { kind, id, rev } of found.revs)
        if ((deps.records.get(kind, id)?.rev ?? 0) !== rev)
          throw new ConflictError(
            `${kind === 'device' ? formatMac(id as Mac) : `person ${id}`} was changed since the preview: make it again`,
          )
      deps.records.batch(() => {
        for (let i = 0; i < found.people.length; i += CHUNK)
          deps.people.putMany(found.people.slice(i, i + CHUNK), { by })
        for (let i = 0; i < found.devices.length; i += CHUNK)
          deps.devices.putMany(found.devices.slice(i, i + CHUNK), { by })
      })
      waiting.delete(token)
      return found.plan
    },
  }
}

interface Made {
  readonly plan: ImportPlan
  readonly devices: readonly DeviceItem[]
  readonly people: readonly PersonItem[]
}

function revisionsOf({ records }: ImportsDeps, { devices, people }: Made): Waiting['revs'] {
  const rev = (kind: RecordKind, id: string) => ({ kind, id, rev: records.get(kind, id)?.rev ?? 0 })
  return [...devices.map(({ mac }) => rev('device', mac)), ...people.map(({ id }) => rev('person', id))]
}

function prepare(deps: ImportsDeps, bytes: Uint8Array, options: ImportOptions): Made {
  const sheet = readSheet(deps, bytes, options)
  const people = planPeople(deps, sheet, options)
  const rows = sheet.devices.map((row) => withPerson(deps, row, people.byExtension))
  const devices = planDevices(deps, { rows, faults: [] })
  const faults = inOrder([...sheet.faults, ...people.faults, ...devices.faults])
  return {
    devices: devices.items,
    people: people.items,
    plan: {
      ...{ format: sheet.format.id, title: sheet.format.title, encoding: sheet.encoding, delimiter: sheet.delimiter },
      rows: [...devices.rows, ...people.rows].sort((a, b) => a.line - b.line),
      skipped: sheet.skipped,
      ignored: sheet.columns.ignored,
      faults: faults.slice(0, MOST_FAULTS),
      notes: [...sheet.notes, ...leftOut(sheet), ...notesOf(rows, people, faults.length)],
    },
  }
}

interface PeoplePlan {
  readonly items: readonly PersonItem[]
  readonly rows: readonly PlannedRow[]
  readonly faults: readonly SheetFault[]
  /** Who is known, or will be, by extension: whose phone it is when a row has both. */
  readonly byExtension: ReadonlyMap<string, string>
  readonly withoutSecret: number
}

/** Rows without a MAC, and what rows with one say of the phone's owner. */
function planPeople(deps: ImportsDeps, sheet: ReadSheet, options: ImportOptions): PeoplePlan {
  const items: PersonItem[] = []
  const rows: PlannedRow[] = []
  const faults: SheetFault[] = []
  const byExtension = new Map<string, string>()
  const lines = new Map<string, number>()
  let withoutSecret = 0
  const counts = new Map<string, number>()
  for (const { extension } of deps.people.list())
    if (extension !== undefined) counts.set(extension, (counts.get(extension) ?? 0) + 1)
  const several = (extension: string) => (counts.get(extension) ?? 0) > 1
  const add = (entry: Entry, waits: boolean) => {
    const { server } = options.defaults ?? {}
    const made = personInput(entry, deps.people, { ...(server !== undefined && { server }), several })
    if (made === undefined) {
      faults.push(faultAt(entry, undefined, 'neither a MAC address nor an extension'))
      return
    }
    faults.push(...made.faults)
    const extension = extensionOf(entry)
    const before = lines.get(extension?.value ?? '')
    if (before !== undefined) {
      faults.push(faultAt(entry, extension, `the extension ${extension?.value ?? ''} stands on line ${before} already`))
      return
    }
    lines.set(extension?.value ?? '', entry.line)
    if (extension !== undefined) byExtension.set(extension.value, made.id)
    for (const { path, message } of deps.people.check(made.id, made.input))
      faults.push(faultAt(entry, made.columns.get(path) ?? { name: path, number: 1 }, message))
    const changes = changesOf(made.current, made.input, deps.isSecret)
    const action = made.current === undefined ? 'create' : changes.length === 0 ? 'unchanged' : 'update'
    if (action !== 'unchanged') items.push({ id: made.id, input: made.input })
    if (waits && made.input.line === undefined) withoutSecret++
    const name = typeof made.input.name === 'string' ? { name: made.input.name } : {}
    rows.push({ ...{ row: entry.row, line: entry.line, kind: 'person', id: made.id, action, changes }, ...name })
  }
  for (const entry of sheet.people) add(entry, true)
  for (const { entries } of sheet.devices)
    for (const entry of entries) if (saysMore(entry) && extensionOf(entry)) add(entry, false)
  return { items, rows, faults, byExtension, withoutSecret }
}

/**
 * A phone whose line is a person's extension is that person's, and where its row has no secret the line is made from
 * theirs: so a list of extensions and one of phones, which most systems export apart, come together.
 */
function withPerson(deps: ImportsDeps, row: DeviceRow, planned: ReadonlyMap<string, string>): SheetRow {
  const lines = row.patch.lines as readonly Readonly<Record<string, unknown>>[] | undefined
  if (lines === undefined) return row
  let owner: string | undefined
  const current = deps.devices.get(row.mac)
  const filled = lines.map((line) => {
    const user = String(line.user ?? '')
    const person = deps.people.byExtension(user)
    const id = person?.id ?? planned.get(user)
    if (id !== undefined && line === lines[0]) owner = id
    if (person?.line?.secret === undefined || line.secret !== undefined || hasSecret(current, line)) return line
    const { index: _index, ...account } = person.line
    // The account's own name wins where a system tells it apart from the extension.
    return { displayName: person.name, ...line, ...account }
  })
  const patch = { ...row.patch, lines: filled }
  return { ...row, patch: owner === undefined || current?.person !== undefined ? patch : { ...patch, person: owner } }
}

function hasSecret(current: ReturnType<Devices['get']>, line: Readonly<Record<string, unknown>>): boolean {
  const old = current?.lines.find(({ index }) => index === line.index)
  return old?.secret !== undefined && old.user === line.user
}

const OF_A_PHONE = /^(?:vendor|model|vendorModel|group|enabled|assigned|settings\..*|extra\..*|line(?:[2-9]|1\d).*)$/

/** What rows say that the record which is made of them has no place for. */
function leftOut({ people, devices }: ReadSheet): string[] {
  const told = (entries: readonly Entry[], of: (to: string) => boolean, before: string, after: string) => {
    const found = entries.filter((entry) => [...entry.cells.keys()].some(of))
    if (found.length === 0) return []
    const fields = new Set(found.flatMap((entry) => [...entry.cells.keys()].filter(of)))
    const names = [...fields].map((to) => to.replace(/^person\./, '')).join(', ')
    const [count, says, tells] =
      found.length === 1 ? ['1 row', 'says', 'tells'] : [`${found.length} rows`, 'say', 'tell']
    const text = before.replace('{says}', says).replace('{tells}', tells)
    return [`${count} ${text} (${names})${after}: that is not taken over.`]
  }
  const owners = devices.flatMap(({ entries }) => entries.filter((entry) => saysMore(entry) && !extensionOf(entry)))
  return [
    ...told(people, (to) => OF_A_PHONE.test(to), 'without a MAC address {says} something of a phone', ''),
    ...told(owners, isOfAPerson, '{tells} of a person', ' without an extension'),
  ]
}

function notesOf(rows: readonly SheetRow[], people: PeoplePlan, faults: number): string[] {
  const lines = rows.flatMap(({ patch }) => (patch.lines ?? []) as readonly Readonly<Record<string, unknown>>[])
  const told: string[] = []
  if (faults > MOST_FAULTS) told.push(`${faults} faults in all; the first ${MOST_FAULTS} are listed.`)
  if (lines.some(({ secret }) => secret === undefined))
    told.push('Some lines are without a secret: import the list of extensions first, or enter theirs.')
  if (lines.length > 0 && lines.every(({ server }) => server === undefined))
    told.push('No line names its SIP server: they use the setting sip.server.')
  if (people.withoutSecret > 0) told.push(`${people.withoutSecret} people are without a SIP secret.`)
  return told
}
