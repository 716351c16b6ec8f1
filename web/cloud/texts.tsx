import { useSignal } from '@preact/signals'
import type { PreviewView } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Section } from '../kit/states.tsx'
import { part } from '../part.tsx'
import type { TextsGround } from '../templates/ground.ts'
import { TemplateList } from '../templates/template-list.tsx'
import { useAsked } from './asked.ts'
import { useNames } from './by.ts'
import { knownAtBox } from './device-desk.ts'
import { asked } from './job.ts'
import { Packs } from './packs.tsx'
import { at, atLeast, path } from './session.ts'
import { TextVersions } from './text-versions.tsx'
import type { FleetDevice } from './types.ts'

const TemplatePage = part(async () => (await import('../templates/template-page.tsx')).TemplatePage)
/** Phones that a text can be tried at. */
const MOST = 500

interface Props {
  /** Undefined: what all sites of the account share. */
  readonly site: string | undefined
  readonly vendor: string | undefined
  readonly file: string | undefined
}

/** Vendors' texts and packs, of an account or of one of its sites. */
export function Texts({ site, vendor, file }: Props) {
  const stamp = useSignal(0)
  const ground = useGround(site)
  if (vendor !== undefined && file !== undefined)
    return <TemplatePage key={`${site} ${vendor}/${file}`} {...{ ground, vendor, file }} />
  return (
    <>
      {site === undefined && <h1>{t('Templates')}</h1>}
      {vendor === undefined && (
        <Packs
          site={site}
          changed={() => {
            stamp.value++
          }}
        />
      )}
      <Section id="texts" title={t('Texts by vendor')}>
        <TemplateList ground={ground} only={vendor} stamp={stamp.value} />
      </Section>
    </>
  )
}

function useGround(site: string | undefined): TextsGround {
  const list = useAsked(site ?? '', async () => {
    const query = new URLSearchParams({ ...(site !== undefined && { site }), limit: String(MOST) })
    return (await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${query}`)).devices
  })
  const nameOf = useNames()
  const rows = list.of.kind === 'ready' ? list.of.value : []
  const place = site === undefined ? [] : ['sites', site]
  const split = (key: string): readonly [string, string] => {
    const [siteId = '', mac = ''] = key.split(' ')
    return [siteId, mac]
  }
  return {
    path: path(...place, 'templates'),
    mayEdit: atLeast('admin'),
    mayTry: atLeast('installer'),
    link: (vendor, file) => at(...place, 'templates', ...[vendor, file].filter((one) => one !== undefined)),
    here: new Set(rows.flatMap((row) => row.vendor ?? [])),
    phones: (vendor) =>
      rows
        .filter((row) => row.vendor === vendor)
        .map((row) => ({ key: `${row.siteId} ${row.mac}`, name: row.name || row.mac })),
    async filesOf(key) {
      const { files } = await knownAtBox(...split(key))
      return files.filter(({ absent }) => absent === undefined).map(({ name }) => name)
    },
    async preview(key, wish) {
      const [siteId, mac] = split(key)
      return asked<PreviewView>(siteId, { kind: 'template', mac, ...wish })
    },
    onDemand: true,
    nameOf,
    versions: TextVersions,
  }
}
