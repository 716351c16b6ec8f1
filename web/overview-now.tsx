import { clockTime } from './format.ts'
import { t } from './i18n.ts'
import { Empty, Said, Section } from './kit/states.tsx'
import { ChangesPill, useSteady } from './kit/steady.tsx'
import { to } from './router.ts'
import { devices, jobs, listOf, recent, rollouts } from './state.ts'

const SHOWN = 14

/** What happens at this moment: long work with its progress, then what phones do, the newest first. */
export function RightNow() {
  const steady = useSteady(recent.value.slice(0, SHOWN), (it) => String(it.id))
  const names = new Map(listOf(devices.value).map((row) => [row.mac, row.name]))
  return (
    <Section id="now" title={t('Right now')} action={<ChangesPill of={steady} />}>
      <Work />
      {steady.rows.length === 0 ? (
        <Empty icon="again">
          <p>{t('Nothing has happened since this page was opened.')}</p>
        </Empty>
      ) : (
        <ol class="feed card" {...steady.bind}>
          {steady.rows.map((it) => (
            <li key={it.id} class={it.tone}>
              <span class="quiet">{clockTime(it.at)}</span>
              <span>
                {it.mac && (
                  <>
                    <a href={to('phones', it.mac)} dir="auto">
                      {names.get(it.mac) ?? it.mac}
                    </a>{' '}
                  </>
                )}
                <Said>{it.text}</Said>
              </span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  )
}

function Work() {
  const fetching = listOf(jobs.value).filter(({ state }) => state === 'running' || state === 'waiting')
  const rolling = listOf(rollouts.value).filter(({ status }) => status === 'running' || status === 'paused')
  if (fetching.length + rolling.length === 0) return null
  return (
    <ul class="cards">
      {fetching.slice(0, 5).map((job) => {
        const all = Object.values(job.counts).reduce((sum, n) => sum + n, 0)
        const left = (job.counts.waiting ?? 0) + (job.counts.asked ?? 0)
        return (
          <li key={job.id} class="card">
            <Progress text={`${t('Fetch again')}: ${job.what}`} done={all - left} all={all} note={job.when} />
          </li>
        )
      })}
      {rolling.map((it) => {
        const all = Object.values(it.counts).reduce((sum, n) => sum + n, 0)
        return (
          <li key={it.id} class="card">
            <Progress
              text={`${t('Rollout')}: ${it.name}`}
              done={all - it.counts.waiting - it.counts.updating}
              all={all}
              note={it.text}
            />
          </li>
        )
      })}
    </ul>
  )
}

function Progress({ text, done, all, note }: { text: string; done: number; all: number; note: string }) {
  return (
    <div class="progress">
      <span dir="auto">{text}</span>
      <progress max={Math.max(1, all)} value={done} aria-label={text} />
      <span class="quiet">
        {t('{done} of {all}', { done, all })} · <Said>{note}</Said>
      </span>
    </div>
  )
}
