import type { Fault } from './contract.ts'
import { deviceSchema, layerSchema } from './device-schema.ts'

type Bag = Readonly<Record<string, unknown>>

const DEVICE = { ...deviceSchema.shape, mac: true, rev: true }
const LINE = deviceSchema.shape.lines.unwrap().element.shape
const KEY = deviceSchema.shape.keys.unwrap().element.shape

/**
 * Fields that mean nothing here and were not stored before. A record keeps what a newer release wrote into it, but from
 * a person they are slips: a `password` where `secret` was meant would do nothing, and lie on disk in plain.
 */
export function strangersInDevice(input: Bag, before: Bag | undefined): Fault[] {
  return [
    ...strangers('', input, DEVICE, before),
    ...inList('lines', LINE, input, before),
    ...inList('keys', KEY, input, before),
  ]
}

/** The same for a site, vendor, group or model. */
export function strangersInLayer(input: Bag, before: Bag | undefined): Fault[] {
  return strangers('', input, layerSchema.shape, before)
}

function inList(name: string, known: object, input: Bag, before: Bag | undefined): Fault[] {
  const old = listOf(before?.[name])
  return listOf(input[name]).flatMap((item, i) =>
    strangers(`${name}.${i}.`, item, known, Object.assign({}, ...old.filter(({ index }) => index === item.index))),
  )
}

function listOf(value: unknown): readonly Bag[] {
  return Array.isArray(value) ? (value as Bag[]) : []
}

function strangers(prefix: string, given: Bag, known: object, before: Bag | undefined): Fault[] {
  return Object.keys(given)
    .filter((name) => !Object.hasOwn(known, name) && !(before !== undefined && Object.hasOwn(before, name)))
    .map((name) => ({ path: `${prefix}${name}`, message: 'no such field' }))
}
