import type { ExplainView, HappeningView, JourneyView } from '../../services/admin/schema.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { Icon, type IconName } from '../kit/icon.tsx'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { ChangesPill, useSteady } from '../kit/steady.tsx'
import type { Desk } from './desk.ts'

/** What it did, in plain words, the newest first: that is the one an installer waits for. */
export function JourneyTab({ desk, it }: { desk: Desk; it: ExplainView }) {
  return (
    <div class="columns wide-first">
      <Await of={desk.journey.value} again={() => void desk.loadJourney()}>
        {(journey: JourneyView | undefined) => <Timeline happenings={journey?.happenings ?? []} />}
      </Await>
      <Section id="who" title={t('Who it is, and why we think so')}>
        <div class="card">
          <Why it={it} />
        </div>
      </Section>
    </div>
  )
}

/** The evidence by which it was recognised. */
export function Why({ it }: { it: Pick<ExplainView, 'identity'> }) {
  const { vendor, model, firmware, confidence, used } = it.identity
  const sure = [
    t('Nothing told what it is yet.'),
    t('A guess: only its MAC address or a file name speaks for it.'),
    t('The vendor is sure, the model is not known yet.'),
    t('Sure: it told vendor and model itself.'),
  ]
  return (
    <>
      <dl class="pairs">
        <dt>{t('Vendor')}</dt>
        <dd>
          <Said>{vendor ?? '–'}</Said>
        </dd>
        <dt>{t('Model')}</dt>
        <dd>
          <Said>{model ?? '–'}</Said>
        </dd>
        <dt>{t('Firmware')}</dt>
        <dd>
          <Said>{firmware ?? '–'}</Said>
        </dd>
      </dl>
      <p>{sure[confidence]}</p>
      {used.length > 0 && (
        <ul class="evidence">
          {used.map((one) => (
            <li key={`${one.source} ${one.text}`}>
              <span class="quiet">{sourceWord(one.source)}</span> <code>{one.text}</code>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function sourceWord(source: string): string {
  const words: Readonly<Record<string, string>> = {
    oui: t('Prefix of its MAC'),
    vendorClass: t('DHCP class (option 60)'),
    hostName: t('Host name'),
    userAgent: t('User-Agent when fetching'),
    sipUserAgent: t('User-Agent in SIP'),
    pnp: t('PnP SUBSCRIBE'),
    path: t('File that it asked for'),
  }
  return words[source] ?? source
}

const ICONS: readonly (readonly [RegExp, IconName])[] = [
  [/^dhcp\./, 'lease'],
  [/^file\./, 'file'],
  [/^(notify|action|refetch|pnp)\./, 'told'],
  [/^record\./, 'pencil'],
  [/^(neighbour|identified)/, 'eye'],
]

export function Timeline({ happenings }: { happenings: readonly HappeningView[] }) {
  const all = happenings.map((it, i) => ({ ...it, id: `${it.at} ${it.kind} ${i}` })).reverse()
  const steady = useSteady(all, (it) => it.id)
  if (all.length === 0)
    return (
      <Section id="journey" title={t('Journey')}>
        <Empty icon="eye">{t('It was never seen here. Is it plugged in, and into this network?')}</Empty>
      </Section>
    )
  return (
    <Section id="journey" title={t('Journey')} action={<ChangesPill of={steady} />}>
      <ol class="timeline card" {...steady.bind}>
        {steady.rows.slice(0, 200).map((it) => (
          <li key={it.id} class={it.tone}>
            <span class="dot">
              <Icon name={ICONS.find(([kind]) => kind.test(it.kind))?.[1] ?? 'eye'} />
            </span>
            <details>
              <summary>
                <Said class="text">{it.text}</Said>
                <span class="quiet">
                  <Ago at={it.at} />
                </span>
              </summary>
              <dl class="pairs">
                <dt>{t('Time')}</dt>
                <dd>{fullTime(it.at)}</dd>
                <dt>{t('Kind')}</dt>
                <dd>
                  <code>{it.kind}</code>
                </dd>
                {it.address && (
                  <>
                    <dt>{t('Address')}</dt>
                    <dd>{it.address}</dd>
                  </>
                )}
                {it.interface && (
                  <>
                    <dt>{t('Interface')}</dt>
                    <dd>{it.interface}</dd>
                  </>
                )}
                {it.fields
                  ?.filter(({ name }) => name !== 'kind')
                  .map(({ name, value }) => [
                    <dt key={`${name} name`}>{name}</dt>,
                    <dd key={`${name} value`}>
                      <code>{value}</code>
                    </dd>,
                  ])}
              </dl>
            </details>
          </li>
        ))}
      </ol>
    </Section>
  )
}
