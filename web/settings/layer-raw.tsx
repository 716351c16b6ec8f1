import { useSignal } from '@preact/signals'
import { t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import type { LayerDesk } from './layer-desk.ts'

/** What no setting has a word for, as its vendor calls it; for experts. */
export function LayerRaw(props: {
  desk: LayerDesk
  vendors: readonly { vendor: string; title: string }[]
  mayEdit: boolean
}) {
  const { desk, vendors, mayEdit } = props
  const vendor = useSignal(vendors[0]?.vendor ?? '')
  const name = useSignal('')
  const value = useSignal('')
  const stored = desk.layer.value.kind === 'ready' ? desk.layer.value.value : undefined
  const rows = rowsOf(stored, desk)
  if (!mayEdit && rows.length === 0) return null
  return (
    <details class="raw" open={rows.length > 0}>
      <summary>
        <h2>{t('Raw parameters')}</h2>
        {rows.length > 0 && <span class="tag ours">{rows.length}</span>}
      </summary>
      <p class="hint">{t('They go to the phone as they stand here, in its vendor’s own words.')}</p>
      {rows.length > 0 && (
        <ul class="settings card">
          {rows.map((row) => (
            <li key={`${row.vendor} ${row.name}`} class={`setting ${row.edited ? 'edited' : ''}`}>
              <div class="setting-what">
                <code>{row.name}</code>
                <span class="quiet">{row.vendor}</span>
              </div>
              <span dir="auto">
                {row.value === null ? t('taken away, once it is saved') : (row.value ?? t('set, not shown'))}
              </span>
              {mayEdit && row.value !== null && (
                <div class="setting-from">
                  <button type="button" onClick={() => desk.setRaw(row.vendor, row.name, null)}>
                    {t('Remove')} <span class="unseen">{row.name}</span>
                  </button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayEdit && (
        <form
          class="form"
          aria-label={t('Add a raw parameter')}
          onSubmit={(event) => {
            event.preventDefault()
            if (name.value.trim() === '' || vendor.value === '') return
            desk.setRaw(vendor.value, name.value.trim(), value.value)
            name.value = ''
            value.value = ''
          }}
        >
          <SelectField
            label={t('Vendor')}
            value={vendor.value}
            change={(to) => {
              vendor.value = to
            }}
            choices={vendors.map((it) => ({ value: it.vendor, text: it.title }))}
          />
          <TextField
            label={t('Parameter')}
            value={name.value}
            change={(to) => {
              name.value = to
            }}
          />
          <TextField
            label={t('Value')}
            value={value.value}
            change={(to) => {
              value.value = to
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

interface Row {
  readonly vendor: string
  readonly name: string
  /** Undefined: secret; null: to be taken away. */
  readonly value: string | null | undefined
  readonly edited: boolean
}

function rowsOf(
  stored: { extra: Readonly<Record<string, Readonly<Record<string, string>>>>; secrets: readonly string[] } | undefined,
  desk: LayerDesk,
): readonly Row[] {
  const rows = new Map<string, Row>()
  const put = (row: Row) => rows.set(`${row.vendor}\n${row.name}`, row)
  for (const [vendor, values] of Object.entries(stored?.extra ?? {}))
    for (const [name, value] of Object.entries(values)) put({ vendor, name, value, edited: false })
  for (const secret of stored?.secrets ?? []) {
    const [, vendor, name] = /^extra\.([^.]+)\.(.+)$/.exec(secret) ?? []
    if (vendor !== undefined && name !== undefined) put({ vendor, name, value: undefined, edited: false })
  }
  for (const [vendor, values] of Object.entries(desk.draft.value.extra))
    for (const [name, value] of Object.entries(values)) put({ vendor, name, value, edited: true })
  return [...rows.values()]
}
