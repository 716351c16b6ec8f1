import type { LeaseView } from '../../services/admin/schema.ts'
import type { NetworkView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { addressOf, numberOf, rangeOf } from './data.ts'

type State = 'free' | 'used' | 'reserved' | 'aside'
/** More addresses than this are drawn several to a cell. */
const MOST_CELLS = 512
const COLUMNS = 32

type Drawn = Pick<NetworkView, 'id' | 'pools' | 'reservations'>

interface Cell {
  readonly from: number
  readonly to: number
  readonly state: State
  /** Of the addresses in it, how many are not free: 0 to 1. */
  readonly full: number
}

/** The addresses of a network's ranges in order, and who has them. */
function cellsOf(network: Drawn, leases: readonly LeaseView[]): readonly Cell[] {
  const states = new Map<number, State>()
  for (const { address } of network.reservations) states.set(numberOf(address), 'reserved')
  for (const lease of leases)
    if (lease.network === network.id && (lease.state === 'active' || lease.state === 'declined'))
      states.set(numberOf(lease.address), lease.state === 'active' ? 'used' : 'aside')
  const all = network.pools.flatMap((pool) => {
    const { from, to } = rangeOf(pool)
    return Array.from({ length: Math.min(to - from + 1, 65_536) }, (_, i) => from + i)
  })
  const each = Math.max(1, Math.ceil(all.length / MOST_CELLS))
  return Array.from({ length: Math.ceil(all.length / each) }, (_, i) => {
    const group = all.slice(i * each, (i + 1) * each)
    const taken = group.flatMap((address) => states.get(address) ?? [])
    const state = (['aside', 'used', 'reserved'] as const).find((one) => taken.includes(one)) ?? 'free'
    return { from: group[0] ?? 0, to: group.at(-1) ?? 0, state, full: taken.length / group.length }
  })
}

/**
 * How full a network is, as a picture: one square an address, or a few addresses each where there are many. Without
 * leases nobody here knows, and none is called free.
 */
export function PoolPicture(props: {
  network: Drawn
  leases: readonly LeaseView[] | undefined
  /** What an address is called that nobody is known to have. */
  free?: string
}) {
  const { network, leases } = props
  const cells = cellsOf(network, leases ?? [])
  const count = (state: State) => cells.filter((cell) => cell.state === state).length
  const rows = Math.ceil(cells.length / COLUMNS)
  const each = cells.some((cell) => cell.to > cell.from)
  const words: Readonly<Record<State, string>> = {
    used: t('leased'),
    reserved: t('kept for one device'),
    aside: t('set aside: somebody else has it'),
    free: props.free ?? (leases === undefined ? t('to be given; whether they are, only the box knows') : t('free')),
  }
  if (cells.length === 0) return <p class="quiet">{t('This network has no range: only reservations are served.')}</p>
  const states = (Object.keys(words) as State[]).filter(
    (state) => state === 'free' || (state === 'used' && leases !== undefined) || count(state) > 0,
  )
  const summary = states.map((state) => `${count(state)} ${words[state]}`).join(', ')
  return (
    <figure class="pool">
      <svg
        viewBox={`0 0 ${COLUMNS * 10} ${rows * 10}`}
        role="img"
        aria-label={t('Addresses of {name}: {summary}', { name: network.id, summary })}
      >
        {cells.map((cell, i) => (
          <rect
            key={cell.from}
            class={`cell-${cell.state}`}
            x={(i % COLUMNS) * 10 + 1}
            y={Math.floor(i / COLUMNS) * 10 + 1}
            width={8}
            height={8}
            rx={1.5}
            fill-opacity={cell.state === 'free' ? 1 : 0.35 + 0.65 * cell.full}
          >
            <title>
              {cell.from === cell.to ? addressOf(cell.from) : `${addressOf(cell.from)}–${addressOf(cell.to)}`}:{' '}
              {words[cell.state]}
            </title>
          </rect>
        ))}
      </svg>
      <figcaption class="legend">
        {states.map((state) => (
          <span key={state}>
            <span class={`swatch cell-${state}`} aria-hidden="true" />
            {each ? words[state] : `${count(state)} ${words[state]}`}
          </span>
        ))}
        {each && <span>{t('each square is several addresses')}</span>}
      </figcaption>
    </figure>
  )
}
