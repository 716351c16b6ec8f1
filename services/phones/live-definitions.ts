import type { Definition, Definitions } from './definition.ts'

/** Descriptions that are replaced while the box runs. Whoever holds this object always asks the newest. */
export interface LiveDefinitions extends Definitions {
  /** Puts others in their place, all at once: what asks before sees the old ones, what asks after the new ones. */
  swap(next: Definitions): void
  /** Called after each swap; returns the way to stop. */
  onChange(listener: () => void): () => void
}

/** Holds the descriptions; there is no moment without any. */
export function makeLiveDefinitions(first: Definitions): LiveDefinitions {
  let current = first
  const listeners = new Set<() => void>()
  return {
    get version() {
      return current.version
    },
    get all() {
      return current.all
    },
    get: (id) => current.get(id),
    swap(next) {
      if (next.version === current.version) return
      current = next
      for (const listener of [...listeners]) listener()
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What is made of all descriptions together: made when it is first asked for, and anew after they changed. */
export function derivedFrom<Made>(
  definitions: Pick<Definitions, 'all'>,
  make: (all: readonly Definition[]) => Made,
): () => Made {
  let known: { readonly of: readonly Definition[]; readonly made: Made } | undefined
  return () => {
    const of = definitions.all
    if (known?.of !== of) known = { of, made: make(of) }
    return known.made
  }
}
