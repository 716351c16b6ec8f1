import { createHash } from 'node:crypto'
import { OperatorError } from '../../services/core/errors.ts'
import { type Ipv4, readIpv4 } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import { type DhcpRoad, type Leased, lease, urlOf } from './dhcp-client.ts'
import { fetchHttp } from './http-client.ts'
import { type PnpRoad, subscribe } from './pnp-client.ts'
import { fill, type PhoneScript } from './script.ts'
import { type Fetched, fetchTftp } from './tftp-client.ts'

/** The network as one virtual phone sees it. */
export interface PhoneRoads {
  readonly lan: Lan
  /** Absent: the phone keeps `address`. */
  readonly dhcp?: DhcpRoad
  readonly address?: Ipv4
  readonly pnp?: PnpRoad
  /** Given: the phone was told where to go, and asks nobody. */
  readonly url?: string
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
  const byDhcp = leased === undefined ? undefined : urlOf(script, leased)
  if (script.pnp === undefined || roads.pnp === undefined) return byDhcp
  if (script.pnp.order === 'after-dhcp' && byDhcp !== undefined) return byDhcp
  const byPnp = await subscribe(script, mac, address, roads.pnp)
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
  const get = async (target: URL, own: boolean): Promise<FetchedFile> => {
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
    const file = await get(start.url, true)
    await followFile(file, 'snom-setting-files', script, mac, get)
    return files
  }
  for (const step of script.fetch) {
    const file = await get(new URL(fill(step.name, script, mac), start.url), step.own)
    const found = file.status === 200
    if (found) await followFile(file, step.follow, script, mac, get)
    if (found ? step.stop === 'when-found' : step.stop === 'when-missing') break
  }
  return files
}

/** A Snom's first file may be a list of further ones: `<setting-files><file url="…"/></setting-files>`. */
async function followFile(
  file: FetchedFile,
  follow: string | undefined,
  script: PhoneScript,
  mac: Mac,
  get: (url: URL, own: boolean) => Promise<FetchedFile>,
): Promise<void> {
  const text = new TextDecoder().decode(file.bytes)
  if (follow === undefined || !text.includes('<setting-files')) return
  for (const match of text.matchAll(/<file\s+url="([^"]{1,500})"/g)) {
    const target = new URL(fill(match[1] ?? '', script, mac).replaceAll('&amp;', '&'), file.url)
    await get(target, target.pathname.toLowerCase().includes(mac))
  }
}

/** A bare host means TFTP; a last segment with a dot means one file; anything else is a folder. */
function startOf(text: string, script: PhoneScript, mac: Mac): { readonly url: URL; readonly file: boolean } {
  const filled = fill(text, script, mac).replaceAll('$mac', mac).replaceAll('$MA', mac)
  const full = /^[a-z]+:\/\//i.test(filled) ? filled : `tftp://${filled}/`
  if (!URL.canParse(full)) throw new OperatorError(`phone was given no URL: ${JSON.stringify(text.slice(0, 200))}`)
  const url = new URL(full)
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  if (last.includes('.') || url.search !== '') return { url, file: true }
  return { url: url.pathname.endsWith('/') ? url : new URL(`${url.href}/`), file: false }
}

async function fetchOne(url: URL, from: Ipv4, agent: string, roads: PhoneRoads): Promise<Fetched> {
  if (url.protocol !== 'tftp:') return fetchHttp(url, from, agent)
  const server = readIpv4(url.hostname)
  if (server === undefined) return { status: 0, bytes: new Uint8Array(0) }
  const port = url.port === '' ? roads.tftpPort : Number(url.port)
  return fetchTftp(roads.lan, from, { address: server, port }, decodeURIComponent(url.pathname.slice(1)))
}
