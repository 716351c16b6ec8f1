import { useSignal } from '@preact/signals'
import type { FileRow } from '../../services/admin/schema.ts'
import type { PreviewView } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { devices, listOf } from '../state.ts'
import type { TextsGround } from './ground.ts'
import { Packs } from './packs.tsx'
import { TemplateList } from './template-list.tsx'
import { TemplatePage } from './template-page.tsx'
import { Versions } from './versions.tsx'

/** What the box knows of each vendor, as texts: whose is in use, and a way to write one's own. */
export function TemplatesPage({ vendor, file }: { vendor: string | undefined; file: string | undefined }) {
  const stamp = useSignal(0)
  const rows = listOf(devices.value)
  const ground: TextsGround = {
    ...{ path: '/templates', mayEdit: may('site'), mayTry: may('site'), onDemand: false, versions: Versions },
    nameOf: (by) => by,
    link: (of, name) => to('templates', ...(of === undefined ? [] : [of]), ...(name === undefined ? [] : [name])),
    here: new Set(rows.flatMap((row) => row.vendor ?? [])),
    phones: (of) => rows.filter((row) => row.vendor === of).map((row) => ({ key: row.mac, name: row.name ?? row.mac })),
    async filesOf(mac) {
      const { files } = await api<{ files: FileRow[] }>(`/devices/${encodeURIComponent(mac)}/files`)
      return files.filter(({ absent }) => absent === undefined).map((one) => one.name)
    },
    preview: (mac, wish) => api<PreviewView>('/templates/preview', { method: 'POST', body: { ...wish, mac } }),
  }
  if (vendor !== undefined && file !== undefined)
    return <TemplatePage key={`${vendor}/${file}`} {...{ ground, vendor, file }} />
  return (
    <>
      <h1>{t('Templates')}</h1>
      <TemplateList ground={ground} only={vendor} stamp={stamp.value} />
      {vendor === undefined && (
        <Packs
          changed={() => {
            stamp.value++
          }}
        />
      )}
    </>
  )
}
