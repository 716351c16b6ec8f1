import type { LayerPreview } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { changes, devices, listOf } from '../state.ts'
import { type LayersGround, usedBy } from './ground.ts'
import { LayerOptions } from './layer-options.tsx'
import { Layers } from './layers.tsx'

/** What holds for the whole site, a vendor, a group or a model; the narrower wins. */
export function SettingsPage({ kind, id }: { kind: string | undefined; id: string | undefined }) {
  const ground: LayersGround = {
    path: '/layers',
    mayEdit: may('site'),
    ofAccount: false,
    siteWord: t('Site'),
    link: (of, name) => (of === 'site' ? to('settings') : to('settings', of, ...(name === undefined ? [] : [name]))),
    phoneLink: ({ mac }) => to('phones', mac),
    preview: (of, name, { body }) =>
      api<LayerPreview>(`/layers/${of}/${encodeURIComponent(name)}/preview`, { method: 'POST', body }),
    used: usedBy(listOf(devices.value)),
    stamp: changes.value,
  }
  return (
    <>
      <h1>{t('Settings')}</h1>
      <p class="quiet">
        {t(
          'What is set for the site holds for every phone, unless its group, its model or the phone itself has it otherwise.',
        )}
      </p>
      <Layers ground={ground} kind={kind} id={id} options={LayerOptions} />
    </>
  )
}
