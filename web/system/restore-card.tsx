import { signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import type { RestoreView } from '../../services/admin/schema-backup.ts'
import { ApiError, api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { Await, Empty, Said, Section } from '../kit/states.tsx'
import { askSession, session } from '../session.ts'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { putFile, sizeText } from '../upload.ts'
import { passwordAgain } from './fresh.tsx'
import { AddressChoice, PreviewList } from './restore-preview.tsx'

const restore = signal<Loaded<RestoreView>>({ kind: 'loading' })
const POLL_MS = 700

const take = (value: RestoreView) => {
  restore.value = { kind: 'ready', value }
}
const askRestore = () => load(restore, () => api<RestoreView>('/restore'))

/** Takes a backup that lies here into the way below, and leads there. */
export async function chooseBackup(name: string): Promise<void> {
  if (!(await passwordAgain())) return
  await tried(t('It cannot be restored'), async () => {
    take(await api<RestoreView>('/restore/choose', { method: 'POST', body: { name } }))
    document.getElementById('restore')?.scrollIntoView({ block: 'start' })
  })
}

/** From a file to the box that it makes: bring, check with the key, see what comes, start again. */
export function RestoreCard() {
  const now = restore.value
  const phase = now.kind === 'ready' ? now.value.phase : 'none'
  useEffect(() => void askRestore(), [])
  useEffect(() => {
    if (phase !== 'checking' && phase !== 'restarting') return
    const timer = setInterval(() => void poll(), POLL_MS)
    return () => clearInterval(timer)
  }, [phase])
  return (
    <Section id="restore" title={t('Restore from a backup')}>
      <Await of={now} again={() => void askRestore()}>
        {(it: RestoreView) => (
          <div class="card stacked">
            {it.outcome && <Outcome it={it.outcome} />}
            <Step it={it} />
          </div>
        )}
      </Await>
    </Section>
  )
}

/** While the box starts again nobody answers, and then somebody else may have to sign in. */
async function poll(): Promise<void> {
  try {
    take(await api<RestoreView>('/restore'))
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) session.value = await askSession()
  }
}

function Step({ it }: { it: RestoreView }) {
  if (it.unsupported !== undefined)
    return (
      <Empty icon="lock">
        <Said>{it.unsupported}</Said>
      </Empty>
    )
  if (it.phase === 'checking') return <Bar text={t('Every byte is being checked …')} max={100} value={it.percent} />
  if (it.phase === 'restarting')
    return (
      <>
        <Bar text={t('The box starts again. This takes a few seconds; then you may have to sign in.')} />
        {it.message !== undefined && (
          <p class="warning" role="status">
            {t('It runs with the backup, but not well yet; the data from before are still kept')}:{' '}
            <Said>{it.message}</Said>
          </p>
        )}
      </>
    )
  if (it.phase === 'ready') return <Ready it={it} />
  if (it.phase === 'received') return <WithKey it={it} />
  return <Bring />
}

function Bar({ text, max, value }: { text: string; max?: number; value?: number }) {
  return (
    <div class="progress" role="status">
      <span>{text}</span>
      {value === undefined ? <progress aria-label={text} /> : <progress max={max} value={value} aria-label={text} />}
    </div>
  )
}

function Bring() {
  const part = useSignal<number | undefined>(undefined)
  const send = async (file: File | undefined) => {
    if (file === undefined || !(await passwordAgain())) return
    part.value = 0
    await tried(t('The backup was not taken'), async () => {
      const answer = await putFile('/restore', file, (done) => {
        part.value = done
      })
      take(JSON.parse(answer) as RestoreView)
    })
    part.value = undefined
  }
  if (part.value !== undefined) return <Bar text={t('The backup is being sent …')} max={1} value={part.value} />
  return (
    <>
      <p>{t('It takes the place of everything in this box. First it is checked, and you see what it would bring.')}</p>
      <div class="field">
        <label for="backup-file">{t('Choose a backup file')}</label>
        <input
          id="backup-file"
          type="file"
          accept=".backup"
          onChange={(event) => void send(event.currentTarget.files?.[0])}
        />
      </div>
    </>
  )
}

function What({ it, children, action }: { it: RestoreView; children: ComponentChildren; action?: ComponentChildren }) {
  const { head } = it
  const forget = () =>
    tried(t('It was not put aside'), async () => take(await api<RestoreView>('/restore', { method: 'DELETE' })))
  return (
    <>
      {head && (
        <p>
          {t('A backup of {box}, made at {time} by version {version} ({size}).', {
            ...{ box: head.box, time: fullTime(head.at), version: head.version, size: sizeText(head.size) },
          })}
        </p>
      )}
      {children}
      <div class="buttons">
        {action}
        <button type="button" onClick={() => void forget()}>
          {t('Put it aside')}
        </button>
      </div>
    </>
  )
}

function WithKey({ it }: { it: RestoreView }) {
  const key = useSignal('')
  const check = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await passwordAgain())) return
    await tried(t('It was not checked'), async () => {
      take(await api<RestoreView>('/restore/check', { method: 'POST', body: { key: key.value } }))
    })
  }
  return (
    <What it={it}>
      {it.message !== undefined && (
        <p class="failed" role="alert">
          {t('Nothing was changed')}: <Said>{it.message}</Said>
        </p>
      )}
      <form class="stacked" onSubmit={(event) => void check(event)} aria-label={t('Open the backup')}>
        <TextField
          label={t('Recovery key')}
          hint={t('Six groups of five letters and digits, from paper or password safe.')}
          placeholder="XXXXX-XXXXX-XXXXX-XXXXX-XXXXX-XXXXX"
          value={key.value}
          change={(value) => {
            key.value = value
          }}
        />
        <div class="buttons">
          <button type="submit" class="primary" disabled={key.value.trim() === ''}>
            {t('Check the whole backup')}
          </button>
        </div>
      </form>
    </What>
  )
}

function Ready({ it }: { it: RestoreView }) {
  const taken = useSignal(it.address?.suggested ?? false)
  const apply = async () => {
    const yes = await confirmed({
      title: t('Restore this backup?'),
      consequences: [
        t('Everything that is in this box now goes; it is kept until the box was found well with the backup.'),
        t('The box starts again: phones are not answered for a few seconds.'),
        t('Accounts and passwords are those of the backup, and so is the certificate of this page.'),
      ],
      action: t('Restore and start again'),
      danger: true,
    })
    if (!yes || !(await passwordAgain())) return
    const body = { ...(it.address && { address: taken.value }) }
    await tried(t('It was not restored'), async () => {
      take(await api<RestoreView>('/restore/apply', { method: 'POST', body }))
    })
  }
  return (
    <What
      it={it}
      action={
        <button type="button" class="danger" onClick={() => void apply()}>
          {t('Restore and start again')}
        </button>
      }
    >
      {it.preview && <PreviewList it={it.preview} />}
      {it.address && <AddressChoice it={it.address} taken={taken} />}
    </What>
  )
}

function Outcome({ it }: { it: NonNullable<RestoreView['outcome']> }) {
  const values = { box: it.box, time: fullTime(it.madeAt) }
  if (it.kind === 'restored')
    return (
      <p class="badge-line" role="status">
        {t('This box was restored from the backup of {box} of {time}.', values)}
      </p>
    )
  return (
    <div class="failed" role="status">
      <p>{t('The backup of {box} of {time} did not start, so everything is as it was before.', values)}</p>
      <p>
        <Said>{it.reason}</Said>
      </p>
    </div>
  )
}
