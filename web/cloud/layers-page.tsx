import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Empty } from '../kit/states.tsx'
import { type Effects, type Kind, type LayersGround, usedBy } from '../settings/ground.ts'
import { LayerOptions } from '../settings/layer-options.tsx'
import { Layers } from '../settings/layers.tsx'
import { changes } from '../state.ts'
import { useAsked } from './asked.ts'
import { account, at, atLeast, path } from './session.ts'
import type { BulkPreview, FleetDevice } from './types.ts'

/** Phones whose groups, vendors and models are offered: more are found by typing. */
const MOST = 500

/** What holds at one site for the whole of it, a vendor, a group or a model. */
export function SiteSettings(props: { site: string; kind: string | undefined; id: string | undefined }) {
  const { site, kind, id } = props
  return (
    <>
      <p class="quiet">
        {t(
          'What is set for the site holds for every phone, unless its group, its model or the phone itself has it otherwise.',
        )}
      </p>
      <Layers ground={useGround(site)} kind={kind} id={id} options={LayerOptions} />
    </>
  )
}

/** What the account says for all of its sites. */
export function AccountSettings({ kind, id }: { kind: string | undefined; id: string | undefined }) {
  const ground = useGround(undefined)
  const limited = account.value?.role === 'installer'
  return (
    <>
      <h1>{t('Settings')}</h1>
      <p class="quiet">
        {t('What is set here holds at every site that has nothing of its own in its place: look at the site for that.')}
      </p>
      {limited && (
        <Empty icon="lock">
          <p>
            {t('These are for all sites: an administrator may change them. Yours are at each site, under Settings.')}
          </p>
        </Empty>
      )}
      <Layers ground={ground} kind={kind} id={id} options={LayerOptions} />
    </>
  )
}

function useGround(site: string | undefined): LayersGround {
  const phones = useAsked(site ?? '', async () => {
    const query = new URLSearchParams({ ...(site !== undefined && { site }), limit: String(MOST) })
    return (await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${query}`)).devices
  })
  const place = site === undefined ? [] : ['sites', site]
  return {
    path: path(...place, 'layers'),
    mayEdit: atLeast(site === undefined ? 'admin' : 'installer'),
    ofAccount: site !== undefined,
    siteWord: site === undefined ? t('All sites') : t('Site'),
    link: (kind, id) => at(...place, 'settings', ...(kind === 'site' ? [] : [kind]), ...(id === undefined ? [] : [id])),
    phoneLink: (effect) => at('sites', effect.site ?? '', 'devices', effect.mac),
    preview: (kind, id, { patch }) => previewOf(site, kind, id, patch),
    used: usedBy(phones.of.kind === 'ready' ? phones.of.value : []),
    stamp: changes.value,
  }
}

async function previewOf(site: string | undefined, layer: Kind, id: string, patch: object): Promise<Effects> {
  const where = site === undefined ? { shared: true } : { sites: [site] }
  const body = { target: { kind: 'layer', layer, id, ...where }, patch }
  const it = await api<BulkPreview>(path('fleet', 'edit', 'preview'), { method: 'POST', body })
  return {
    ...{ devices: it.looked, affected: it.affected, faults: it.faults },
    effects: it.effects.map(({ siteId, mac, name, changes: all }) => ({
      ...{ site: siteId, mac, enabled: true, changes: all.map((change) => ({ ...change })) },
      ...(name !== '' && { name }),
    })) as Effects['effects'],
  }
}
