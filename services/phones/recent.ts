/** Devices of which it is kept what was found out: those that a person looks at. */
const MAX_RECENT = 200

/** Keeps what was found out for a key until its stamp is another; the oldest goes when there are too many. */
export function makeRecent<Found>() {
  const recent = new Map<string, { readonly stamp: string; readonly found: Found }>()
  return (key: string, stamp: string, find: () => Found): Found => {
    const before = recent.get(key)
    if (before?.stamp === stamp) return before.found
    const found = find()
    recent.delete(key)
    recent.set(key, { stamp, found })
    for (const oldest of recent.keys()) {
      if (recent.size <= MAX_RECENT) break
      recent.delete(oldest)
    }
    return found
  }
}
