import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { UpdateView } from '../../services/admin/schema-update.ts'
import { api } from '../api.ts'
import { fullTime, zone } from '../format.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { Await, Empty, Said, Section } from '../kit/states.tsx'
import { may } from '../session.ts'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { putFile } from '../upload.ts'
import { passwordAgain } from './fresh.tsx'
import { WindowForm } from './update-window.tsx'

const OFTEN_MS = 700
const SELDOM_MS = 15_000

/** The box's own system: what runs, a newer one into the other slot, and what became of it. */
export function UpdateTab() {
  const update = useSignal<Loaded<UpdateView>>({ kind: 'loading' })
  const ask = () => load(update, () => api<UpdateView>('/update'))
  const busy = update.value.kind === 'ready' && isBusy(update.value.value)
  useEffect(() => {
    void ask()
    const timer = setInterval(() => void ask(), busy ? OFTEN_MS : SELDOM_MS)
    return () => clearInterval(timer)
  }, [busy])
  const take = (value: UpdateView) => {
    update.value = { kind: 'ready', value }
  }
  return (
    <Section id="update" title={t('Update')}>
      <Await of={update.value} again={() => void ask()}>
        {(it: UpdateView) => (
          <>
            <div class="card stacked">
              <p>
                {t('Version')} <strong>{it.version}</strong>
                {it.slot !== undefined && `, ${t('slot {slot}', { slot: it.slot })}`}
              </p>
              {it.unsupported === undefined && (
                <p class="quiet">
                  {it.well
                    ? t('It was found well: its services listen, and a virtual phone gets its files.')
                    : t('It has started and is being looked at; this takes some minutes after an update.')}
                </p>
              )}
              {it.fellBack !== undefined && (
                <p class="failed" role="status">
                  {t('A version did not pass its checks, and the one before was taken again')}:{' '}
                  <Said>{it.fellBack}</Said>
                </p>
              )}
            </div>
            {it.unsupported === undefined ? (
              <>
                <Steps it={it} take={take} />
                <WindowForm it={it} take={take} />
              </>
            ) : (
              <Empty icon="system">
                {t('This box runs on a system of yours, as a package or a container: it is updated with that.')}
              </Empty>
            )}
          </>
        )}
      </Await>
    </Section>
  )
}

function isBusy({ phase }: UpdateView): boolean {
  return phase === 'receiving' || phase === 'checking' || phase === 'installing'
}

function Steps({ it, take }: { it: UpdateView; take: (it: UpdateView) => void }) {
  const part = useSignal<number | undefined>(undefined)
  const send = async (file: File | undefined) => {
    if (file === undefined || !(await passwordAgain())) return
    part.value = 0
    await tried(t('The update was not taken'), async () => {
      const answer = await putFile('/update', file, (done) => {
        part.value = done
      })
      take(JSON.parse(answer) as UpdateView)
    })
    part.value = undefined
  }
  const step = part.value !== undefined ? 0 : ['receiving', 'checking', 'installing', 'installed'].indexOf(it.phase)
  const words = [t('Send it to the box'), t('Check the signature'), t('Write the other slot'), t('Start into it')]
  const percent = part.value !== undefined ? part.value * 100 : it.phase === 'checking' ? undefined : it.percent
  return (
    <div class="card stacked">
      {step < 0 && may('accounts') && (
        <>
          <p>{t('A signed bundle goes into the slot that does not run; the one that runs stays as it is.')}</p>
          <div class="field">
            <label for="bundle-file">{t('Choose an update bundle')}</label>
            <input
              id="bundle-file"
              type="file"
              accept=".raucb"
              onChange={(event) => void send(event.currentTarget.files?.[0])}
            />
          </div>
        </>
      )}
      {it.phase === 'refused' && (
        <p class="failed" role="alert">
          {t('Nothing was changed')}: <Said>{it.message}</Said>
        </p>
      )}
      {step >= 0 && (
        <>
          <ol class="steps">
            {words.map((word, i) => (
              <li key={word} aria-current={i === step ? 'step' : undefined} class={i < step ? 'quiet' : ''}>
                {i === step ? <strong>{word}</strong> : word}
                {i < step && ` ${t('done')}`}
              </li>
            ))}
          </ol>
          {step < 3 && (
            <div class="progress" role="status">
              <Said>{it.message}</Said>
              {percent === undefined ? (
                <progress aria-label={words[step]} />
              ) : (
                <progress max={100} value={percent} aria-label={words[step]} />
              )}
            </div>
          )}
        </>
      )}
      {it.phase === 'installed' && may('site') && <Restart it={it} take={take} />}
    </div>
  )
}

/** Now, or at a time of day when nobody telephones. */
function Restart({ it, take }: { it: UpdateView; take: (it: UpdateView) => void }) {
  const at = useSignal('22:00')
  const fault = useSignal<string | undefined>(undefined)
  const send = (body: object) =>
    tried(t('It does not start again'), async () => {
      take(await api<UpdateView>('/update/restart', { method: 'POST', body }))
    })
  const now = async () => {
    const yes = await confirmed({
      title: t('Start into version {version}?', { version: it.bundle ?? '' }),
      consequences: [
        t('Phones are not answered for about a minute; those that are in use go on.'),
        t('If the new version is not found well, the one that runs now is taken again.'),
      ],
      action: t('Start again now'),
    })
    if (yes) await send({})
  }
  if (it.restartAt !== undefined)
    return (
      <>
        <p role="status">
          {t('Version {version} is installed; the box starts into it at {time}.', {
            ...{ version: it.bundle ?? '', time: fullTime(it.restartAt) },
          })}
        </p>
        <div class="buttons">
          <button
            type="button"
            onClick={() =>
              void tried(t('It starts all the same'), async () =>
                take(await api<UpdateView>('/update/restart', { method: 'DELETE' })),
              )
            }
          >
            {t('Not then')}
          </button>
          <button type="button" class="primary" onClick={() => void now()}>
            {t('Start again now')}
          </button>
        </div>
      </>
    )
  return (
    <>
      <p role="status">
        {it.windowStartAt === undefined
          ? t('Version {version} is installed; it starts with the next start.', { version: it.bundle ?? '' })
          : t('Version {version} is installed; the box starts into it by itself at {time}, in its window.', {
              ...{ version: it.bundle ?? '', time: fullTime(it.windowStartAt) },
            })}
      </p>
      <form
        class="stacked"
        aria-label={t('Start into it')}
        onSubmit={(event) => {
          event.preventDefault()
          const next = nextTime(at.value.trim(), Date.now())
          fault.value = next === undefined ? t('A time of day like 22:00') : undefined
          if (next !== undefined) void send({ at: next })
        }}
      >
        <TextField
          label={t('Time of day')}
          hint={zone.value}
          fault={fault.value}
          value={at.value}
          change={(value) => {
            at.value = value
          }}
        />
        <div class="buttons">
          <button type="submit">{t('Start again at that time')}</button>
          <button type="button" class="primary" onClick={() => void now()}>
            {t('Start again now')}
          </button>
        </div>
      </form>
    </>
  )
}

/** The next moment at which it is `HH:MM` in the site's zone; undefined: no such time of day. */
export function nextTime(text: string, now: number, zoneName = zone.value): number | undefined {
  const [, hours, minutes] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? []
  if (hours === undefined || minutes === undefined) return undefined
  const wanted = Number(hours) * 60 + Number(minutes)
  const parts = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zoneName,
  })
  const minuteOf = (at: number) => {
    const [hour = 0, minute = 0] = parts.format(at).split(':').map(Number)
    return hour * 60 + minute
  }
  const start = Math.ceil(now / 60_000) * 60_000
  // Clocks are put forward and back: it is looked for, and found within a day and an hour.
  for (let i = 0; i <= 25 * 60; i++) if (minuteOf(start + i * 60_000) === wanted) return start + i * 60_000
  return undefined
}
