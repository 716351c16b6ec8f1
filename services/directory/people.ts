import { bodyOf, type InputFault, type ReadInput, RecordError, readInput, strangers } from '../core/record-input.ts'
import { openAll, sealField } from '../core/sealing.ts'
import type { SecretBox } from '../core/secret.ts'
import type { JsonObject, Records, StoredRecord } from '../records/contract.ts'
import type { People, Person } from './contract.ts'
import { type PersonBody, personSchema } from './person-schema.ts'

type Bag = Readonly<Record<string, unknown>>

const PERSON = { ...personSchema.shape, id: true, rev: true }
const LINE = personSchema.shape.line.unwrap().shape

function bag(value: unknown): Bag | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : undefined
}

function strangersIn(input: Bag, before: Bag | undefined): InputFault[] {
  const line = bag(input.line)
  return [
    ...strangers('', input, PERSON, before),
    ...(line === undefined ? [] : strangers('line.', line, LINE, bag(before?.line))),
  ]
}

/** A person as it was checked and stored, its line's secret opened. */
function openPerson(record: StoredRecord, body: PersonBody, secrets: SecretBox): Person {
  // The schema has checked every field; absent ones are absent in JSON, never undefined.
  const { claimPin, ...rest } = body
  return Object.freeze({
    ...rest,
    id: record.id,
    rev: record.rev,
    ...(body.line && { line: openAll(body.line, secrets) }),
    ...(claimPin !== undefined && openAll({ claimPin }, secrets)),
  }) as unknown as Person
}

/** The people over the store of records: checked when written, opened once when read. */
export function makePeople(deps: { readonly records: Records; readonly secrets: SecretBox }): People & {
  /** Rises whenever somebody changes. */
  revision(): number
  close(): void
} {
  const { records, secrets } = deps
  const opened = new Map<string, Person>()
  let all: readonly Person[] | undefined
  let extensions: ReadonlyMap<string, Person | null> | undefined
  let revision = 0
  const stop = records.onChange((change) => {
    if (change.kind !== 'person') return
    opened.delete(change.id)
    all = undefined
    extensions = undefined
    revision++
  })
  const open = (record: StoredRecord): Person | undefined => {
    const parsed = personSchema.safeParse(record.body)
    if (!parsed.success) return undefined
    const person = openPerson(record, parsed.data, secrets)
    // What a batch of writes may still take back is not remembered.
    if (records.get('person', record.id) === record) opened.set(record.id, person)
    return person
  }
  const get = (id: string): Person | undefined => {
    const held = opened.get(id)
    const record = held === undefined ? records.get('person', id) : undefined
    return held ?? (record && open(record))
  }
  const read = (id: string, input: unknown): ReadInput<PersonBody> => {
    const given = readInput(personSchema, input)
    if ('faults' in given) return given
    const faults = strangersIn(given.body, records.get('person', id)?.body)
    return faults.length === 0 ? given : { faults }
  }
  const prepare = (id: string, input: unknown): JsonObject => {
    const { id: _id, rev: _rev, line, ...given } = bodyOf(`person ${id}`, read(id, input))
    const stored = records.get('person', id)?.body
    const body = sealField(given, 'claimPin', stored, secrets)
    if (line === undefined) return body as JsonObject
    return { ...body, line: sealField(line, 'secret', bag(stored?.line), secrets) } as unknown as JsonObject
  }
  const stored = (record: StoredRecord): Person => {
    const person = open(record)
    if (person === undefined) throw new RecordError(`person ${record.id}`, [])
    return person
  }
  const list = (): readonly Person[] => {
    all ??= records.list('person').flatMap(({ id }) => get(id) ?? [])
    return all
  }
  return {
    get,
    list,
    byExtension(extension) {
      if (extensions === undefined) {
        const map = new Map<string, Person | null>()
        for (const person of list())
          if (person.extension !== undefined) map.set(person.extension, map.has(person.extension) ? null : person)
        extensions = map
      }
      return extensions.get(extension) ?? undefined
    },
    check(id, input) {
      const given = read(id, input)
      return 'faults' in given ? given.faults : []
    },
    put: (id, input, options) => stored(records.put('person', id, prepare(id, input), options)),
    putMany: (items, options) =>
      records
        .putMany(
          items.map(({ id, input }) => ({ kind: 'person' as const, id, body: prepare(id, input) })),
          options,
        )
        .map(stored),
    remove: (id, options) => records.remove('person', id, options),
    revision: () => revision,
    close: stop,
  }
}
