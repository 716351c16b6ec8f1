import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Await, Empty, Said } from '../kit/states.tsx'
import { ChangesPill, Steadily } from '../kit/steady.tsx'
import { go } from '../router.ts'
import { useAsked } from './asked.ts'
import { RolloutPage } from './rollout.tsx'
import { NewRollout } from './rollout-new.tsx'
import { RolloutFacts, SiteBar } from './rollout-parts.tsx'
import { type Rollout, statusWord, toneOf } from './rollout-words.ts'
import { at, atLeast, path } from './session.ts'

/** New firmware for the phones of many sites, ring by ring. */
export function RolloutsPage({ id }: { id: string | undefined }) {
  return id === undefined ? <RolloutList /> : <RolloutPage key={id} id={id} />
}

function RolloutList() {
  const list = useAsked('', async () => (await api<{ rollouts: readonly Rollout[] }>(path('rollouts'))).rollouts, {
    what: ['rollouts'],
  })
  const making = useSignal(false)
  return (
    <>
      <div class="page-head">
        <h1>{t('Rollouts')}</h1>
        {atLeast('admin') && (
          <button
            type="button"
            class="primary"
            onClick={() => {
              making.value = true
            }}
          >
            {t('New rollout')}
          </button>
        )}
      </div>
      <Await of={list.of} again={list.again} rows={4}>
        {(rollouts: readonly Rollout[]) =>
          rollouts.length === 0 ? (
            <Empty icon="again">
              <p>{t('Nothing was rolled out yet.')}</p>
              <p>{t('Store firmware under Files first; it reaches one site, then more, then all.')}</p>
            </Empty>
          ) : (
            <Steadily rows={rollouts} keyOf={({ id }) => id}>
              {(steady) => (
                <>
                  <ChangesPill of={steady} over />
                  <ul class="cards" {...steady.bind}>
                    {steady.rows.map((one) => (
                      <RolloutCard key={one.id} it={one} />
                    ))}
                  </ul>
                </>
              )}
            </Steadily>
          )
        }
      </Await>
      {making.value && (
        <NewRollout
          close={(made) => {
            making.value = false
            if (made !== undefined) go(at('rollouts', made))
          }}
        />
      )}
    </>
  )
}

function RolloutCard({ it }: { it: Rollout }) {
  return (
    <li class="card">
      <div class="need-who">
        <a href={at('rollouts', it.id)}>
          <strong dir="auto">{it.name}</strong>
        </a>
        <span class={`badge ${toneOf(it)}`}>{statusWord(it.status)}</span>
      </div>
      {it.reason !== undefined && (
        <p>
          <Said>{it.reason}</Said>
        </p>
      )}
      <SiteBar it={it} />
      <RolloutFacts it={it} />
    </li>
  )
}
