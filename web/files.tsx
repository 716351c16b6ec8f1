import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { FileView } from '../services/admin/schema-files.ts'
import { api } from './api.ts'
import { t } from './i18n.ts'
import { confirmed } from './kit/dialog.tsx'
import { Ago, Await, Empty, Said, Section } from './kit/states.tsx'
import { toast } from './kit/toast.tsx'
import { RolloutBoard } from './rollouts.tsx'
import { may } from './session.ts'
import { type Loaded, load } from './state.ts'
import { tried } from './tried.ts'
import { sizeText, uploadFile } from './upload.ts'

/** Firmware, pictures, sounds: what phones are given beside their configuration; and how new firmware reaches them. */
export function FilesPage() {
  const files = useSignal<Loaded<readonly FileView[]>>({ kind: 'loading' })
  const ask = () => void load(files, async () => (await api<{ files: FileView[] }>('/files')).files)
  useEffect(ask, [])
  return (
    <>
      <h1>{t('Files and firmware')}</h1>
      <RolloutBoard files={files.value} />
      <Section id="stored" title={t('Stored files')}>
        {may('site') && <Upload done={ask} />}
        <Await of={files.value} again={ask}>
          {(list: readonly FileView[]) =>
            list.length === 0 ? (
              <Empty icon="files">{t('Nothing is stored yet.')}</Empty>
            ) : (
              <ul class="cards">
                {list.map((file) => (
                  <Stored key={file.name} file={file} gone={ask} />
                ))}
              </ul>
            )
          }
        </Await>
      </Section>
    </>
  )
}

function Stored({ file, gone }: { file: FileView; gone: () => void }) {
  const remove = async () => {
    const yes = await confirmed({
      title: t('Remove {name}?', { name: file.name }),
      consequences: [t('Phones that ask for it get nothing from then on.')],
      action: t('Remove'),
      danger: true,
    })
    if (!yes) return
    await tried(t('{name} was not removed', { name: file.name }), async () => {
      await api(`/files/${encodeURIComponent(file.name)}`, { method: 'DELETE' })
      gone()
    })
  }
  return (
    <li class="card">
      <div class="need-who">
        <strong dir="auto">{file.name}</strong>
        <span class="tag">{file.kind}</span>
        {file.origin === 'account' && <span class="tag">{t('from the account')}</span>}
      </div>
      <p class="quiet facts">
        {file.version && (
          <span>
            {t('Version')} <Said>{file.version}</Said>
          </span>
        )}
        <span>{sizeText(file.size)}</span>
        <span>{file.models.length === 0 ? t('for any model') : file.models.join(', ')}</span>
        <span>
          {file.by}, <Ago at={file.addedAt} />
        </span>
      </p>
      {file.uses.map((use) => (
        <p key={use}>
          <Said>{use}</Said>
        </p>
      ))}
      {file.origin === 'account' ? (
        <p class="quiet">{t('The central account gave it: it is changed and taken away there.')}</p>
      ) : (
        may('site') && (
          <button type="button" disabled={file.uses.length > 0} onClick={() => void remove()}>
            {t('Remove')} <span class="unseen">{file.name}</span>
          </button>
        )
      )}
    </li>
  )
}

/** Sends files one after another, with how far each is. */
function Upload({ done }: { done: () => void }) {
  const input = useRef<HTMLInputElement>(null)
  const now = useSignal<{ readonly name: string; readonly part: number } | undefined>(undefined)
  const send = async (list: FileList | null | undefined) => {
    for (const file of [...(list ?? [])]) {
      await tried(t('{name} was not stored', { name: file.name }), async () => {
        await uploadFile(file, (part) => {
          now.value = { name: file.name, part }
        })
        toast(t('{name} is stored.', { name: file.name }))
      })
      now.value = undefined
      done()
    }
    if (input.current) input.current.value = ''
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped here; the button beside does the same
    <div
      class="drop card"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void send(event.dataTransfer?.files)
      }}
    >
      <label for="upload">{t('Store files: choose them, or drop them here')}</label>
      <input id="upload" ref={input} type="file" multiple onChange={(event) => void send(event.currentTarget.files)} />
      {now.value && (
        <div class="progress" role="status">
          <span dir="auto">{now.value.name}</span>
          <progress max={1} value={now.value.part} aria-label={now.value.name} />
        </div>
      )}
    </div>
  )
}
