import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { stateOfRollout } from '../rollouts-words.ts'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { RolloutFacts, SiteBar } from './rollout-parts.tsx'
import {
  boxWord,
  type RolloutDetail,
  type RolloutPhones,
  type RolloutSite,
  siteWord,
  statusWord,
  toneOf,
} from './rollout-words.ts'
import { at, atLeast, path } from './session.ts'

interface Seen {
  readonly it: RolloutDetail
  readonly sites: readonly RolloutSite[]
}

/** One rollout as it goes on, site by site and phone by phone. */
export function RolloutPage({ id }: { id: string }) {
  const seen = useAsked(
    id,
    async (): Promise<Seen> => {
      const [it, { sites }] = await Promise.all([
        api<RolloutDetail>(path('rollouts', id)),
        api<{ sites: readonly RolloutSite[] }>(path('rollouts', id, 'sites')),
      ])
      return { it, sites }
    },
    { what: ['rollouts'] },
  )
  return (
    <Await of={seen.of} again={seen.again} rows={6}>
      {({ it, sites }: Seen) => (
        <>
          <p>
            <a href={at('rollouts')}>{t('All rollouts')}</a>
          </p>
          <div class="page-head">
            <h1 dir="auto">{it.name}</h1>
            <span class={`badge ${toneOf(it)}`}>{statusWord(it.status)}</span>
          </div>
          <div class="card">
            <p role="status">
              <Said>{it.text}</Said>
            </p>
            <SiteBar it={it} />
            <RolloutFacts it={it} />
            {atLeast('admin') && <Controls it={it} done={seen.again} />}
          </div>
          <Section id="sites" title={t('Site by site')}>
            {sites.length === 0 ? (
              <Empty icon="overview">{t('No site of it is yours.')}</Empty>
            ) : (
              <ul class="cards">
                {sites.map((site) => (
                  <Site key={site.siteId} rollout={id} site={site} />
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
    </Await>
  )
}

function Controls({ it, done }: { it: RolloutDetail; done: () => void }) {
  const act = (what: string) =>
    void tried(it.name, async () => {
      await api(path('rollouts', it.id, 'act'), { method: 'POST', body: { act: what } })
      done()
    })
  const abort = async () => {
    const consequences = [
      t('No further site and no further phone is let go. Those under way are followed to their end.'),
      t('Phones that have the new firmware keep it.'),
    ]
    const question = { title: t('Cancel {name}?', { name: it.name }), consequences, action: t('Cancel the rollout') }
    if (await confirmed({ ...question, cancel: t('Back'), danger: true })) act('abort')
  }
  const open = it.status === 'running' || it.status === 'paused' || it.status === 'halted'
  return (
    <div class="buttons">
      {it.status === 'running' && (
        <button type="button" onClick={() => act('pause')}>
          {t('Pause')}
        </button>
      )}
      {(it.status === 'paused' || it.status === 'halted') && (
        <button type="button" class="primary" onClick={() => act('resume')}>
          {t('Go on')}
        </button>
      )}
      {it.sites.failed > 0 && it.status !== 'cancelled' && (
        <button type="button" onClick={() => act('retry')}>
          {t('Try those that failed again')}
        </button>
      )}
      {open && (
        <button type="button" onClick={() => void abort()}>
          {t('Cancel')}
        </button>
      )}
    </div>
  )
}

function Site({ rollout, site }: { rollout: string; site: RolloutSite }) {
  const open = useSignal(false)
  const tone = site.state === 'failed' ? 'trouble' : site.state === 'done' ? 'configured' : 'under-way'
  return (
    <li class="card">
      <div class="need-who">
        <a href={at('sites', site.siteId)}>
          <strong dir="auto">{site.site}</strong>
        </a>
        <span class={`badge ${site.state === 'going' || site.state === 'waiting' ? 'off' : tone}`}>
          {siteWord(site.state)}
        </span>
        {site.box !== 'online' && <span class="tag">{boxWord(site.box)}</span>}
      </div>
      {site.text !== undefined ? (
        <p>
          <Said>{site.text}</Said>
        </p>
      ) : (
        site.state === 'going' && <p>{t('Its box has told nothing yet.')}</p>
      )}
      <p class="quiet facts">
        <span>{t('ring {n}', { n: site.ring })}</span>
        {site.total > 0 && <span>{t('{n} of {m} phones failed', { n: site.failed, m: site.total })}</span>}
        {site.letGoAt !== undefined && (
          <span>
            {t('let go')} <Ago at={site.letGoAt} />
          </span>
        )}
      </p>
      {site.total > 0 && (
        <details
          onToggle={(event) => {
            open.value = event.currentTarget.open
          }}
        >
          <summary>{t('Phone by phone ({n})', { n: site.total })}</summary>
          {open.value && <Phones rollout={rollout} site={site} />}
        </details>
      )}
    </li>
  )
}

function Phones({ rollout, site }: { rollout: string; site: RolloutSite }) {
  const key = `${site.state} ${site.text} ${site.failed}`
  const phones = useAsked(key, () => api<RolloutPhones>(path('rollouts', rollout, 'sites', site.siteId)))
  return (
    <Await of={phones.of} again={phones.again}>
      {({ told }: RolloutPhones) => (
        <ul class="board">
          {told?.phones.map((one) => (
            <li key={one.mac} class={one.state}>
              <a class="mac" href={at('sites', site.siteId, 'devices', one.mac)}>
                {one.mac}
              </a>
              <span>{stateOfRollout(one.state)}</span>
              <span class="quiet">
                <Said>{one.reason ?? one.before}</Said>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Await>
  )
}
