import { useSignal } from '@preact/signals'
import type { ExplainView } from '../../services/admin/schema.ts'
import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import { Said } from '../kit/states.tsx'
import { may } from '../session.ts'
import type { Desk } from './desk.ts'
import { sourceWord } from './setting-row.tsx'

/** What no setting has a word for, as the vendor calls it; for experts. */
export function RawParameters({ desk, it }: { desk: Desk; it: ExplainView }) {
  const name = useSignal('')
  const value = useSignal('')
  const vendor = it.device?.vendor ?? it.identity.vendor
  const added = Object.entries(desk.draft.value.extra?.[vendor ?? ''] ?? {})
  if (vendor === undefined) return null
  const set = (key: string, to: string | null) => desk.edit({ extra: { [vendor]: { [key]: to } } })
  return (
    <details class="raw">
      <summary>
        <h2>{t('Raw parameters')}</h2>
      </summary>
      <p class="hint">{t('They go to the phone as they stand here, in its vendor’s own words.')}</p>
      <ul class="settings card">
        {it.extra.map((row) => (
          <li key={row.name} class="setting">
            <code>{row.name}</code>
            {row.secret ? <span class="quiet">{t('set, not shown')}</span> : <Said>{row.value}</Said>}
            <div class="setting-from">
              <span class="tag">{sourceWord(row)}</span>
              {row.layer === 'device' && (
                <button type="button" onClick={() => set(row.name, null)}>
                  {t('Back to inherited')}
                </button>
              )}
            </div>
          </li>
        ))}
        {added.map(([key, to]) => (
          <li key={`new ${key}`} class="setting edited">
            <code>{key}</code>
            <span dir="auto">{to ?? t('as inherited, once it is saved')}</span>
            <span class="tag ours">{t('not saved')}</span>
          </li>
        ))}
      </ul>
      {may('devices') && (
        <form
          class="form"
          aria-label={t('Add a raw parameter')}
          onSubmit={(event) => {
            event.preventDefault()
            if (name.value.trim() === '') return
            set(name.value.trim(), value.value)
            name.value = ''
            value.value = ''
          }}
        >
          <TextField
            label={t('Parameter')}
            value={name.value}
            change={(text) => {
              name.value = text
            }}
          />
          <TextField
            label={t('Value')}
            value={value.value}
            change={(text) => {
              value.value = text
            }}
          />
          <div class="buttons">
            <button type="submit">{t('Add')}</button>
          </div>
        </form>
      )}
    </details>
  )
}
