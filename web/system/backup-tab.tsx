import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { BackupsView, StoredBackupView } from '../../services/admin/schema-backup.ts'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Check } from '../kit/field.tsx'
import { Ago, Await, Empty, Said, Section } from '../kit/states.tsx'
import { may } from '../session.ts'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { sizeText } from '../upload.ts'
import { KeyCard } from './backup-key.tsx'
import { ScheduleForm } from './backup-schedule.tsx'
import { ResetCard } from './reset-card.tsx'
import { chooseBackup, RestoreCard } from './restore-card.tsx'

/** While one is made, and else. */
const OFTEN_MS = 700
const SELDOM_MS = 15_000

/** Backups of the whole box, putting one in its place, and beginning anew. */
export function BackupTab() {
  const backups = useSignal<Loaded<BackupsView>>({ kind: 'loading' })
  const ask = () => load(backups, () => api<BackupsView>('/backups'))
  const running = backups.value.kind === 'ready' && backups.value.value.job.phase === 'running'
  useEffect(() => {
    void ask()
    const timer = setInterval(() => void ask(), running ? OFTEN_MS : SELDOM_MS)
    return () => clearInterval(timer)
  }, [running])
  const take = (value: BackupsView) => {
    backups.value = { kind: 'ready', value }
  }
  return (
    <>
      <Await of={backups.value} again={() => void ask()}>
        {(it: BackupsView) => (
          <>
            <KeyCard it={it} take={take} />
            <Section id="backups" title={t('Backups')} count={it.backups.length}>
              {it.key?.confirmed && <MakeCard it={it} take={take} />}
              <Stored it={it} gone={() => void ask()} />
            </Section>
            {it.key?.confirmed && <ScheduleForm key={JSON.stringify(it.schedule)} it={it} take={take} />}
          </>
        )}
      </Await>
      {may('accounts') && (
        <>
          <RestoreCard />
          <ResetCard />
        </>
      )}
    </>
  )
}

function MakeCard({ it, take }: { it: BackupsView; take: (it: BackupsView) => void }) {
  const firmware = useSignal(true)
  const make = () =>
    tried(t('No backup was begun'), async () => {
      take(await api<BackupsView>('/backups', { method: 'POST', body: { firmware: firmware.value } }))
    })
  const { phase, percent, message } = it.job
  return (
    <div class="card stacked">
      <p>
        {t('One file with everything that makes this box this box. Phones are served meanwhile.')}{' '}
        {t('{size} are free here.', { size: sizeText(it.free) })}
      </p>
      {phase === 'failed' && (
        <p class="failed" role="alert">
          {t('The last backup failed')}: <Said>{message}</Said>
        </p>
      )}
      {phase === 'running' ? (
        <div class="progress" role="status">
          <span>{t('A backup is being made …')}</span>
          <progress max={100} value={percent} aria-label={t('A backup is being made …')} />
        </div>
      ) : (
        <>
          <Check
            label={t('With the content of firmware files')}
            checked={firmware.value}
            change={(on) => {
              firmware.value = on
            }}
          />
          <div class="buttons">
            <button type="button" class="primary" onClick={() => void make()}>
              {t('Back up now')}
            </button>
          </div>
        </>
      )}
    </div>
  )
}

function Stored({ it, gone }: { it: BackupsView; gone: () => void }) {
  if (it.backups.length === 0)
    return (
      <Empty icon="files">
        <p>{t('There is no backup here yet.')}</p>
        {!it.key?.confirmed && <p>{t('First make a recovery key: backups are sealed for it.')}</p>}
      </Empty>
    )
  return (
    <>
      {it.stick === true && <p class="quiet">{t('A stick is plugged in: new backups are copied onto it.')}</p>}
      <ul class="files card">
        {it.backups.map((one) => (
          <Row key={`${one.place} ${one.name}`} one={one} gone={gone} />
        ))}
      </ul>
      <p class="quiet">{t('Keep one elsewhere too: what is only in the box is lost with it.')}</p>
    </>
  )
}

function Row({ one, gone }: { one: StoredBackupView; gone: () => void }) {
  const remove = async () => {
    const yes = await confirmed({
      title: t('Remove this backup?'),
      consequences: [
        t('What was made at {time} can then be restored from a copy elsewhere alone.', { time: fullTime(one.at) }),
      ],
      action: t('Remove'),
      danger: true,
    })
    if (!yes) return
    await tried(t('It was not removed'), async () => {
      await api(`/backups/${encodeURIComponent(one.name)}`, { method: 'DELETE' })
      gone()
    })
  }
  return (
    <li>
      <span class="grow">
        <strong>{fullTime(one.at)}</strong>{' '}
        <span class="quiet facts">
          <Ago at={one.at} />
          <span>{sizeText(one.size)}</span>
          <span dir="auto">{one.box}</span>
          <span>
            {t('Version')} {one.version}
          </span>
          {one.content === 'without-firmware' && <span>{t('without firmware')}</span>}
          {one.place === 'stick' && <span>{t('on the stick')}</span>}
          {!one.ours && <span>{t('for another recovery key')}</span>}
        </span>
      </span>
      <span class="buttons">
        <a class="button" href={`/api/v1/backups/${encodeURIComponent(one.name)}`} download={one.name}>
          {t('Download')} <span class="unseen">{one.name}</span>
        </a>
        {may('accounts') && (
          <button type="button" onClick={() => void chooseBackup(one.name)}>
            {t('Restore …')} <span class="unseen">{one.name}</span>
          </button>
        )}
        {one.place === 'box' && (
          <button type="button" onClick={() => void remove()}>
            {t('Remove')} <span class="unseen">{one.name}</span>
          </button>
        )}
      </span>
    </li>
  )
}
