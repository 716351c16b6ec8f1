import { createHash } from 'node:crypto'
import type { Accounts } from '../services/accounts/contract.ts'
import type { Listener } from '../services/admin/contract.ts'
import type { Front } from '../services/admin/front.ts'
import { makeLanPage } from '../services/admin/serve-lan.ts'
import { makeAnnouncer } from '../services/announce/announcer.ts'
import type { Announcement } from '../services/announce/contract.ts'
import { messageOf } from '../services/core/errors.ts'
import { formatIpv4 } from '../services/core/ipv4.ts'
import type { Log } from '../services/core/log.ts'
import type { Lan } from '../services/core/net.ts'
import { VERSION } from '../services/program/version.ts'
import { fingerprintOf } from './accounts.ts'
import { every } from './admin.ts'
import type { BoxConfig } from './config/config.ts'
import type { Authority } from './tls/authority.ts'

const TITLE = 'Branchline'
const DAY_MS = 86_400_000

export interface PageOnLanDeps {
  readonly config: BoxConfig
  readonly lan: Lan
  readonly accounts: Accounts
  readonly authority: Authority
  readonly front: Front
  readonly log: Log
  readonly mode: 'box' | 'demo'
}

export interface PageOnLan extends AsyncDisposable {
  listeners(): readonly Listener[]
}

/** Whether the page is to be on the LAN now: where a person said so, else once there is somebody to sign in. */
export function isWanted(listen: BoxConfig['admin']['listen'], hasAccounts: boolean): boolean {
  return listen === 'lan' || (listen === 'auto' && hasAccounts)
}

/**
 * Opens the page on the LAN's addresses as configuration, accounts and interfaces stand, follows each of them, and
 * announces it while it is open. Resolves when the first state is reached.
 */
export async function openPageOnLan(deps: PageOnLanDeps): Promise<PageOnLan> {
  const { config, lan, accounts, authority, log } = deps
  const page = makeLanPage({ front: deps.front })
  const announcer = makeAnnouncer({ lan, log })
  const fingerprint = fingerprintOf(authority.caDer)
  const udn = `uuid:${uuidOf(authority.caDer)}`
  const interfaces = () =>
    lan
      .interfaces()
      .filter(({ up }) => up)
      .flatMap(({ name, addresses }) => addresses.map((held) => ({ name, ...held })))

  async function settle(): Promise<void> {
    const held = interfaces()
    const wanted = deps.mode === 'box' && isWanted(config.admin.listen, accounts.exist()) && held.length > 0
    if (!wanted) {
      await announcer.announce(undefined)
      await page.serve(undefined)
      return
    }
    const own = [`${config.admin.name}.local`, `${config.admin.name}-http.local`]
    const names = [...new Set([...own, ...announcer.hosts(), ...config.admin.names])].map((it) => it.toLowerCase())
    const { keyPem: key, chainPem: cert } = await authority.pageCertificate(
      names,
      held.map(({ address }) => address),
    )
    await page.serve({
      ...{ addresses: held.map(({ address }) => formatIpv4(address)), names, title: TITLE, udn, tls: { key, cert } },
      ...{ http: config.ports.admin, https: config.ports.adminTls },
      ca: { der: authority.caDer, pem: authority.caPem, fingerprint },
    })
    await announcer.announce(config.admin.announce ? announcement(held) : undefined)
  }

  function announcement(held: ReturnType<typeof interfaces>): Announcement {
    // One address an interface: what stands first is what people know it by.
    const firsts = held.filter((one, i) => held.findIndex(({ name }) => name === one.name) === i)
    return {
      ...{ host: config.admin.name, title: TITLE, https: config.ports.adminTls, http: config.ports.admin },
      ...{ interfaces: firsts, udn, server: `Linux/1 UPnP/1.1 ${TITLE}/${VERSION}` },
    }
  }

  // One after the other: each sees what the one before left.
  let last: Promise<void> = Promise.resolve()
  const update = () => {
    last = last
      .then(settle)
      .catch((thrown: unknown) => log.error('page on the lan failed', { reason: messageOf(thrown) }))
    return last
  }
  const stops = [
    accounts.onChange(() => void update()),
    lan.onChange(() => void update()),
    announcer.onHost(() => void update()),
    // A certificate for browsers lasts two years and a bit.
    every(DAY_MS, () => void update()),
  ]
  await update()
  return {
    listeners: () => page.listening().map((where) => ({ service: 'page', where })),
    async [Symbol.asyncDispose]() {
      for (const stop of stops) stop()
      await last
      await announcer[Symbol.asyncDispose]()
      await page[Symbol.asyncDispose]()
    },
  }
}

/** A UUID that stays as long as the authority does (RFC 9562 §5.8: version 8, by a hash of our own choice). */
export function uuidOf(bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest()
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6)
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8)
  return hash.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
