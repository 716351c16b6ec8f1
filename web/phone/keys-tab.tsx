import { useSignal } from '@preact/signals'
import type { ShapeView } from '../../services/admin/schema-workbench.ts'
import { plural, t } from '../i18n.ts'
import { Editable } from '../kit/editable.tsx'
import { Await, Empty, Section } from '../kit/states.tsx'
import { may } from '../session.ts'
import type { Desk } from './desk.ts'
import { KeyEditor } from './key-editor.tsx'
import { keyWord } from './key-words.ts'
import { Keypad } from './keypad.tsx'
import { PAGE, type Pad, padsOf } from './pads.ts'

/** The keys of a phone and its modules as they are on the desk. */
export function KeysTab({ desk }: { desk: Desk }) {
  return (
    <Await of={desk.shape.value} again={() => void desk.load()} rows={6}>
      {(shape: ShapeView) => <Keys desk={desk} shape={shape} />}
    </Await>
  )
}

function Keys({ desk, shape }: { desk: Desk; shape: ShapeView }) {
  const padId = useSignal('phone')
  const page = useSignal(0)
  const chosen = useSignal(1)
  const modules = useSignal(0)
  const keys = desk.device.value?.keys ?? []
  const pads = padsOf(shape, keys, modules.value)
  const pad = pads.find(({ id }) => id === padId.value) ?? pads[0]
  if (!pad)
    return (
      <Section id="keys" title={t('Keys')}>
        <Empty icon="phone">{t('This model has no keys that can be set, or its model is not known yet.')}</Empty>
      </Section>
    )
  const pages = Math.ceil(pad.count / PAGE)
  const at = Math.min(page.value, pages - 1)
  const free = Math.max(0, ...shape.expansion.map((one) => one.modules))
  const there = pads.filter((one) => one.place === 'expansion').length
  const choose = (next: Pad) => {
    padId.value = next.id
    page.value = 0
    chosen.value = 1
  }
  return (
    <Section
      id="keys"
      title={t('Keys')}
      count={keys.length}
      action={
        <span class="quiet">{shape.guessed ? t('The model is not known: this is a usual one.') : shape.title}</span>
      }
    >
      <nav class="segments" aria-label={t('Groups of keys')}>
        {pads.map((one) => (
          <button key={one.id} type="button" aria-pressed={one.id === pad.id} onClick={() => choose(one)}>
            {padWord(one)}
          </button>
        ))}
        {there < free && may('devices') && (
          <button
            type="button"
            onClick={() => {
              modules.value = there + 1
              padId.value = `module-${there + 1}`
              page.value = 0
              chosen.value = 1
            }}
          >
            {t('Add a module')}
          </button>
        )}
      </nav>
      <div class="keys-layout">
        <Keypad
          desk={desk}
          pad={pad}
          page={at}
          chosen={chosen}
          turn={(to) => {
            page.value = to
          }}
        />
        <Editable when={may('devices')}>
          <KeyEditor desk={desk} shape={shape} pad={pad} index={chosen.value} />
        </Editable>
      </div>
      {pages > 1 && (
        <nav class="segments" aria-label={t('Pages of keys')}>
          {Array.from({ length: pages }, (_, i) => (
            <button
              key={i}
              type="button"
              aria-pressed={i === at}
              onClick={() => {
                page.value = i
                chosen.value = i * PAGE + 1
              }}
            >
              {t('Page {n}', { n: i + 1 })}
            </button>
          ))}
        </nav>
      )}
      <p class="hint">
        {may('devices') && t('Drag a key to move it, or hold Alt and press an arrow. Delete clears it.')}{' '}
        {plural('{n} key is set.|{n} keys are set.', keys.length)}
      </p>
    </Section>
  )
}

function padWord(pad: Pad): string {
  if (pad.place === 'phone') return t('Phone')
  if (pad.place === 'expansion') return `${t('Module {n}', { n: pad.module })} ${pad.kindOf(1)}`
  const words: Readonly<Record<string, string>> = {
    programmable: t('Programmable keys'),
    soft: t('Soft keys'),
    handset: t('Handset {n}', { n: pad.module }),
  }
  return words[pad.place] ?? keyWord(pad.place)
}
