import type { AboutView, DhcpView } from '../services/admin/schema.ts'
import { t } from './i18n.ts'
import { Ago, Await, Said, Section } from './kit/states.tsx'
import { about, dhcp } from './state.ts'

/** What the box itself does, and where it does not. */
export function Services() {
  return (
    <Section id="services" title={t('Services of this box')}>
      <Await of={about.value}>
        {(box: AboutView) => (
          <>
            <ul class="services">
              {[...services(box)].map(([service, places]) => {
                const off = places.every((where) => where.startsWith('off'))
                return (
                  <li key={service} class={`card service ${off ? 'is-off' : ''}`}>
                    <strong>{service.toUpperCase()}</strong>
                    <span class={`badge ${off ? 'off' : 'configured'}`}>{off ? t('Off') : t('Works')}</span>
                    <span class="quiet">
                      {places.map((where) => (
                        <Said key={where} class="where">
                          {where}
                        </Said>
                      ))}
                    </span>
                  </li>
                )
              })}
              {dhcp.value.kind === 'ready' && <Interfaces status={dhcp.value.value} />}
            </ul>
            <p class="quiet">
              {t('Version')} {box.version} · {t('started')} <Ago at={box.startedAt} /> · {box.addresses.join(', ')}
            </p>
          </>
        )}
      </Await>
    </Section>
  )
}

function services(box: AboutView): ReadonlyMap<string, readonly string[]> {
  const by = new Map<string, string[]>()
  for (const { service, where } of box.listeners) by.set(service, [...(by.get(service) ?? []), where])
  return by
}

function Interfaces({ status }: { status: DhcpView }) {
  return (
    <>
      {status.interfaces
        .filter(({ answering, mode }) => !answering && mode !== 'off')
        .map((it) => (
          <li key={it.name} class="card service is-bad">
            <strong>DHCP {it.name}</strong>
            <span class="badge trouble">{t('Silent')}</span>
            <span class="quiet">
              <Said>{it.reason}</Said>
            </span>
          </li>
        ))}
    </>
  )
}
