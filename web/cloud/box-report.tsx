import type { BoxStatus } from '../../services/sync/site-report.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Ago, Await, Said, Section } from '../kit/states.tsx'
import { sizeText } from '../upload.ts'
import { useAsked } from './asked.ts'
import { path } from './session.ts'

interface Reported {
  readonly at: number
  readonly status?: BoxStatus
}

/** What the box says of itself. */
export function BoxReport({ site }: { site: string }) {
  const report = useAsked(
    site,
    async () => {
      const { box } = await api<{ box: readonly Reported[] }>(path('sites', site, 'status'))
      return box[0] ?? {}
    },
    { what: ['box'], site },
  )
  return (
    <Section id="box-report" title={t('What the box reports')}>
      <Await of={report.of} again={report.again}>
        {(it: Partial<Reported>) =>
          it.status === undefined ? (
            <p class="quiet">{t('It has not reported yet.')}</p>
          ) : (
            <div class="card">
              <Facts status={it.status} at={it.at ?? 0} />
            </div>
          )
        }
      </Await>
    </Section>
  )
}

function Facts({ status, at }: { status: BoxStatus; at: number }) {
  return (
    <dl class="pairs">
      <dt>{t('Reported')}</dt>
      <dd>
        <Ago at={at} />
      </dd>
      <dt>{t('Version')}</dt>
      <dd dir="auto">{status.version}</dd>
      <dt>{t('Addresses')}</dt>
      <dd class="mac">{status.addresses.join(', ')}</dd>
      {status.services.map(({ service, where }) => (
        <>
          <dt key={`${service} ${where}`} dir="auto">
            {service.toUpperCase()}
          </dt>
          <dd key={`${service} ${where} where`}>
            <Said>{where}</Said>
          </dd>
        </>
      ))}
      {status.dhcp.map((one) => (
        <>
          <dt key={one.interface}>{t('DHCP on {interface}', { interface: one.interface })}</dt>
          <dd key={`${one.interface} state`}>
            {one.on ? t('on') : t('off')} ({one.mode}) <Said class="quiet">{one.reason}</Said>
          </dd>
        </>
      ))}
      {status.storage && (
        <>
          <dt>{t('Storage')}</dt>
          <dd>
            {t('{free} of {total} are free', {
              free: sizeText(status.storage.free),
              total: sizeText(status.storage.total),
            })}
          </dd>
        </>
      )}
    </dl>
  )
}
