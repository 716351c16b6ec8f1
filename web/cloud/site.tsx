import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Await } from '../kit/states.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { toast } from '../kit/toast.tsx'
import { part } from '../part.tsx'
import { go } from '../router.ts'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { BoxTab } from './box-tab.tsx'
import { ConflictsTab } from './conflicts.tsx'
import { at, atLeast, path } from './session.ts'
import { SiteForm } from './site-form.tsx'
import { SitePhones } from './site-phones.tsx'
import { BoxState, useFleetSites } from './sites.tsx'
import type { FleetSite, Site } from './types.ts'

const Texts = part(async () => (await import('./texts.tsx')).Texts)
const NetworksTab = part(async () => (await import('./networks-tab.tsx')).NetworksTab)
const SitePeople = part(async () => (await import('./site-people.tsx')).SitePeople)
const SiteSettings = part(async () => (await import('./layers-page.tsx')).SiteSettings)

/** One site: its phones, its box, and edits that did not fit together. */
export function SitePage({ id, tab, rest }: { id: string; tab: string; rest: readonly string[] }) {
  const site = useAsked(id, () => api<Site>(path('sites', id)))
  const fleet = useFleetSites()
  const standing = fleet.of.kind === 'ready' ? fleet.of.value.find(({ siteId }) => siteId === id) : undefined
  const open = useAsked(
    id,
    async () => {
      return (await api<{ conflicts: readonly unknown[] }>(path('sites', id, 'conflicts'))).conflicts.length
    },
    { what: ['conflicts'], site: id },
  )
  const conflicts = open.of.kind === 'ready' && open.of.value > 0 ? String(open.of.value) : undefined
  return (
    <>
      <p class="crumb">
        <a href={at()}>{t('Sites')}</a>
      </p>
      {site.of.kind !== 'ready' && <h1>{t('Site')}</h1>}
      <Await of={site.of} again={site.again} rows={2}>
        {(it: Site) => <Head site={it} standing={standing} again={site.again} />}
      </Await>
      <Tabs
        label={t('Parts of the site')}
        at={tab}
        tabs={[
          { id: 'state', text: t('Phones'), href: at('sites', id) },
          { id: 'people', text: t('Directory'), href: at('sites', id, 'people') },
          { id: 'settings', text: t('Settings'), href: at('sites', id, 'settings') },
          { id: 'networks', text: t('Networks'), href: at('sites', id, 'networks') },
          { id: 'templates', text: t('Templates'), href: at('sites', id, 'templates') },
          { id: 'box', text: t('Box'), href: at('sites', id, 'box') },
          { id: 'conflicts', text: t('Conflicts'), href: at('sites', id, 'conflicts'), mark: conflicts },
        ]}
      />
      {tab === 'box' ? (
        <BoxTab site={id} />
      ) : tab === 'conflicts' ? (
        <ConflictsTab site={id} changed={open.again} />
      ) : tab === 'people' ? (
        <SitePeople site={id} />
      ) : tab === 'networks' ? (
        <NetworksTab site={id} standing={standing} />
      ) : tab === 'templates' ? (
        <Texts site={id} vendor={rest[0]} file={rest[1]} />
      ) : tab === 'settings' ? (
        <SiteSettings site={id} kind={rest[0]} id={rest[1]} />
      ) : (
        <SitePhones site={id} />
      )}
    </>
  )
}

function Head(props: { site: Site; standing: FleetSite | undefined; again: () => void }) {
  const { site, standing } = props
  const editing = useSignal(false)
  const remove = async () => {
    const yes = await confirmed({
      title: t('Remove {name}?', { name: site.name }),
      consequences: [
        t('What the account holds of its phones is lost.'),
        t('A site with a box cannot be removed: let the box go first.'),
      ],
      action: t('Remove'),
      danger: true,
    })
    if (!yes) return
    await tried(t('{name} was not removed', { name: site.name }), async () => {
      await api(path('sites', site.id), { method: 'DELETE' })
      toast(t('{name} is removed.', { name: site.name }))
      go(at())
    })
  }
  return (
    <>
      <div class="page-head">
        <h1 dir="auto">{site.name}</h1>
        <div class="buttons">
          {atLeast('installer') && (
            <button
              type="button"
              onClick={() => {
                editing.value = true
              }}
            >
              {t('Change')}
            </button>
          )}
          {atLeast('admin') && (
            <button type="button" onClick={() => void remove()}>
              {t('Remove')}
            </button>
          )}
        </div>
      </div>
      <p class="head-line">
        {standing && <BoxState site={standing} />}
        <span class="quiet">{site.timeZone}</span>
        {standing && <span class="quiet">{plural('{n} phone|{n} phones', standing.devices)}</span>}
      </p>
      {site.note !== '' && <p dir="auto">{site.note}</p>}
      {editing.value && (
        <SiteForm
          site={site}
          close={() => {
            editing.value = false
          }}
          done={() => {
            editing.value = false
            props.again()
          }}
        />
      )}
    </>
  )
}
