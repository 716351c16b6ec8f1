import { computed, signal } from '@preact/signals'
import { mayLeave } from './unsaved.ts'

// Places are in the part of the address after `#`: the box serves one file, links can be sent, and "back" works.

/** Where the page is, e.g. `#/phones/80:5e:c0:12:34:56/keys`. */
export const place = signal(globalThis.location?.hash ?? '')

export interface Route {
  readonly path: readonly string[]
  readonly query: URLSearchParams
}

export function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const parts = path.split('/').filter(Boolean).map(decoded)
  // Links to devices from before phones had a page of their own.
  return { path: parts[0] === 'devices' ? ['phones', ...parts.slice(1)] : parts, query: new URLSearchParams(query) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const route = computed(() => routeOf(place.value))

/** The address of a place, for links. */
export function to(...parts: readonly string[]): string {
  return `#/${parts.map((part) => encodeURIComponent(part).replaceAll('%3A', ':')).join('/')}`
}

export function go(hash: string): void {
  location.hash = hash
}

/** Changes what stands after `?` without a new step in the history: filters are not places to go back to. */
export function setQuery(query: Readonly<Record<string, string>>): void {
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  const hash = `#/${route.peek().path.map(encodeURIComponent).join('/')}${text && `?${text}`}`
  history.replaceState(null, '', hash)
  place.value = hash
}

/** Follows the address; unsaved changes are asked about before another place is shown. Returns the way to stop. */
export function followPlace(): () => void {
  const moved = async () => {
    const next = location.hash
    if (next === place.peek()) return
    if (mayLeave.peek() && samePage(next)) place.value = next
    else if (await mayLeaveTo(next)) place.value = location.hash
  }
  const listener = () => void moved()
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

/** The tabs of one phone share what was edited. */
function samePage(next: string): boolean {
  const [from, to] = [phoneOf(routeOf(place.peek()).path), phoneOf(routeOf(next).path)]
  return from !== undefined && from === to
}

/** The phone that a place is about: at a box, or in an account at one of its sites. */
function phoneOf([first, second, site, devices, mac]: readonly string[]): string | undefined {
  if (first === 'phones') return second
  return devices === 'devices' && mac !== undefined ? `${first} ${second} ${site} ${mac}` : undefined
}

async function mayLeaveTo(next: string): Promise<boolean> {
  const ask = mayLeave.peek()
  if (!ask) return true
  // The address has moved already: it goes back until there is an answer.
  history.pushState(null, '', place.peek() || '#/')
  if (!(await ask())) return false
  mayLeave.value = undefined
  history.replaceState(null, '', next)
  return true
}
