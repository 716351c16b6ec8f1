import type { Definition, Model } from './definition.ts'

// Names of raw parameters, compared with the list of those that are known of a vendor.

/**
 * The names that a vendor's folder lists, and those of families that have a list of their own. Each is read when it is first asked
 * for: all together are tens of thousands, and few boxes ask for those of more than one vendor.
 */
export function parameterLists(files: ReadonlyMap<string, { readonly text: string }>) {
  let common: ReadonlySet<string> | undefined
  let families: ReadonlyMap<string, ReadonlySet<string>> | undefined
  return {
    common() {
      common ??= namesOf(files.get('parameters.txt')?.text ?? '')
      return common
    },
    families() {
      families ??= new Map(
        [...files].flatMap(([name, { text }]) => {
          const family = /^parameters\.(.+)\.txt$/.exec(name)?.[1]
          return family === undefined ? [] : [[family, namesOf(text)] as const]
        }),
      )
      return families
    },
  }
}

function namesOf(text: string): ReadonlySet<string> {
  return new Set(text.split('\n').flatMap((line) => (/^\s*(#|$)/.test(line) ? [] : [line.trim()])))
}

/** One spelling for every index: `account.2.label` → `account.X.label`, `user_name[2]` → `user_name`. P values are names as they are. */
export function parameterKey(name: string): string {
  return /^P\d+$/.test(name) ? name : name.replace(/\[\d+\]$/, '').replace(/(?<=^|\.)\d+(?=\.|$)/g, 'X')
}

interface Known {
  readonly keys: ReadonlyMap<string, string>
  /** What was looked for before; the page asks again at every happening. */
  readonly near: Map<string, readonly string[]>
}

const MAX_REMEMBERED = 1000
const known = new WeakMap<Definition, Known>()

function knownOf(definition: Definition): Known {
  let found = known.get(definition)
  if (found === undefined) {
    const lists = [definition.parameters, ...definition.familyParameters.values()]
    const names = [...lists.flatMap((list) => [...list]), ...definition.alsoKnown.map((also) => also.name)]
    found = { keys: new Map(names.map((name) => [name.toLowerCase(), name])), near: new Map() }
    known.set(definition, found)
  }
  return found
}

const MAX_NUMBERS = 5

/** Every way to write `X` for numbers in a name: `Line_2_` may be known as `Line_X_`, `P35` only as itself. */
function spellings(name: string): readonly string[] {
  const parts = name
    .replace(/\[\d+\]/g, '')
    .toLowerCase()
    .split(/(\d+)/)
  const numbers = parts.flatMap((_, i) => (i % 2 === 1 ? [i] : [])).slice(0, MAX_NUMBERS)
  return Array.from({ length: 2 ** numbers.length }, (_, bits) =>
    parts.map((part, i) => (numbers.includes(i) && (bits >> numbers.indexOf(i)) & 1 ? 'x' : part)).join(''),
  )
}

const familyKeys = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>()

/**
 * Whether the vendor's list has this parameter. Letters count in either case. With a model whose family has a list of its
 * own that list alone counts, and what the description names with a source.
 */
export function isKnownParameter(definition: Definition, name: string, model?: Model): boolean {
  const forms = spellings(name)
  const family = model?.family === undefined ? undefined : definition.familyParameters.get(model.family)
  if (family === undefined) return forms.some((form) => knownOf(definition).keys.has(form))
  let keys = familyKeys.get(family)
  if (keys === undefined) {
    keys = new Set([...family, ...definition.alsoKnown.map((also) => also.name)].map((one) => one.toLowerCase()))
    familyKeys.set(family, keys)
  }
  return forms.some((form) => keys.has(form))
}

/** The known names that this one was probably meant to be: the nearest, three at most. */
export function nearestParameters(definition: Definition, name: string): readonly string[] {
  const { keys, near } = knownOf(definition)
  const wanted = parameterKey(name).toLowerCase().slice(0, 100)
  const before = near.get(wanted)
  if (before !== undefined) return before
  const most = Math.max(2, Math.floor(wanted.length / 5))
  const found: { readonly name: string; readonly distance: number }[] = []
  for (const [key, spelling] of keys) {
    const distance = distanceWithin(wanted, key, most)
    if (distance !== undefined) found.push({ name: spelling, distance })
    // Something left out before or behind: `lang.gui` without `lang.`, `features.dnd` without `.enable`.
    else if (wanted.length >= 4 && (key.endsWith(`.${wanted}`) || key.startsWith(`${wanted}.`)))
      found.push({ name: spelling, distance: most + 1 })
  }
  const least = Math.min(...found.map((one) => one.distance))
  const names = found.flatMap((one) => (one.distance === least ? one.name : [])).slice(0, 3)
  if (near.size >= MAX_REMEMBERED) near.clear()
  near.set(wanted, names)
  return names
}

/** Edits (insert, remove, replace one character, swap two) from one text to the other; undefined when there are more than `most`. */
function distanceWithin(a: string, b: string, most: number): number | undefined {
  if (Math.abs(a.length - b.length) > most) return undefined
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1)
      next.push(cost)
      least = Math.min(least, cost)
    }
    if (least > most) return undefined
    before = row
    row = next
  }
  const distance = row[b.length] ?? 0
  return distance > most ? undefined : distance
}
