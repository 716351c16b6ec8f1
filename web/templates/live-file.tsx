import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { PreviewView } from '../../services/admin/schema-templates.ts'
import { t } from '../i18n.ts'
import { Check, SelectField } from '../kit/field.tsx'
import { ScrollBox } from '../kit/scroll-box.tsx'
import { Await, Empty, NotAllowed } from '../kit/states.tsx'
import { type Loaded, load } from '../state.ts'
import type { TextsGround } from './ground.ts'

/** The file of any phone of this vendor as it would be with the text, and what changes in it. */
export function LiveFile(props: { ground: TextsGround; vendor: string; file: string; text: string; good: boolean }) {
  const { ground, vendor, file, text, good } = props
  const phones = ground.phones(vendor)
  const mac = useSignal('')
  const name = useSignal('')
  const whole = useSignal(false)
  const names = useSignal<readonly string[]>([])
  const preview = useSignal<Loaded<PreviewView>>({ kind: 'loading' })
  const asked = useSignal(0)
  const chosen = phones.find(({ key }) => key === mac.value) ?? phones[0]
  const at = chosen?.key
  useEffect(() => {
    if (at === undefined) return
    void ground.filesOf(at).then(
      (files) => {
        names.value = files
      },
      () => undefined,
    )
  }, [at])
  useEffect(() => {
    if (at === undefined || !good || !ground.mayTry || (ground.onDemand && asked.value === 0)) return
    let over = false
    // A fault of the file takes the place of the one that was shown before it.
    const next = { value: { kind: 'loading' } as Loaded<PreviewView> }
    const wish = { vendor, files: { [file]: text }, ...(name.peek() !== '' && { file: name.peek() }) }
    if (ground.onDemand) preview.value = { kind: 'loading' }
    void load(next, () => ground.preview(at, wish)).then(() => {
      if (!over) preview.value = next.value
    })
    return () => {
      over = true
    }
  }, [at, ground.onDemand ? '' : text, ground.onDemand || good, name.value, asked.value])
  if (!ground.mayTry) return <NotAllowed />
  if (chosen === undefined) return <Empty icon="phone">{t('No phone of this vendor has a record yet.')}</Empty>
  return (
    <>
      <div class="form">
        <SelectField
          label={t('Phone')}
          value={chosen.key}
          change={(value) => {
            mac.value = value
            name.value = ''
          }}
          choices={phones.map((one) => ({ value: one.key, text: one.name }))}
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
      {ground.onDemand && (
        <div class="buttons">
          <button
            type="button"
            disabled={!good || (asked.value > 0 && preview.value.kind === 'loading')}
            onClick={() => {
              asked.value++
            }}
          >
            {t('See it at this phone')}
          </button>
        </div>
      )}
      {!good && preview.value.kind === 'ready' && <p class="quiet">{t('As it was before the last change.')}</p>}
      {(!ground.onDemand || asked.value > 0) && (
        <Await
          of={preview.value}
          rows={6}
          again={() => {
            asked.value++
          }}
        >
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
      )}
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
