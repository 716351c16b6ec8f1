import { statfs } from 'node:fs/promises'
import { messageOf } from '../../services/core/errors.ts'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import { formatMac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import type { SqlDatabase } from '../../services/core/sql.ts'
import type { DhcpStatus } from '../../services/dhcp/contract.ts'
import type { Devices, Inspector } from '../../services/phones/contract.ts'

/** How one thing stands. `warn`: it works, and somebody should look. */
export interface Checked {
  readonly id: string
  readonly title: string
  readonly state: 'good' | 'warn' | 'bad'
  readonly text: string
}

/** One listener of the box, as it stands now. */
export interface Listening {
  readonly service: string
  readonly where: string
  readonly listening: boolean
  readonly problem?: string | undefined
}

export interface CheckFacts {
  readonly db: SqlDatabase
  readonly dataFolder: string
  readonly lan: Pick<Lan, 'interfaces'>
  readonly listeners: () => readonly Listening[]
  readonly dhcp: () => DhcpStatus
  readonly devices: Pick<Devices, 'list'>
  readonly inspector: Pick<Inspector, 'files'>
  readonly vendors: () => number
  /** Fetches a public file of the box over HTTP from one of its own addresses; why that failed, else nothing. */
  readonly fetchOwn: () => Promise<string | undefined>
}

/** What the account's clock says, to compare with. */
export interface Skew {
  readonly skewMs: number
}

type Outcome = Pick<Checked, 'state' | 'text'>
type Check = readonly [id: string, title: string, run: (facts: CheckFacts, given: Skew) => Outcome | Promise<Outcome>]

const GIB = 2 ** 30
/** Phones check certificates and show the time by what the box says. */
const SKEW_WARN_MS = 60_000
const SKEW_BAD_MS = 600_000
/** Devices whose files are looked at: more would take long on a small box. */
const MOST_DEVICES = 300

const CHECKS: readonly Check[] = [
  [
    'services',
    'Services listen',
    ({ listeners }) => {
      const all = listeners()
      const off = all.filter(({ listening }) => !listening)
      if (off.length === 0) return { state: 'good', text: `${all.length} listeners are open` }
      return { state: 'bad', text: off.map((one) => `${one.service} ${one.where}: ${one.problem ?? 'off'}`).join('; ') }
    },
  ],
  [
    'http',
    'A file comes over HTTP',
    async ({ fetchOwn }) => {
      const problem = await fetchOwn()
      return problem === undefined
        ? { state: 'good', text: 'the box gave a file to itself' }
        : { state: 'bad', text: problem }
    },
  ],
  [
    'database',
    'The database is whole',
    ({ db }) => {
      const [row] = db.query<{ quick_check: string }>('PRAGMA quick_check(5)').all()
      const text = row?.quick_check ?? 'no answer'
      return text === 'ok' ? { state: 'good', text: 'no fault found' } : { state: 'bad', text }
    },
  ],
  [
    'disk',
    'There is room on the disk',
    async ({ dataFolder }) => {
      const { bavail, blocks, bsize } = await statfs(dataFolder)
      const [free, share] = [bavail * bsize, bavail / Math.max(1, blocks)]
      const text = `${(free / GIB).toFixed(1)} GiB free, ${Math.round(share * 100)} %`
      if (free < GIB / 10 || share < 0.02) return { state: 'bad', text }
      return { state: free < GIB / 2 || share < 0.1 ? 'warn' : 'good', text }
    },
  ],
  [
    'clock',
    'The clock is right',
    (_facts, { skewMs }) => {
      const off = Math.abs(skewMs)
      const seconds = Math.round(off / 1000)
      const text = `${seconds} s ${skewMs > 0 ? 'behind' : 'ahead of'} the account`
      if (off < SKEW_WARN_MS) return { state: 'good', text: 'it agrees with the account' }
      return { state: off < SKEW_BAD_MS ? 'warn' : 'bad', text }
    },
  ],
  [
    'interfaces',
    'Interfaces have addresses',
    ({ lan }) => {
      const all = lan.interfaces()
      const text = all
        .map(({ name, up, addresses }) => {
          const where = addresses.map(({ address, prefix }) => `${formatIpv4(address)}/${prefix}`).join(', ')
          return `${name} ${up ? where || 'without address' : 'down'}`
        })
        .join('; ')
      const working = all.filter(({ up, addresses }) => up && addresses.length > 0)
      if (working.length === 0) return { state: 'bad', text: text || 'there is none' }
      return { state: working.length < all.length ? 'warn' : 'good', text }
    },
  ],
  [
    'dhcp',
    'DHCP does as it is told',
    ({ dhcp }) => {
      const { interfaces, networks } = dhcp()
      const silent = interfaces.filter(({ mode, answering }) => mode !== 'off' && !answering)
      const full = networks.filter(({ size, active, offered, declined }) => active + offered + declined >= size * 0.95)
      const told = interfaces.map(({ name, mode, reason }) => `${name} ${mode}: ${reason}`).join('; ') || 'off'
      if (silent.length > 0) return { state: 'bad', text: told }
      if (full.length > 0)
        return { state: 'warn', text: `nearly no address left in ${full.map(({ id }) => id).join(', ')}` }
      return { state: 'good', text: told }
    },
  ],
  [
    'foreign-dhcp',
    'No other DHCP server answers beside it',
    ({ dhcp }) => {
      const heard = dhcp().interfaces.flatMap(({ name, mode, foreign }) =>
        mode === 'full' ? foreign.map(({ server }) => `${formatIpv4(server)} on ${name}`) : [],
      )
      if (heard.length === 0) return { state: 'good', text: 'none was heard where this box serves everyone' }
      return { state: 'warn', text: heard.join(', ') }
    },
  ],
  [
    'files',
    'Every phone’s files can be made',
    ({ devices, inspector, vendors }) => {
      const all = devices.list().filter(({ enabled }) => enabled)
      const wrong = all.slice(0, MOST_DEVICES).flatMap(({ mac }) => {
        const problem = inspector.files(mac).find((file) => file.problem !== undefined)
        return problem === undefined ? [] : [`${formatMac(mac)} ${problem.name}: ${problem.problem}`]
      })
      if (wrong.length > 0) return { state: 'warn', text: `${wrong.length} phones: ${wrong.slice(0, 5).join('; ')}` }
      return { state: 'good', text: `${all.length} phones, ${vendors()} vendors` }
    },
  ],
]

/** Looks at everything, one after another; a check that fails is a bad one. */
export async function runChecks(
  facts: CheckFacts,
  given: Skew,
  tell: (text: string, progress: number) => void = () => {},
): Promise<readonly Checked[]> {
  const out: Checked[] = []
  for (const [i, [id, title, run]] of CHECKS.entries()) {
    tell(title, Math.round((i / CHECKS.length) * 100))
    try {
      out.push({ id, title, ...(await run(facts, given)) })
    } catch (thrown) {
      out.push({ id, title, state: 'bad', text: messageOf(thrown) })
    }
  }
  return out
}
