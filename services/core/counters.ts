/** Counts things by name, e.g. `dhcp.malformed`. Read by the metrics page, by tests, and by the doctor. */
export interface Counters {
  add(name: string, amount?: number): void
  get(name: string): number
  all(): ReadonlyMap<string, number>
}

/** Counters in memory. */
export function makeCounters(): Counters {
  const values = new Map<string, number>()
  return {
    add: (name, amount = 1) => void values.set(name, (values.get(name) ?? 0) + amount),
    get: (name) => values.get(name) ?? 0,
    all: () => values,
  }
}
