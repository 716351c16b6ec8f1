import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Ago, Await, Empty, Said } from '../kit/states.tsx'
import { useAsked } from './asked.ts'
import { at, path } from './session.ts'

interface Progress {
  readonly siteId: string
  readonly site: string
  readonly wanted?: string
  readonly version?: string
  readonly state: 'in-use' | 'under-way' | 'waiting' | 'refused' | 'unknown'
  readonly reason?: string
  readonly at?: number
}
interface Page {
  readonly sites: readonly Progress[]
  readonly next?: string
}

/** How far each site is with a pack, and why one is not. */
export function PackSites({ pack }: { pack: string }) {
  const address = path('packs', pack, 'sites')
  const first = useAsked(pack, () => api<Page>(address), { what: ['files'] })
  const more = useSignal<Page | undefined>(undefined)
  const loadMore = async (after: string) => {
    const page = await api<Page>(`${address}?after=${encodeURIComponent(after)}`)
    more.value = { ...page, sites: [...(more.value?.sites ?? []), ...page.sites] }
  }
  return (
    <Await of={first.of} again={first.again}>
      {(it: Page) => {
        const rows = [...it.sites, ...(more.value?.sites ?? [])]
        const next = more.value === undefined ? it.next : more.value.next
        if (rows.length === 0) return <Empty icon="overview">{t('There is no site yet.')}</Empty>
        return (
          <>
            <ul class="history">
              {rows.map((one) => (
                <li key={one.siteId}>
                  <span>
                    <a href={at('sites', one.siteId)} dir="auto">
                      {one.site}
                    </a>{' '}
                    <State of={one} />
                    <Said class="quiet block">{one.reason}</Said>
                  </span>
                  <span class="quiet">
                    {one.version !== undefined &&
                      one.version !== one.wanted &&
                      t('has {version}', { version: one.version })}{' '}
                    {one.at !== undefined && <Ago at={one.at} />}
                  </span>
                </li>
              ))}
            </ul>
            <div class="buttons">
              <button type="button" onClick={() => first.again()}>
                {t('Look again')}
              </button>
              {next !== undefined && (
                <button type="button" onClick={() => void loadMore(next)}>
                  {t('Show more')}
                </button>
              )}
            </div>
          </>
        )
      }}
    </Await>
  )
}

function State({ of }: { of: Progress }) {
  const { word, tone } = {
    'in-use': { word: t('in use'), tone: 'configured' },
    'under-way': { word: t('fetches it'), tone: 'under-way' },
    waiting: { word: t('waits'), tone: 'waiting' },
    refused: { word: t('refused it'), tone: 'trouble' },
    unknown: { word: t('not heard of yet'), tone: 'waiting' },
  }[of.state]
  return <span class={`badge ${tone}`}>{word}</span>
}
