import { t } from '../i18n.ts'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import type { Asked } from './asked.ts'
import { DriftBadge, driftSentence, VerdictBadge } from './drift.tsx'
import type { FleetDevice } from './types.ts'

/** What is wanted of a phone and what it has fetched, in words. */
export function DeviceState({ fleet }: { fleet: Asked<FleetDevice | undefined> }) {
  return (
    <Await of={fleet.of} again={fleet.again} rows={4}>
      {(it: FleetDevice | undefined) =>
        it === undefined ? (
          <Empty icon="phone">
            <p>{t('Nothing is known of this phone yet.')}</p>
          </Empty>
        ) : (
          <>
            <Section id="drift" title={t('Has what is wanted')}>
              <div class="card">
                <p>
                  <DriftBadge of={it} /> {driftSentence(it.drift)}
                </p>
                <dl class="pairs">
                  <dt>{t('Wanted')}</dt>
                  <dd>
                    <Version hash={it.wanted?.hash} at={it.wanted?.since ?? undefined} none={t('not known yet')} />
                  </dd>
                  <dt>{t('Fetched')}</dt>
                  <dd>
                    <Version hash={it.fetched?.hash} at={it.fetched?.at} none={t('nothing yet')} />
                    {it.fetched && (
                      <span class="quiet">
                        {' '}
                        <Said>{it.fetched.file}</Said>, {it.fetched.by.toUpperCase()}
                      </span>
                    )}
                  </dd>
                </dl>
              </div>
            </Section>
            <Section id="verdict" title={t('What the box says of it')}>
              <div class="card">
                <p>
                  <VerdictBadge verdict={it.verdict} /> <Said>{it.verdictText ?? undefined}</Said>
                </p>
                {it.advice !== null && (
                  <p>
                    <strong>{t('What helps:')}</strong> <Said>{it.advice}</Said>
                  </p>
                )}
                <Seen it={it} />
              </div>
            </Section>
          </>
        )
      }
    </Await>
  )
}

function Version({ hash, at, none }: { hash: string | undefined; at: number | undefined; none: string }) {
  if (hash === undefined) return <span class="quiet">{none}</span>
  return (
    <>
      <code title={hash}>{hash.slice(0, 10)}</code> {at !== undefined && <Ago at={at} />}
    </>
  )
}

function Seen({ it }: { it: FleetDevice }) {
  const rows = [
    [t('Firmware'), it.firmware],
    [t('Address'), it.address],
    [t('Extension'), it.extension],
    [t('Group'), it.group],
  ] as const
  return (
    <dl class="pairs">
      {rows.map(
        ([label, value]) =>
          value !== null && (
            <>
              <dt key={label}>{label}</dt>
              <dd key={`${label} value`} dir="auto">
                {value}
              </dd>
            </>
          ),
      )}
      {it.lastSeen !== null && (
        <>
          <dt>{t('Last seen')}</dt>
          <dd>
            <Ago at={it.lastSeen} />
          </dd>
        </>
      )}
    </dl>
  )
}
