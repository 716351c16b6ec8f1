import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DeviceRow, FileRow } from '../../services/admin/schema.ts'
import type { PreviewView } from '../../services/admin/schema-templates.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check, SelectField } from '../kit/field.tsx'
import { ScrollBox } from '../kit/scroll-box.tsx'
import { Await, Empty, NotAllowed } from '../kit/states.tsx'
import { may } from '../session.ts'
import { devices, type Loaded, listOf, load } from '../state.ts'

/** The file of any phone of this vendor as it would be with the text, and what changes in it. */
export function LiveFile(props: { vendor: string; file: string; text: string; good: boolean }) {
  const { vendor, file, text, good } = props
  const phones = listOf(devices.value).filter((row) => row.vendor === vendor)
  const mac = useSignal('')
  const name = useSignal('')
  const whole = useSignal(false)
  const names = useSignal<readonly string[]>([])
  const preview = useSignal<Loaded<PreviewView>>({ kind: 'loading' })
  const chosen = phones.find((row) => row.mac === mac.value) ?? phones[0]
  const at = chosen?.mac
  useEffect(() => {
    if (at === undefined) return
    void api<{ files: FileRow[] }>(`/devices/${encodeURIComponent(at)}/files`).then(
      ({ files }) => {
        names.value = files.filter(({ absent }) => absent === undefined).map((one) => one.name)
      },
      () => undefined,
    )
  }, [at])
  useEffect(() => {
    if (at === undefined || !good || !may('site')) return
    let over = false
    // A fault of the file takes the place of the one that was shown before it.
    const next = { value: { kind: 'loading' } as Loaded<PreviewView> }
    const body = {
      ...{ vendor, mac: at, files: { [file]: text } },
      ...(name.peek() !== '' && { file: name.peek() }),
    }
    void load(next, () => api<PreviewView>('/templates/preview', { method: 'POST', body })).then(() => {
      if (!over) preview.value = next.value
    })
    return () => {
      over = true
    }
  }, [at, text, good, name.value])
  if (!may('site')) return <NotAllowed />
  if (chosen === undefined) return <Empty icon="phone">{t('No phone of this vendor has a record yet.')}</Empty>
  return (
    <>
      <div class="form">
        <SelectField
          label={t('Phone')}
          value={chosen.mac}
          change={(value) => {
            mac.value = value
            name.value = ''
          }}
          choices={phones.map((row: DeviceRow) => ({ value: row.mac, text: row.name ?? row.mac }))}
        />
        <SelectField
          label={t('File')}
          value={name.value}
          change={(value) => {
            name.value = value
          }}
          choices={[{ value: '', text: t('its own') }, ...names.value.map((value) => ({ value, text: value }))]}
        />
      </div>
      {!good && preview.value.kind === 'ready' && <p class="quiet">{t('As it was before the last change.')}</p>}
      <Await of={preview.value} rows={6}>
        {(it: PreviewView) => (
          <>
            <Check
              label={t('The whole file')}
              checked={whole.value || !it.changed}
              change={(on) => {
                whole.value = on
              }}
            />
            <p role="status">{it.changed ? t('This changes in the file:') : t('The file stays as it is.')}</p>
            {it.changed && !whole.value ? (
              <Unified name={it.file} diff={it.diff ?? ''} />
            ) : (
              <ScrollBox class="code" label={it.file}>
                <pre>{it.text}</pre>
              </ScrollBox>
            )}
          </>
        )}
      </Await>
    </>
  )
}

/** A difference in the form of `diff -u`. */
function Unified({ name, diff }: { name: string; diff: string }) {
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+|===|Index:|\\)/.test(line))
  return (
    <figure class="difference">
      <figcaption>{name}</figcaption>
      <ScrollBox class="code" label={t('Difference in {name}', { name })}>
        {lines.map((line, i) =>
          line.startsWith('@@') ? (
            <div key={i} class="skip-lines">
              {line}
            </div>
          ) : (
            <div key={i} class={`line ${line.startsWith('+') ? 'new' : line.startsWith('-') ? 'gone' : ''}`}>
              <span class="sign">{line.startsWith('-') ? '−' : line.slice(0, 1)}</span>
              <span class="code-text">{line.slice(1)}</span>
            </div>
          ),
        )}
      </ScrollBox>
    </figure>
  )
}
