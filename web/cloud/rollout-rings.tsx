import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import type { FleetSite } from './types.ts'

/** A ring as it is typed. */
export interface RingText {
  readonly size: string
  readonly wait: string
}
export const FIRST_RING: RingText = { size: '1', wait: '60' }
const MOST = 10

interface Ring {
  readonly sites?: number
  readonly percent?: number
  readonly ids?: readonly string[]
  readonly waitMinutes: number
}

type Named = Pick<FleetSite, 'siteId' | 'name'>

/** So many sites, a share, or sites by their names. `unknown`: no site has this one. */
export function ringOf({ size, wait }: RingText, sites: readonly Named[]): { ring: Ring; unknown?: string } {
  const waitMinutes = Number(wait)
  const text = size.trim()
  const share = /^(\d+)\s*%$/.exec(text)
  if (share) return { ring: { percent: Number(share[1]), waitMinutes } }
  if (text === '' || /^[\d.-]+$/.test(text)) return { ring: { sites: Number(text), waitMinutes } }
  const names = text.split(',').map((name) => name.trim())
  const found = names.filter(Boolean).map((name) => {
    const same = sites.find((site) => site.name.toLowerCase() === name.toLowerCase())
    return { name, id: same?.siteId }
  })
  const unknown = found.find(({ id }) => id === undefined)?.name
  const ids = found.flatMap(({ id }) => id ?? [])
  return { ring: { ids, waitMinutes }, ...(unknown !== undefined && { unknown }) }
}

/** Which sites go first, and how long they are watched before the next; all that are in no ring go last. */
export function Rings(props: {
  rings: readonly RingText[]
  sites: readonly Named[]
  change: (rings: readonly RingText[]) => void
  faultAt: (path: string) => string | undefined
}) {
  const { rings, sites, change, faultAt } = props
  const set = (at: number, given: Partial<RingText>) =>
    change(rings.map((ring, i) => (i === at ? { ...ring, ...given } : ring)))
  return (
    <>
      {rings.map((ring, i) => {
        const { unknown } = ringOf(ring, sites)
        const of = (path: string) => faultAt(`rings.${i}.${path}`)
        return (
          <fieldset key={i} class="plain-set whole form">
            <legend class="unseen">{t('Ring {n}', { n: i + 1 })}</legend>
            <TextField
              label={i === 0 ? t('First ring') : t('Ring {n}', { n: i + 1 })}
              value={ring.size}
              change={(size) => set(i, { size })}
              hint={t('So many sites, a share like 10 %, or sites by name; the others follow.')}
              fault={
                unknown === undefined
                  ? (of('sites') ?? of('percent') ?? of('ids'))
                  : t('There is no site “{name}”.', { name: unknown })
              }
            />
            <TextField
              label={t('Minutes to wait after it')}
              value={ring.wait}
              change={(wait) => set(i, { wait })}
              fault={of('waitMinutes')}
            />
            {i > 0 && (
              <button
                type="button"
                aria-label={`${t('Leave out')}: ${t('Ring {n}', { n: i + 1 })}`}
                onClick={() => change(rings.filter((_, at) => at !== i))}
              >
                {t('Leave out')}
              </button>
            )}
          </fieldset>
        )
      })}
      {rings.length < MOST && (
        <div class="buttons whole">
          <button type="button" onClick={() => change([...rings, { size: '10 %', wait: '60' }])}>
            {t('Another ring before the others')}
          </button>
        </div>
      )}
    </>
  )
}
