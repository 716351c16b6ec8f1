import { type Bag, isBag } from '../core/merge-patch.ts'
import type { FieldChange } from './contract.ts'

export type IsSecret = (name: string) => boolean

/** Fields of list items that hold secrets: of a line, a handset, a relay. */
const SECRET_FIELDS = new Set(['secret', 'ac', 'code'])
/** Longest text of a value that is shown. */
const MOST = 200
const UNSAID = new Set(['', '[]', '{}', 'undefined', 'null'])

interface Leaf {
  readonly text: string
  readonly secret: boolean
}

/**
 * Which fields a stored thing (its secrets opened) would change by this input (the secrets that stay left out). Values of
 * secrets are never told. What the input leaves out of an object or list is gone; what it leaves empty is not said.
 */
export function changesOf(current: object | undefined, input: Bag, isSecret: IsSecret): readonly FieldChange[] {
  const before = leavesOf(current ?? {}, isSecret)
  const after = leavesOf(input, isSecret)
  const names = new Set([...before.keys(), ...after.keys()])
  for (const name of ['mac', 'rev', 'id']) names.delete(name)
  return [...names].flatMap((field): FieldChange[] => {
    const [old, now] = [before.get(field), after.get(field)]
    // A secret that the input does not mention stays as it is.
    if (old?.text === now?.text || (now === undefined && old?.secret === true)) return []
    if (old === undefined && field === 'enabled' && now?.text === 'true') return []
    if (old?.secret === true || now?.secret === true) return [{ field, secret: true }]
    return [
      {
        ...{ field, secret: false },
        ...(old !== undefined && { before: old.text.slice(0, MOST) }),
        ...(now !== undefined && { after: now.text.slice(0, MOST) }),
      },
    ]
  })
}

/** Every value of a thing by its path; lines and their like by their index: `lines[1].user`, `settings.timezone`. */
function leavesOf(thing: object, isSecret: IsSecret): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  const add = (path: string, name: string, value: unknown) => {
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    if (!UNSAID.has(text)) leaves.set(path, { text, secret: SECRET_FIELDS.has(name) || isSecret(name) })
  }
  for (const [name, value] of Object.entries(thing)) {
    if (name === 'line' && isBag(value)) {
      for (const [field, one] of Object.entries(value)) if (field !== 'index') add(`line.${field}`, field, one)
    } else if (name === 'numbers' && Array.isArray(value)) {
      // As they are dialled: blanks and brackets are for the eye and are not stored.
      for (const number of value as readonly Bag[])
        add(`numbers.${String(number.kind)}`, name, String(number.number).replace(/\(0\)|[\s()./\u2010-\u2015-]/g, ''))
    } else if ((name === 'settings' || name === 'extra') && isBag(value)) {
      for (const [key, one] of Object.entries(value))
        if (isBag(one)) for (const [inner, leaf] of Object.entries(one)) add(`${name}.${key}.${inner}`, inner, leaf)
        else add(`${name}.${key}`, key, one)
    } else if (Array.isArray(value) && value.every((item) => isBag(item) && 'index' in item)) {
      for (const item of value as readonly Bag[]) {
        const place = name === 'keys' ? `${String(item.place ?? '')}${String(item.module ?? 0)}/` : ''
        for (const [field, one] of Object.entries(item))
          if (field !== 'index') add(`${name}[${place}${String(item.index)}].${field}`, field, one)
      }
    } else add(name, name, value)
  }
  return leaves
}
