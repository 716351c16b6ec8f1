import { createHash } from 'node:crypto'
import { OperatorError } from '../../services/core/errors.ts'
import { formatIpv4, type Ipv4, readIpv4 } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import { type DhcpRoad, type Leased, lease, urlOf } from './dhcp-client.ts'
import { fetchHttp } from './http-client.ts'
import { type PnpRoad, subscribe } from './pnp-client.ts'
import { expandMacros, type Follow, fill, type PhoneScript } from './script.ts'
import { type Fetched, fetchTftp } from './tftp-client.ts'

/** The ways by which a phone is led to its configuration; `link` is a URL typed in. */
export const METHODS = ['dhcp', 'pnp', 'redirect', 'link'] as const
export type Method = (typeof METHODS)[number]

/** The network as one virtual phone sees it. */
export interface PhoneRoads {
  readonly lan: Lan
  /** Absent: the phone keeps `address`. */
  readonly dhcp?: DhcpRoad
  readonly address?: Ipv4
  readonly pnp?: PnpRoad
  /** Given: the phone was told where to go, and asks nobody. */
  readonly url?: string
  /** Led by this alone. Absent: by what it tries by itself, in its order. */
  readonly by?: Method
  readonly tftpPort: number
  /** Called after a lease, to put the address on a real interface. */
  configure?(leased: Leased): Promise<void>
}

export interface FetchedFile {
  readonly url: string
  readonly status: number
  readonly size: number
  readonly hash: string
  readonly own: boolean
  readonly bytes: Uint8Array
}

export interface BootResult {
  readonly mac: Mac
  readonly script: PhoneScript
  readonly address?: Ipv4
  readonly url?: string
  readonly urlFrom?: string
  readonly files: readonly FetchedFile[]
  /** Its own configuration arrived. */
  readonly configured: boolean
  /** Why it stopped before that. */
  readonly problem?: string
}

/** Boots one virtual phone: address, URL, files in its vendor's order. `say` is called with each step in words. */
export async function bootPhone(
  script: PhoneScript,
  mac: Mac,
  roads: PhoneRoads,
  say: (line: string) => void,
): Promise<BootResult> {
  const leased = roads.dhcp === undefined ? undefined : await lease(script, mac, roads.dhcp)
  const address = leased?.address ?? roads.address
  const base = { mac, script, files: [], configured: false }
  if (address === undefined) return { ...base, problem: 'no DHCP server answered' }
  if (leased !== undefined) await roads.configure?.(leased)
  const found = await findUrl(script, mac, address, leased, roads)
  if (found === undefined) return { ...base, address, problem: 'nobody said where the configuration is' }
  say(`${mac} has its URL from ${found.from}: ${found.url}`)
  const files = await fetchAll(script, mac, address, found.url, roads, say)
  const configured = files.some((file) => file.own && file.status === 200)
  return {
    ...base,
    address,
    url: found.url,
    urlFrom: found.from,
    files,
    configured,
    ...(configured ? {} : { problem: 'its own configuration was not to be had' }),
  }
}

async function findUrl(
  script: PhoneScript,
  mac: Mac,
  address: Ipv4,
  leased: Leased | undefined,
  roads: PhoneRoads,
): Promise<{ readonly url: string; readonly from: string } | undefined> {
  if (roads.url !== undefined) return { url: roads.url, from: 'its own settings' }
  const told = (url: string | undefined, from: string) =>
    url === undefined || leased === undefined
      ? undefined
      : { url: url.replaceAll('{server}', formatIpv4(leased.server)), from }
  if (roads.by === 'redirect') return told(script.redirected, 'its manufacturer’s service')
  if (roads.by === 'link') return told(script.typed, 'a person')
  const byDhcp = leased === undefined || roads.by === 'pnp' ? undefined : urlOf(script, leased)
  const pnp = roads.by === 'dhcp' ? undefined : roads.pnp
  if (script.pnp === undefined || pnp === undefined || (script.pnp.order === 'after-dhcp' && byDhcp !== undefined))
    // What no protocol can lead was told by somebody.
    return script.dhcp.take.length === 0 ? (byDhcp ?? told(script.typed, 'a person')) : byDhcp
  const byPnp = await subscribe(script, mac, address, pnp)
  return byPnp === undefined ? byDhcp : { url: byPnp, from: 'PnP' }
}

async function fetchAll(
  script: PhoneScript,
  mac: Mac,
  address: Ipv4,
  url: string,
  roads: PhoneRoads,
  say: (line: string) => void,
): Promise<FetchedFile[]> {
  const files: FetchedFile[] = []
  const get: Get = async (target, own) => {
    const fetched = await fetchOne(target, address, fill(script.userAgent, script, mac), roads)
    const hash = createHash('sha256').update(fetched.bytes).digest('hex')
    const file = {
      url: target.href,
      status: fetched.status,
      size: fetched.bytes.length,
      hash,
      own,
      bytes: fetched.bytes,
    }
    files.push(file)
    say(`${mac} ${fetched.status === 0 ? 'no answer' : fetched.status} ${target.href}`)
    return file
  }
  const start = startOf(url, script, mac)
  if (start.file) {
    const file = await get(start.url, script.given.own)
    await followFile(file, script.given.follow, script, mac, get)
    return files
  }
  let anyThere = false
  for (const step of script.fetch) {
    if (step.fallback && anyThere) continue
    const target = new URL(fill(step.name, script, mac), start.url)
    if (step.over !== undefined) target.protocol = `${step.over}:`
    if (step.port !== undefined) target.port = String(step.port)
    const file = await get(target, step.own)
    const there = file.status === 200
    anyThere ||= there
    if (there && step.digest !== undefined) {
      const sum = await get(new URL(fill(step.digest.name, script, mac), start.url), false)
      const right = createHash(step.digest.algorithm).update(file.bytes).digest('hex')
      if (!textOf(sum).toLowerCase().includes(right)) refuse(files, file, say, 'its digest is another')
    }
    if (there && step.accept !== undefined && !new RegExp(step.accept).test(textOf(file)))
      refuse(files, file, say, 'it does not look like one of its files')
    if (there) {
      for (const name of step.between) await get(new URL(fill(name, script, mac), start.url), false)
      await followFile(file, step.follow, script, mac, get)
    }
    if (there ? step.stop === 'when-found' : step.stop === 'when-missing') break
  }
  return files
}

type Get = (url: URL, own: boolean) => Promise<FetchedFile>

function textOf(file: FetchedFile): string {
  return new TextDecoder().decode(file.bytes)
}

/** The phone has the file and does not use it. */
function refuse(files: FetchedFile[], file: FetchedFile, say: (line: string) => void, why: string): void {
  say(`${file.url} is not used: ${why}`)
  files.splice(files.indexOf(file), 1, { ...file, own: false })
}

const MAX_FOLLOWED = 20
const MAX_DEPTH = 4

/** Fetches what a file names: further settings files, profile rules, paths of configuration files. */
async function followFile(
  file: FetchedFile,
  follow: Follow | undefined,
  script: PhoneScript,
  mac: Mac,
  get: Get,
  depth = 0,
): Promise<void> {
  if (follow === undefined || file.status !== 200 || depth >= MAX_DEPTH) return
  const found = [...textOf(file).matchAll(new RegExp(follow.pattern, 'g'))].slice(0, MAX_FOLLOWED)
  for (const [i, match] of found.entries()) {
    const groups = match.groups ?? {}
    const form = fill(follow.url, script, mac)
    const named = form.replace(/\{(\w+)\}/g, (whole, name: string) => groups[name] ?? whole)
    const text = expandMacros(named, script, mac).replaceAll('&amp;', '&')
    if (text === '' || !URL.canParse(text, file.url)) continue
    const target = new URL(text, file.url)
    const byMac = decodeURIComponent(target.pathname).toLowerCase().replace(/[-:]/g, '').includes(mac)
    const own = { all: true, none: false, 'by-mac': byMac, last: i === found.length - 1 }[follow.own]
    const next = await get(target, own)
    if (follow.again) await followFile(next, follow, script, mac, get, depth + 1)
  }
}

/** What a URL means to this phone: one file or a folder, and a text without a scheme by the phone's own rule. */
export function startOf(text: string, script: PhoneScript, mac: Mac): { readonly url: URL; readonly file: boolean } {
  // Only what this phone has a macro for: a text that another vendor's would fill in stays as it is.
  const filled = expandMacros(text, script, mac)
  const full = /^[a-z]+:\/\//i.test(filled) ? filled : script.url.bare.replaceAll('{value}', filled)
  if (!URL.canParse(full)) throw new OperatorError(`phone was given no URL: ${JSON.stringify(text.slice(0, 200))}`)
  const url = new URL(full)
  const last = `${url.pathname.slice(url.pathname.lastIndexOf('/') + 1)}${url.search}`
  if (script.fetch.length === 0 || new RegExp(script.url.file).test(last)) return { url, file: true }
  const slash = url.pathname.endsWith('/') || script.url.slash === 'as-given'
  return { url: slash ? url : new URL(`${url.href}/`), file: false }
}

async function fetchOne(url: URL, from: Ipv4, agent: string, roads: PhoneRoads): Promise<Fetched> {
  if (url.protocol !== 'tftp:') return fetchHttp(url, from, agent)
  const server = readIpv4(url.hostname)
  if (server === undefined) return { status: 0, bytes: new Uint8Array(0) }
  const port = url.port === '' ? roads.tftpPort : Number(url.port)
  return fetchTftp(roads.lan, from, { address: server, port }, decodeURIComponent(url.pathname.slice(1)))
}
