import type { ShapeView } from '../../services/admin/schema-workbench.ts'
import type { Key } from './desk.ts'

/** A group of keys that is drawn together: the phone's own, a module's, soft keys … */
export interface Pad {
  readonly id: string
  readonly place: string
  readonly module: number
  readonly count: number
  /** The vendor's word for the key of this number. */
  readonly kindOf: (index: number) => string
}

/** Keys drawn at once; more are on further pages, as phones themselves page through theirs. */
export const PAGE = 20

export function placeOf(key: Key): string {
  return typeof key.place === 'string' ? key.place : key.module === 0 ? 'phone' : 'expansion'
}

/** Every group of keys that this phone has, modules only as far as `modules` or as keys stand on them. */
export function padsOf(shape: ShapeView, keys: readonly Key[], modules: number): readonly Pad[] {
  const used = Math.max(modules, 0, ...keys.filter((key) => placeOf(key) === 'expansion').map((key) => key.module))
  const most = Math.max(0, ...shape.expansion.map((one) => one.keys))
  const last = (place: string, module: number) =>
    Math.max(0, ...keys.filter((key) => placeOf(key) === place && key.module === module).map((key) => key.index))
  const own = shape.keys.reduce((sum, group) => sum + group.count, 0)
  const pads: Pad[] = [
    { id: 'phone', place: 'phone', module: 0, count: Math.max(own, last('phone', 0)), kindOf: (n) => kindOf(shape, n) },
  ]
  for (let module = 1; module <= used; module++)
    pads.push({
      ...{ id: `module-${module}`, place: 'expansion', module, count: Math.max(most, last('expansion', module)) },
      kindOf: () => shape.expansion.map((one) => one.name).join(' / '),
    })
  const others = new Set(keys.map(placeOf).filter((place) => place !== 'phone' && place !== 'expansion'))
  for (const { place } of shape.places) others.add(place)
  for (const place of others) {
    const group = shape.places.find((one) => one.place === place)
    const numbers = place === 'handset' ? handsets(shape, keys) : [0]
    for (const module of numbers)
      pads.push({
        ...{ id: `${place}-${module}`, place, module, count: Math.max(group?.count ?? 0, last(place, module)) },
        kindOf: () => group?.kind ?? place,
      })
  }
  return pads.filter((pad) => pad.count > 0)
}

function handsets(shape: ShapeView, keys: readonly Key[]): readonly number[] {
  const used = keys.filter((key) => placeOf(key) === 'handset').map((key) => key.module)
  const most = Math.max(shape.handsets, ...used)
  return Array.from({ length: most }, (_, i) => i + 1)
}

function kindOf(shape: ShapeView, index: number): string {
  let from = 0
  for (const group of shape.keys) {
    from += group.count
    if (index <= from) return group.kind
  }
  return ''
}

export function keyAt(keys: readonly Key[], pad: Pad, index: number): Key | undefined {
  return keys.find((key) => placeOf(key) === pad.place && key.module === pad.module && key.index === index)
}

/** The keys with one of them set; undefined clears it. In the order of their places and numbers. */
export function withKey(keys: readonly Key[], pad: Pad, index: number, key: Key | undefined): readonly Key[] {
  const rest = keys.filter((one) => keyAt([one], pad, index) === undefined)
  if (key === undefined) return rest
  return ordered([...rest, placed(key, pad, index)])
}

/** The keys with two places changed for one another, on one pad or between two. */
export function swapped(
  keys: readonly Key[],
  from: { readonly pad: Pad; readonly index: number },
  to: { readonly pad: Pad; readonly index: number },
): readonly Key[] {
  const one = keyAt(keys, from.pad, from.index)
  const two = keyAt(keys, to.pad, to.index)
  return withKey(withKey(keys, to.pad, to.index, one), from.pad, from.index, two)
}

function placed(key: Key, pad: Pad, index: number): Key {
  const { place: _place, ...rest } = key
  const plain = pad.place === 'phone' || pad.place === 'expansion'
  return { ...rest, ...(!plain && { place: pad.place }), module: pad.module, index }
}

function ordered(keys: readonly Key[]): readonly Key[] {
  return [...keys].sort((a, b) => placeOf(a).localeCompare(placeOf(b)) || a.module - b.module || a.index - b.index)
}
