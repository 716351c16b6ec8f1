import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { PaceView } from '../services/admin/routes-pace.ts'
import { api } from './api.ts'
import { minuteTime, now } from './format.ts'
import { t } from './i18n.ts'
import { Section } from './kit/states.tsx'
import { latest, soon } from './state.ts'

type Minute = PaceView['minutes'][number]
type Kind = Exclude<keyof Minute, 'at'>
const KINDS: readonly Kind[] = ['failed', 'configured', 'files', 'leased']

const MINUTE_MS = 60_000
/** Two minutes a column: two hours fit a telephone's screen. */
const EACH = 2
export const COLUMNS = 60
const HEIGHT = 100
const ASK_MS = 5000

interface Column extends Readonly<Record<Kind, number>> {
  readonly from: number
  readonly all: number
}

/** The minutes in columns of equal time, the newest last. */
export function columnsOf(minutes: readonly Minute[], at: number): readonly Column[] {
  const width = EACH * MINUTE_MS
  const last = Math.floor(at / width)
  return Array.from({ length: COLUMNS }, (_, i) => {
    const from = (last - COLUMNS + 1 + i) * width
    const own = minutes.filter((minute) => minute.at >= from && minute.at < from + width)
    const sum = (kind: Kind) => own.reduce((total, minute) => total + minute[kind], 0)
    const counts = { leased: sum('leased'), configured: sum('configured'), files: sum('files'), failed: sum('failed') }
    return { ...counts, from, all: counts.leased + counts.configured + counts.files + counts.failed }
  })
}

/** How much phones did in the last two hours, as a picture: whether they all started at once, and whether it went well. */
export function Pace() {
  const minutes = useSignal<readonly Minute[]>([])
  const ask = useMemo(
    () =>
      soon(ASK_MS, async () => {
        // Without an answer the picture stays as it was; that the box is gone is told elsewhere.
        const pace = await api<PaceView>('/pace').catch(() => undefined)
        if (pace) minutes.value = pace.minutes
      }),
    [],
  )
  useEffect(() => {
    void api<PaceView>('/pace').then(
      (pace) => {
        minutes.value = pace.minutes
      },
      () => undefined,
    )
  }, [])
  const news = latest.value
  useEffect(() => {
    if (news !== undefined) ask()
  }, [news])
  const minute = Math.floor(now.value / MINUTE_MS) * MINUTE_MS
  const columns = useMemo(() => columnsOf(minutes.value, minute + MINUTE_MS - 1), [minutes.value, minute])
  if (columns.every(({ all }) => all === 0)) return null
  return (
    <Section id="pace" title={t('The last two hours')}>
      <Chart columns={columns} />
    </Section>
  )
}

function Chart({ columns }: { columns: readonly Column[] }) {
  const words: Readonly<Record<Kind, string>> = {
    leased: t('addresses given'),
    configured: t('configurations fetched'),
    files: t('other files fetched'),
    failed: t('refused or broken off'),
  }
  const most = columns.reduce((best, one) => (one.all > best.all ? one : best))
  const total = (kind: Kind) => columns.reduce((sum, one) => sum + one[kind], 0)
  const shown = KINDS.filter((kind) => total(kind) > 0)
  const summary = shown.map((kind) => `${total(kind)} ${words[kind]}`).join(', ')
  const first = columns[0]?.from ?? 0
  return (
    <figure class="pace card">
      <svg
        viewBox={`0 0 ${COLUMNS * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t('{summary}; most at {time}', { summary, time: minuteTime(most.from) })}
      >
        {columns.map((column, i) => {
          let y = HEIGHT
          return (
            <g key={column.from}>
              <title>{`${minuteTime(column.from)}: ${column.all}`}</title>
              {shown.map((kind) => {
                const height = (column[kind] / most.all) * HEIGHT
                y -= height
                return height === 0 ? null : (
                  <rect key={kind} class={`pace-${kind}`} x={i * 10 + 1} y={y} width={8} height={height} />
                )
              })}
            </g>
          )
        })}
      </svg>
      <p class="pace-times quiet" aria-hidden="true">
        <time>{minuteTime(first)}</time>
        <span>{t('most: {n} in two minutes', { n: most.all })}</span>
        <span>{t('now')}</span>
      </p>
      <figcaption class="legend">
        {[...shown].reverse().map((kind) => (
          <span key={kind}>
            <span class={`swatch pace-${kind}`} aria-hidden="true" />
            {total(kind)} {words[kind]}
          </span>
        ))}
      </figcaption>
    </figure>
  )
}
