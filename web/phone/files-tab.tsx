import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ExplainView, FilePreview } from '../../services/admin/schema.ts'
import type { PendingView } from '../../services/admin/schema-refetch.ts'
import { plural, t } from '../i18n.ts'
import { ScrollBox } from '../kit/scroll-box.tsx'
import { Await, Empty, Said, Section } from '../kit/states.tsx'
import { type Loaded, load } from '../state.ts'
import type { Desk } from './desk.ts'
import { Changed } from './save-bar.tsx'

/** The files of a phone, byte for byte but for the secrets; with unsaved changes, what they would change. */
export function FilesTab({ desk, it }: { desk: Desk; it: ExplainView }) {
  const name = useSignal<string | undefined>(undefined)
  const shown = useSignal<Loaded<FilePreview>>({ kind: 'loading' })
  const open = (file: string) => {
    name.value = file
    shown.value = { kind: 'loading' }
    void load(shown, () => desk.file(file))
  }
  return (
    <>
      {desk.edits.value > 0 && (
        <Section id="difference" title={t('With the changes that are not saved')}>
          <Changed desk={desk} />
        </Section>
      )}
      {it.device && desk.pending && <Pending desk={desk} ask={desk.pending} />}
      <Section id="files" title={t('Files')} count={it.files.length}>
        {it.files.length === 0 && <Empty icon="file">{t('No template makes a file for it.')}</Empty>}
        <ul class="files card">
          {it.files.map((file) => (
            <li key={file.name}>
              {file.absent === undefined ? (
                <button
                  type="button"
                  class="link"
                  aria-expanded={name.value === file.name}
                  onClick={() => open(file.name)}
                >
                  {file.name}
                </button>
              ) : (
                <span>{file.name}</span>
              )}
              {file.own && <span class="tag">{t('its own')}</span>}
              {file.secret && <span class="tag">{t('holds secrets')}</span>}
              {file.absent !== undefined && (
                <span class="quiet">
                  {t('never made:')} <Said>{file.absent}</Said>
                </span>
              )}
              {file.problem !== undefined && (
                <span class="fault">
                  <Said>{file.problem}</Said>
                </span>
              )}
            </li>
          ))}
        </ul>
        {name.value !== undefined && (
          <Await of={shown.value} again={() => open(name.value ?? '')}>
            {(preview: FilePreview) => (
              <figure>
                <figcaption>
                  {preview.file}, {plural('{n} byte|{n} bytes', preview.size)}
                  {preview.masked && `, ${t('secrets masked')}`}
                </figcaption>
                <ScrollBox class="code" label={preview.file}>
                  <pre>{preview.text}</pre>
                </ScrollBox>
              </figure>
            )}
          </Await>
        )}
        {(it.media ?? []).length > 0 && (
          <ul class="quiet">
            {it.media?.map((text) => (
              <li key={text}>
                <Said>{text}</Said>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </>
  )
}

/** Whether it has what is set, and what would happen if it were asked. */
function Pending({ desk, ask }: { desk: Desk; ask: () => Promise<PendingView> }) {
  const pending = useSignal<Loaded<PendingView>>({ kind: 'loading' })
  const stamp = desk.explanation.value
  useEffect(() => {
    void load(pending, ask)
  }, [stamp])
  return (
    <Await of={pending.value} rows={1}>
      {(it: PendingView) => (
        <div class="card">
          <p>
            {it.files.length === 0
              ? t('It has all that is set.')
              : t('It does not have yet: {files}.', { files: it.files.map((file) => file.name).join(', ') })}
          </p>
          {it.files.length > 0 && (
            <p class="quiet">
              {it.reboot === 'yes'
                ? t('It has to restart for it:')
                : it.reboot === 'no'
                  ? t('It need not restart for it:')
                  : t('Whether it has to restart for it is not known:')}{' '}
              <Said>{it.because}</Said>
            </p>
          )}
          {it.way !== undefined && (
            <p class="quiet">
              {t('How it is told:')} <Said>{it.way.text}</Said>
            </p>
          )}
        </div>
      )}
    </Await>
  )
}
