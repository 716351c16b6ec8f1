import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { confirmed } from '../kit/dialog.tsx'
import { Said, Section } from '../kit/states.tsx'
import { type Job, useJob } from './job.ts'
import { Problem } from './problem.tsx'
import { atLeast } from './session.ts'

/** What can be done to a phone from here, through its box. */
export function PhoneHands({ site, mac, name }: { site: string; mac: string; name: string }) {
  const { job, failed, busy, ask } = useJob(site)
  const restart = async () => {
    const yes = await confirmed({
      title: t('Restart {name}?', { name }),
      consequences: [
        t('The phone restarts and fetches everything anew.'),
        t('A call on it ends, and nobody can reach it for a minute or more.'),
      ],
      action: t('Restart it'),
    })
    if (yes) await ask('act', { kind: 'reboot', macs: [mac] })
  }
  return (
    <Section id="hands" title={t('Remote hands')}>
      <div class="card">
        <div class="buttons">
          {atLeast('installer') && (
            <>
              <button type="button" disabled={busy} onClick={() => void ask('act', { kind: 'refetch', macs: [mac] })}>
                {t('Fetch again')}
              </button>
              <button type="button" disabled={busy} onClick={() => void restart()}>
                {t('Restart it')}
              </button>
            </>
          )}
          <button type="button" disabled={busy} onClick={() => void ask('look', { kind: 'explain', mac })}>
            {t('Ask the box about it')}
          </button>
          <button type="button" disabled={busy} onClick={() => void ask('look', { kind: 'render', mac })}>
            {t('See its file')}
          </button>
        </div>
        <Problem of={failed.value} />
        {job.value && <Outcome job={job.value} />}
      </div>
    </Section>
  )
}

/** The box looks itself over. */
export function BoxChecks({ site }: { site: string }) {
  const { job, failed, busy, ask } = useJob(site)
  return (
    <Section id="checks" title={t('Checks')}>
      <div class="card">
        <div class="buttons">
          <button type="button" disabled={busy} onClick={() => void ask('look', { kind: 'checks' })}>
            {t('Have the box look itself over')}
          </button>
        </div>
        <Problem of={failed.value} />
        {job.value && <Outcome job={job.value} />}
      </div>
    </Section>
  )
}

function stateOf({ state }: Job): { readonly word: string; readonly tone: string } {
  return {
    waiting: { word: t('The box has not heard of it yet'), tone: 'waiting' },
    taken: { word: t('The box is at it'), tone: 'under-way' },
    done: { word: t('done'), tone: 'configured' },
    failed: { word: t('failed'), tone: 'trouble' },
    expired: { word: t('nobody answered in time'), tone: 'trouble' },
  }[state]
}

interface Check {
  readonly title: string
  readonly state: string
  readonly text: string
}
interface Story {
  readonly happenings?: readonly { readonly tone: string; readonly text: string }[]
}

function Outcome({ job }: { job: Job }) {
  const { word, tone } = stateOf(job)
  const { text, checks, journey } = job.result ?? {}
  const happenings = (journey as Story | undefined)?.happenings
  return (
    <div class="outcome">
      <p role="status">
        <span class={`badge ${tone}`}>{word}</span> <Said>{job.text}</Said>
      </p>
      {typeof text === 'string' && <CodeBox label={t('File as the phone gets it')} text={text} />}
      {Array.isArray(checks) && (
        <Rows rows={(checks as readonly Check[]).map((one) => [one.state, `${one.title}: ${one.text}`])} />
      )}
      {happenings && <Rows rows={happenings.map((one) => [one.tone, one.text])} />}
    </div>
  )
}

function toneOf(state: string): { readonly word: string; readonly tone: string } | undefined {
  const tones: Readonly<Record<string, { word: string; tone: string }>> = {
    good: { word: t('good'), tone: 'configured' },
    warn: { word: t('look at it'), tone: 'waiting' },
    bad: { word: t('bad'), tone: 'trouble' },
  }
  return tones[state]
}

function Rows({ rows }: { rows: readonly (readonly [string, string])[] }) {
  return (
    <ul class="history">
      {rows.map(([state, text], i) => {
        const it = toneOf(state)
        return (
          <li key={`${i} ${text}`}>
            <span>
              {it && <span class={`badge ${it.tone}`}>{it.word}</span>} <Said>{text}</Said>
            </span>
          </li>
        )
      })}
    </ul>
  )
}
