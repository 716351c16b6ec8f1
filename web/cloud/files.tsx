import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Empty } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { sendFile, sizeText } from '../upload.ts'
import { useAsked } from './asked.ts'
import { GiveFile, GivenFiles, useGivenFiles } from './give.tsx'
import { atLeast, path } from './session.ts'

interface StoredFile {
  readonly name: string
  readonly size: number
  readonly addedAt: number
}
interface Listed {
  readonly files: readonly StoredFile[]
  readonly quota: number
  readonly used: number
}

/** Firmware, pictures and sounds that the boxes of all sites fetch from the account. */
export function FilesPage() {
  const list = useAsked('', () => api<Listed>(path('files')), { what: ['files'] })
  const given = useGivenFiles()
  const giving = useSignal<string | undefined>(undefined)
  const part = useSignal<number | undefined>(undefined)
  const upload = async (files: readonly File[]) => {
    for (const file of files) {
      part.value = 0
      await tried(t('{name} was not stored', { name: file.name }), async () => {
        const address = `${path('files')}?name=${encodeURIComponent(file.name)}`
        await sendFile('POST', address, file, (done) => {
          part.value = done
        })
        toast(t('{name} is stored.', { name: file.name }))
      })
    }
    part.value = undefined
    list.again()
  }
  const remove = async ({ name }: StoredFile) => {
    const consequences = [t('Boxes that have it keep it; new ones do not get it.')]
    if (!(await confirmed({ title: t('Remove {name}?', { name }), consequences, action: t('Remove'), danger: true })))
      return
    await tried(t('{name} was not removed', { name }), async () => {
      await api(path('files', name), { method: 'DELETE' })
      list.again()
    })
  }
  return (
    <>
      <h1>{t('Files')}</h1>
      {atLeast('admin') && (
        <div class="card drop">
          <label>
            <span>{t('Choose files')}</span>
            <input
              type="file"
              multiple
              onChange={(event) => {
                const chosen = [...(event.currentTarget.files ?? [])]
                event.currentTarget.value = ''
                void upload(chosen)
              }}
            />
          </label>
          {part.value !== undefined && <progress class="progress" value={part.value} aria-label={t('Upload')} />}
        </div>
      )}
      <Await of={list.of} again={list.again} rows={4}>
        {(it: Listed) => (
          <>
            <p class="quiet">
              {t('{used} of {quota} are used', { used: sizeText(it.used), quota: sizeText(it.quota) })}
            </p>
            {it.files.length === 0 ? (
              <Empty icon="files">{t('No file is stored yet.')}</Empty>
            ) : (
              <ul class="card history">
                {it.files.map((file) => (
                  <li key={file.name}>
                    <span>
                      <a href={`/api/v1${path('files', file.name)}`} download={file.name} class="breaking" dir="auto">
                        {file.name}
                      </a>
                      <span class="quiet block">
                        {sizeText(file.size)}, <Ago at={file.addedAt} />
                      </span>
                    </span>
                    {atLeast('admin') && (
                      <span class="buttons">
                        <button
                          type="button"
                          aria-label={`${t('Give to boxes')}: ${file.name}`}
                          onClick={() => {
                            giving.value = file.name
                          }}
                        >
                          {t('Give to boxes')}
                        </button>
                        <button
                          type="button"
                          aria-label={`${t('Remove')}: ${file.name}`}
                          onClick={() => void remove(file)}
                        >
                          {t('Remove')}
                        </button>
                      </span>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </>
        )}
      </Await>
      <GivenFiles of={given} />
      {giving.value !== undefined && (
        <GiveFile
          file={giving.value}
          close={(done) => {
            giving.value = undefined
            if (done) given.again()
          }}
        />
      )}
    </>
  )
}
