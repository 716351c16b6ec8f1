import type { Kysely } from 'kysely'
import { readIpv4 } from '../../services/core/ipv4.ts'
import type { DhcpNetwork } from '../../services/dhcp/contract.ts'
import { readNetworks } from '../../services/dhcp/network-schema.ts'
import type { NetworkPort } from '../../services/dhcp/policy-edit.ts'
import { boxStatus } from '../../services/sync/site-report.ts'
import type { Tables } from '../database/tables.ts'
import { reportsOf } from './reports.ts'

/** What a box last said of itself that decides about records of its site. */
export interface BoxFacts {
  /** Undefined: it has not said. */
  readonly ports: readonly NetworkPort[] | undefined
  /** Networks of its configuration file. */
  readonly fixed: readonly DhcpNetwork[]
}

const UNKNOWN: BoxFacts = { ports: undefined, fixed: [] }

/** What is known of the box whose feed this is. It is hostile to the account: what cannot be read was not said. */
export async function boxFactsOf(db: Kysely<Tables>, feed: string, unreadable: () => void): Promise<BoxFacts> {
  if (!feed.startsWith('box:')) return UNKNOWN
  const [report] = await reportsOf(db, feed.slice('box:'.length), 'box', { schema: boxStatus, unreadable })
  const { interfaces, fixedNetworks = [] } = report?.status ?? {}
  return {
    ports: interfaces?.map(({ name, addresses }) => ({ name, addresses: addresses.flatMap(addressOf) })),
    fixed: readNetworks(fixedNetworks),
  }
}

/** How far a box has read its feed; undefined: nobody has read it yet. */
export async function pulledOf(db: Kysely<Tables>, feed: string): Promise<number | undefined> {
  if (!feed.startsWith('box:')) return undefined
  const row = await db
    .selectFrom('box_pulled')
    .select('seq')
    .where('box_id', '=', feed.slice('box:'.length))
    .where('feed', '=', feed)
    .executeTakeFirst()
  return row?.seq
}

function addressOf(text: string): NetworkPort['addresses'][number][] {
  const [address = '', prefix = ''] = text.split('/')
  const read = readIpv4(address)
  return read === undefined || !/^\d{1,2}$/.test(prefix) ? [] : [{ address: read, prefix: Number(prefix) }]
}
