import { strangers } from '../core/record-input.ts'
import type { Fault } from './contract.ts'
import { deviceSchema, layerSchema } from './device-schema.ts'

type Bag = Readonly<Record<string, unknown>>

const DEVICE = { ...deviceSchema.shape, mac: true, rev: true }
const LINE = deviceSchema.shape.lines.unwrap().element.shape
const KEY = deviceSchema.shape.keys.unwrap().element.shape

/** The fields of a device that mean nothing here and were not stored before. */
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
