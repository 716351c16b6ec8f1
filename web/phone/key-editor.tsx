import type { ShapeView } from '../../services/admin/schema-workbench.ts'
import { t } from '../i18n.ts'
import { Combobox } from '../kit/combobox.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import type { Desk, Key } from './desk.ts'
import { CALLS, keyTypes } from './key-words.ts'
import { keyAt, type Pad, swapped, withKey } from './pads.ts'

/** What one key does. Every change shows in the drawing at once and is saved with the others. */
export function KeyEditor(props: { desk: Desk; shape: ShapeView; pad: Pad; index: number }) {
  const { desk, shape, pad, index } = props
  const keys = desk.device.value?.keys ?? []
  const key = keyAt(keys, pad, index)
  const type = key?.type ?? 'none'
  const at = key ? keys.indexOf(key) : -1
  const set = (change: Readonly<Record<string, unknown>>) => {
    const { module: _module, index: _index, ...rest } = key ?? { module: 0, index: 0, type: 'blf' }
    const next = Object.entries({ ...rest, ...change }).filter(([, value]) => value !== undefined && value !== '')
    desk.edit({ keys: withKey(keys, pad, index, { module: pad.module, index, ...Object.fromEntries(next) } as Key) })
  }
  const text = (name: string) => (typeof key?.[name] === 'string' ? String(key[name]) : '')
  const kind = pad.kindOf(index)
  return (
    <form class="key-editor card" aria-label={t('Key {n}', { n: index })} onSubmit={(event) => event.preventDefault()}>
      <h3>
        {t('Key {n}', { n: index })} {kind && <span class="quiet">{kind}</span>}
      </h3>
      <SelectField
        label={t('What it does')}
        value={type}
        fault={desk.faultAt(`keys.${at}.type`)}
        change={(value) => {
          if (value === 'none') desk.edit({ keys: withKey(keys, pad, index, undefined) })
          else set({ type: value })
        }}
        choices={keyTypes().map(([value, word]) => ({ value, text: word }))}
      />
      {key && (
        <>
          <Combobox
            label={CALLS.has(type) ? t('Number or person') : t('Value')}
            text={text('value')}
            fault={desk.faultAt(`keys.${at}.value`)}
            hint={CALLS.has(type) ? t('Type a name or a number') : undefined}
            change={(value) => set({ value })}
            find={CALLS.has(type) ? desk.findExtensions : nothing}
            choose={({ value }) => set({ value: value.number, label: text('label') || value.name })}
          />
          <TextField
            label={t('Label')}
            value={text('label')}
            fault={desk.faultAt(`keys.${at}.label`)}
            change={(label) => set({ label })}
          />
          <SelectField
            label={t('Line')}
            value={typeof key.line === 'number' ? String(key.line) : ''}
            fault={desk.faultAt(`keys.${at}.line`)}
            change={(line) => set({ line: line === '' ? undefined : Number(line) })}
            choices={[
              { value: '', text: t('the first') },
              ...Array.from({ length: Math.min(shape.lines, 32) }, (_, i) => ({
                value: String(i + 1),
                text: String(i + 1),
              })),
            ]}
          />
          {(type === 'blf' || type === 'pickup') && (
            <TextField
              label={t('Code to pick up')}
              hint={t('Empty: the one of the site')}
              value={text('pickup')}
              fault={desk.faultAt(`keys.${at}.pickup`)}
              change={(pickup) => set({ pickup })}
            />
          )}
          <SelectField
            label={t('Move to')}
            hint={t('The two keys change places')}
            value={String(index)}
            change={(to) => desk.edit({ keys: swapped(keys, { pad, index }, { pad, index: Number(to) }) })}
            choices={Array.from({ length: pad.count }, (_, i) => ({
              value: String(i + 1),
              text: t('Key {n}', { n: i + 1 }),
            }))}
          />
          <div class="buttons">
            <button type="button" onClick={() => desk.edit({ keys: withKey(keys, pad, index, undefined) })}>
              {t('Clear key')}
            </button>
          </div>
        </>
      )}
    </form>
  )
}

const nothing = () => []
