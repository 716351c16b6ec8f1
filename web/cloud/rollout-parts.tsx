import { t } from '../i18n.ts'
import { Ago, Said } from '../kit/states.tsx'
import { barClass, type Rollout, ringText, SITE_STATES, siteWord } from './rollout-words.ts'

/** How the sites stand, as a bar and in words. */
export function SiteBar({ it }: { it: Pick<Rollout, 'sites' | 'phones'> }) {
  const some = SITE_STATES.filter((state) => it.sites[state] > 0)
  return (
    <>
      <div
        class="stack"
        role="img"
        aria-label={some.map((state) => `${siteWord(state)}: ${it.sites[state]}`).join(', ')}
      >
        {some.map((state) => (
          <span key={state} class={barClass(state)} style={{ flexGrow: it.sites[state] }} />
        ))}
      </div>
      <p class="facts">
        {some.map((state) => (
          <span key={state}>
            {siteWord(state)}: {it.sites[state]}
          </span>
        ))}
        {it.phones.failed > 0 && (
          <span class="badge trouble">
            {t('{n} of {m} phones failed', { n: it.phones.failed, m: it.phones.total })}
          </span>
        )}
      </p>
    </>
  )
}

/** Of what, how far, and by whom. */
export function RolloutFacts({ it }: { it: Rollout }) {
  return (
    <p class="quiet facts">
      <span class="breaking" dir="auto">
        {it.file}
      </span>
      <span>
        {t('Version')} <Said>{it.version}</Said>
      </span>
      <span>{ringText(it)}</span>
      <span>
        {it.by}, <Ago at={it.createdAt} />
      </span>
    </p>
  )
}
