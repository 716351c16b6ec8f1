import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ExplainView } from '../../services/admin/schema.ts'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { t } from '../i18n.ts'
import { Editable } from '../kit/editable.tsx'
import { Check } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { route } from '../router.ts'
import { may } from '../session.ts'
import { facts, loadFacts } from '../settings/facts.ts'
import { Family } from '../settings/family.tsx'
import type { Desk } from './desk.ts'
import { RawParameters } from './raw-parameters.tsx'
import { type Effective, SettingRow } from './setting-row.tsx'

/** Every setting with its value, the layer that gave it, and a way to say otherwise for this phone alone. */
export function SettingsTab({ desk, it }: { desk: Desk; it: ExplainView }) {
  useEffect(() => {
    if (facts.value.kind !== 'ready') void loadFacts()
  }, [])
  return (
    <Await of={facts.value} again={() => void loadFacts()} rows={8}>
      {(all: readonly SettingView[]) => <Settings desk={desk} it={it} all={all} />}
    </Await>
  )
}

function Settings({ desk, it, all }: { desk: Desk; it: ExplainView; all: readonly SettingView[] }) {
  const find = useSignal(route.value.query.get('find') ?? '')
  const mine = useSignal(false)
  const effective = new Map<string, Effective>(it.settings.map((row) => [row.name, row]))
  const own = new Set(Object.keys(desk.draft.value.settings ?? {}))
  for (const row of it.settings) if (row.layer === 'device') own.add(row.name)
  for (const name of it.device?.secrets ?? []) own.add(name.replace(/^settings\./, ''))
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = all.filter((one) => {
    if (mine.value && !own.has(one.name)) return false
    const text = `${one.name} ${one.doc} ${one.family}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  const families = [...new Set(shown.map((one) => one.family))]
  return (
    <>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-settings"
            label={t('Find a setting')}
            placeholder={t('Find a setting')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
          <Check
            label={t('Only what is said for this phone')}
            checked={mine.value}
            change={(checked) => {
              mine.value = checked
            }}
          />
        </div>
      </search>
      {shown.length === 0 && (
        <Empty icon="search">{mine.value ? t('Nothing is said for this phone alone.') : t('No setting fits.')}</Empty>
      )}
      {families.map((family) => {
        const rows = shown.filter((one) => one.family === family)
        const said = rows.filter((one) => own.has(one.name)).length
        return (
          <Family
            key={family}
            title={family}
            said={said > 0 ? t('{n} for this phone', { n: said }) : undefined}
            open={words.length > 0 || mine.value}
          >
            <Editable when={may('devices')}>
              <ul class="settings card">
                {rows.map((one) => (
                  <SettingRow key={one.name} desk={desk} facts={one} effective={effective.get(one.name)} />
                ))}
              </ul>
            </Editable>
          </Family>
        )
      })}
      <Editable when={may('devices')}>
        <RawParameters desk={desk} it={it} />
      </Editable>
    </>
  )
}
