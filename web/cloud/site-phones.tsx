import { useSignal } from '@preact/signals'
import type { NewDeviceStatus } from '../../services/sync/site-report.ts'
import { api } from '../api.ts'
import { whatOf } from '../format.ts'
import { plural, t } from '../i18n.ts'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { ChangesPill, Steadily } from '../kit/steady.tsx'
import { useAsked } from './asked.ts'
import { FleetTable, keyOf } from './fleet-table.tsx'
import { NewDevice } from './new-device.tsx'
import { atLeast, path } from './session.ts'
import type { FleetDevice } from './types.ts'

const MOST = 500

interface Stranger {
  readonly id: string
  readonly status?: NewDeviceStatus
}

/** The phones of a site, and those that its box saw and that have no record. */
export function SitePhones({ site }: { site: string }) {
  const query = `?site=${encodeURIComponent(site)}&limit=${MOST}`
  const phones = useAsked(
    site,
    async () => {
      return (await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}${query}`)).devices
    },
    { what: ['devices', 'box'], site },
  )
  const strangers = useAsked(
    site,
    async () => {
      return (await api<{ newDevices: readonly Stranger[] }>(path('sites', site, 'status'))).newDevices
    },
    { what: ['devices'], site },
  )
  const adding = useSignal<string | undefined>(undefined)
  const button = atLeast('installer') && (
    <button
      type="button"
      onClick={() => {
        adding.value = ''
      }}
    >
      {t('Add a phone')}
    </button>
  )
  return (
    <>
      <Section id="phones" title={t('Phones')} action={button}>
        <Await of={phones.of} again={phones.again} rows={6}>
          {(rows: readonly FleetDevice[]) =>
            rows.length === 0 ? (
              <Empty icon="phone">
                <p>{t('No phone of this site has a record yet.')}</p>
                <p>{t('Add one by the MAC address on its label, or adopt one that the box has seen.')}</p>
              </Empty>
            ) : (
              <Steadily rows={rows} keyOf={keyOf}>
                {(steady) => (
                  <>
                    <div class="list-head">
                      <span role="status">{plural('{n} phone|{n} phones', rows.length)}</span>
                      <ChangesPill of={steady} />
                    </div>
                    <FleetTable steady={steady} />
                  </>
                )}
              </Steadily>
            )
          }
        </Await>
      </Section>
      {strangers.of.kind === 'ready' && strangers.of.value.length > 0 && (
        <Section id="strangers" title={t('Seen there, without a record')} count={strangers.of.value.length}>
          <Steadily rows={strangers.of.value} keyOf={({ id }) => id}>
            {(steady) => (
              <>
                <ChangesPill of={steady} over />
                <ul class="card history" {...steady.bind}>
                  {steady.rows.map((one) => (
                    <li key={one.id}>
                      <span>
                        <span class="mac">{one.id}</span> {one.status && <span dir="auto">{whatOf(one.status)}</span>}
                        {one.status && (
                          <span class="quiet">
                            {' '}
                            <Ago at={one.status.lastSeen} />
                          </span>
                        )}
                        <Said class="quiet block">{one.status?.because}</Said>
                      </span>
                      {atLeast('installer') && (
                        <button
                          type="button"
                          onClick={() => {
                            adding.value = one.id
                          }}
                        >
                          {t('Adopt it')}
                        </button>
                      )}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Steadily>
        </Section>
      )}
      {adding.value !== undefined && (
        <NewDevice
          site={site}
          mac={adding.value}
          seen={
            strangers.of.kind === 'ready' ? strangers.of.value.find(({ id }) => id === adding.value)?.status : undefined
          }
          close={() => {
            adding.value = undefined
          }}
        />
      )}
    </>
  )
}
