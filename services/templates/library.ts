import { createHash } from 'node:crypto'
import type { Log } from '../core/log.ts'
import type { Origin, Sources, TemplateFault } from './contract.ts'
import { TemplateFaultError } from './errors.ts'
import { fallbacks, inOrder, type Layer, type Used, usedFiles, vendorsOf } from './policy.ts'

/** Makes one vendor's texts what the box works with, or says every fault. */
export type Compile<Compiled> = (
  vendor: string,
  files: ReadonlyMap<string, Used>,
) => { readonly compiled: Compiled } | { readonly faults: readonly TemplateFault[] }

/** One vendor as it stands. */
export interface Standing<Compiled> {
  readonly id: string
  /** Absent when nothing of it can be used. */
  readonly compiled?: Compiled
  readonly used: ReadonlyMap<string, Used>
  readonly setAside?: { readonly origins: readonly Origin[]; readonly faults: readonly TemplateFault[] }
}

export interface Whole<Compiled> {
  readonly version: string
  readonly vendors: ReadonlyMap<string, Standing<Compiled>>
}

/** All layers compiled together. What is made aside and what is in use come from the same function. */
export interface Library<Compiled> {
  now(): Whole<Compiled>
  layers(): readonly Layer[]
  /** What these layers come to. `strictly`: for these vendors (all: `true`) a fault is thrown, nothing is set aside. */
  make(layers: readonly Layer[], strictly: ReadonlySet<string> | boolean): Whole<Compiled>
  /** Puts layers in use; faults set texts aside. Nothing is awaited, so nobody sees half of it. */
  use(layers: readonly Layer[]): Whole<Compiled>
}

export interface LibraryDeps<Compiled> {
  readonly compile: Compile<Compiled>
  readonly log: Log
  /** Takes what is in use from now on. */
  publish(whole: Whole<Compiled>): void
}

/** Vendors compiled of late, by their texts: the ones in use, and those of an edit that was looked at before. */
const KEPT_EACH = 3

export function makeLibrary<Compiled>(deps: LibraryDeps<Compiled>, first: readonly Layer[]): Library<Compiled> {
  const known = new Map<string, Map<string, ReturnType<Compile<Compiled>>>>()
  const compile = (vendor: string, files: ReadonlyMap<string, Used>) => {
    const key = keyOf(vendor, files)
    const kept = known.get(vendor) ?? new Map<string, ReturnType<Compile<Compiled>>>()
    known.set(vendor, kept)
    const made = kept.get(key) ?? deps.compile(vendor, files)
    // The one that was asked for last goes last.
    kept.delete(key)
    kept.set(key, made)
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_EACH) break
      kept.delete(oldest)
    }
    return { ...made, key }
  }
  const stand = (layers: readonly Layer[], id: string, strictly: boolean) => {
    let setAside: Standing<Compiled>['setAside']
    const keys: string[] = []
    for (const without of fallbacks(layers, id)) {
      const used = usedFiles(layers, id, without)
      if (used.size === 0) break
      const made = compile(id, used)
      keys.push(made.key)
      if ('compiled' in made)
        return {
          standing: {
            id,
            used,
            compiled: made.compiled,
            ...(setAside && { setAside: { ...setAside, origins: [...without] } }),
          },
          key: keys.join(),
        }
      if (strictly) throw new TemplateFaultError(`vendor ${id}`, made.faults)
      // What is wrong with the texts as they were meant, not with what is left of them.
      setAside ??= { origins: [], faults: made.faults }
    }
    const origins = [...new Set(layers.filter(({ sources }) => sources.has(id)).map(({ origin }) => origin))]
    return {
      standing: { id, used: new Map<string, Used>(), ...(setAside && { setAside: { ...setAside, origins } }) },
      key: keys.join(),
    }
  }
  const make = (given: readonly Layer[], strictly: ReadonlySet<string> | boolean): Whole<Compiled> => {
    const layers = inOrder(given)
    const vendors = new Map<string, Standing<Compiled>>()
    const hash = createHash('sha256')
    const errors: TemplateFault[] = []
    for (const id of vendorsOf(layers)) {
      try {
        const { standing, key } = stand(layers, id, typeof strictly === 'boolean' ? strictly : strictly.has(id))
        vendors.set(id, standing)
        hash.update(`${id}\0${key}\0`)
      } catch (thrown) {
        if (!(thrown instanceof TemplateFaultError)) throw thrown
        errors.push(...thrown.faults)
      }
    }
    if (errors.length > 0) throw new TemplateFaultError('vendor data', errors)
    return { version: hash.digest('hex').slice(0, 16), vendors }
  }
  const told = (whole: Whole<Compiled>) => {
    for (const { id, setAside } of whole.vendors.values())
      if (setAside !== undefined)
        deps.log.error('vendor texts cannot be used and are set aside', {
          vendor: id,
          of: setAside.origins.join(', '),
          fault: setAside.faults.map(({ file, line, message }) => `${file}:${line} ${message}`)[0],
        })
  }
  let layers = first
  let whole = make(first, false)
  told(whole)
  return {
    now: () => whole,
    layers: () => layers,
    make,
    use(next) {
      const made = make(next, false)
      layers = next
      whole = made
      told(made)
      deps.publish(made)
      return made
    },
  }
}

function keyOf(vendor: string, files: ReadonlyMap<string, Used>): string {
  const hash = createHash('sha256')
  for (const [file, { text, origin }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${vendor}/${file}\0${origin}\0${text.length}\0`).update(text)
  return hash.digest('hex')
}

/** These layers with another one in the place of those of an origin. */
export function withLayer(layers: readonly Layer[], origin: Origin, sources: Sources): readonly Layer[] {
  return [...layers.filter((layer) => layer.origin !== origin), { origin, sources }]
}
