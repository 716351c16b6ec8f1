import { useEffect } from 'preact/hooks'
import type { ExplainView } from '../../services/admin/schema.ts'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { t } from '../i18n.ts'
import { Editable } from '../kit/editable.tsx'
import { Await } from '../kit/states.tsx'
import { may } from '../session.ts'
import { facts, loadFacts } from '../settings/facts.ts'
import { FoundSettings } from '../settings/found-settings.tsx'
import type { Desk } from './desk.ts'
import { PhoneOptions } from './phone-options.tsx'
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
  const effective = new Map<string, Effective>(it.settings.map((row) => [row.name, row]))
  const own = new Set(Object.keys(desk.draft.value.settings ?? {}))
  for (const row of it.settings) if (row.layer === 'device') own.add(row.name)
  for (const name of it.device?.secrets ?? []) own.add(name.replace(/^settings\./, ''))
  return (
    <>
      <FoundSettings
        all={all}
        own={own}
        only={t('Only what is said for this phone')}
        nothing={t('Nothing is said for this phone alone.')}
        saidHere={(n) => t('{n} for this phone', { n })}
        list={(rows) => (
          <Editable when={may('devices')}>
            <ul class="settings card">
              {rows.map((one) => (
                <SettingRow key={one.name} desk={desk} facts={one} effective={effective.get(one.name)} />
              ))}
            </ul>
          </Editable>
        )}
      />
      <Editable when={may('devices')}>
        <RawParameters desk={desk} it={it} />
        <PhoneOptions desk={desk} it={it} />
      </Editable>
    </>
  )
}
