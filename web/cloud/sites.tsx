import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { number, plural, t } from '../i18n.ts'
import { FindField } from '../kit/find-field.tsx'
import { Ago, Await, Empty } from '../kit/states.tsx'
import { ChangesPill, useSteady } from '../kit/steady.tsx'
import { part } from '../part.tsx'
import { go } from '../router.ts'
import { type Asked, useAsked } from './asked.ts'
import { at, atLeast, path } from './session.ts'
import { SiteForm } from './site-form.tsx'
import type { FleetSite } from './types.ts'

const BulkLayerDialog = part(async () => (await import('./bulk-layer.tsx')).BulkLayerDialog)

export function useFleetSites(): Asked<readonly FleetSite[]> {
  const what = ['sites', 'box', 'devices'] as const
  return useAsked('', async () => (await api<{ sites: FleetSite[] }>(path('fleet', 'sites'))).sites, { what })
}

/** The sites of the account, the worst first. */
export function SitesPage() {
  const list = useFleetSites()
  const find = useSignal('')
  const making = useSignal(false)
  const editing = useSignal(false)
  return (
    <>
      <div class="page-head">
        <h1>{t('Sites')}</h1>
        <div class="buttons">
          {atLeast('installer') && (
            <a class="button" href={at('claim')}>
              {t('Claim a box')}
            </a>
          )}
          {atLeast('installer') && list.of.kind === 'ready' && list.of.value.length > 1 && (
            <button
              type="button"
              onClick={() => {
                editing.value = true
              }}
            >
              {t('Edit many')}
            </button>
          )}
          {atLeast('admin') && (
            <button
              type="button"
              class="primary"
              onClick={() => {
                making.value = true
              }}
            >
              {t('Add a site')}
            </button>
          )}
        </div>
      </div>
      <Await of={list.of} again={list.again} rows={6}>
        {(sites: readonly FleetSite[]) =>
          sites.length === 0 ? (
            <Empty icon="overview">
              <p>{t('There is no site yet.')}</p>
              <p>
                {t(
                  'A site is a place with phones: a branch, a shop, an office. It can be set up before its box is there.',
                )}
              </p>
            </Empty>
          ) : (
            <Listed
              sites={sites}
              find={find.value}
              change={(text) => {
                find.value = text
              }}
            />
          )
        }
      </Await>
      {editing.value && list.of.kind === 'ready' && (
        <BulkLayerDialog
          sites={list.of.value}
          close={() => {
            editing.value = false
          }}
        />
      )}
      {making.value && (
        <SiteForm
          close={() => {
            making.value = false
          }}
          done={(site) => {
            making.value = false
            go(at('sites', site.id))
          }}
        />
      )}
    </>
  )
}

function Listed(props: { sites: readonly FleetSite[]; find: string; change: (text: string) => void }) {
  const words = props.find.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = props.sites.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)))
  const steady = useSteady(shown, ({ siteId }) => siteId, props.find)
  const sum = (field: 'devices' | 'configured' | 'trouble' | 'pending') =>
    props.sites.reduce((total, site) => total + site[field], 0)
  const offline = props.sites.filter((site) => site.offline).length
  return (
    <>
      <ul class="tiles" aria-label={t('All sites together')}>
        <Tile text={t('Configured')} n={sum('configured')} of={sum('devices')} tone="configured" />
        <Tile text={t('In trouble')} n={sum('trouble')} tone="trouble" />
        <Tile text={t('Pending')} n={sum('pending')} tone="waiting" />
        <Tile text={t('Sites offline')} n={offline} tone="trouble" />
      </ul>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-sites"
            label={t('Find a site')}
            placeholder={t('Find a site')}
            value={props.find}
            change={props.change}
          />
        </div>
      </search>
      <div class="list-head">
        <span role="status">{plural('{n} site|{n} sites', shown.length)}</span>
        <ChangesPill of={steady} />
      </div>
      <ul class="cards site-cards" {...steady.bind}>
        {steady.rows.map((site) => (
          <SiteCard key={site.siteId} site={site} />
        ))}
      </ul>
    </>
  )
}

function Tile(props: { text: string; n: number; of?: number; tone: string }) {
  return (
    <li class={`tile ${props.n === 0 ? 'none' : props.tone}`}>
      <span class="big">{number(props.n)}</span>
      <span>
        {props.text}
        {props.of !== undefined && ` ${t('of {n}', { n: number(props.of) })}`}
      </span>
    </li>
  )
}

function SiteCard({ site }: { site: FleetSite }) {
  return (
    <li class="card site-card">
      <a href={at('sites', site.siteId)}>
        <strong dir="auto">{site.name}</strong>
      </a>
      <BoxState site={site} />
      <span class="site-counts">
        <span class="quiet">{plural('{n} phone|{n} phones', site.devices)}</span>
        {site.trouble > 0 && <span class="badge trouble">{t('{n} in trouble', { n: site.trouble })}</span>}
        {site.pending > 0 && <span class="badge waiting">{t('{n} pending', { n: site.pending })}</span>}
        {site.neverAsked > 0 && <span class="badge off">{t('{n} never asked', { n: site.neverAsked })}</span>}
      </span>
    </li>
  )
}

/** Whether the account hears of a site's box, in words. */
export function BoxState({ site }: { site: FleetSite }) {
  if (site.boxId === null) return <span class="badge off">{t('No box yet')}</span>
  if (!site.offline) return <span class="badge configured">{t('Online')}</span>
  return (
    <span class="badge trouble">
      {site.boxSeenAt === null ? (
        t('Never heard of')
      ) : (
        <>
          {t('Offline, last heard of')} <Ago at={site.boxSeenAt} />
        </>
      )}
    </span>
  )
}
