import { useEffect } from 'preact/hooks'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { Await } from '../kit/states.tsx'
import { facts, loadFacts } from '../settings/facts.ts'
import { SettingInput, startOf, type Value } from '../settings/setting-input.tsx'

export type Given = { readonly name: string; readonly value: Value | null }

/** One of all settings, and what it shall be; `null`: as inherited. */
export function OneSetting({ given, set }: { given: Given | undefined; set: (given: Given | undefined) => void }) {
  useEffect(() => {
    if (facts.value.kind !== 'ready') void loadFacts()
  }, [])
  return (
    <Await of={facts.value} again={() => void loadFacts()}>
      {(all: readonly SettingView[]) => {
        const chosen = all.find(({ name }) => name === given?.name)
        return (
          <>
            <SelectField
              label={t('Setting')}
              value={given?.name ?? ''}
              change={(name) => {
                const next = all.find((one) => one.name === name)
                set(next && { name, value: startOf(next, undefined) })
              }}
              choices={[
                { value: '', text: t('Choose a setting') },
                ...all.map(({ name }) => ({ value: name, text: name })),
              ]}
            />
            {chosen && given && (
              <>
                <p class="hint whole" lang="en">
                  {chosen.doc}
                </p>
                {given.value === null ? (
                  <p>{t('As inherited: what is said for single phones is taken away.')}</p>
                ) : (
                  <SettingInput
                    facts={chosen}
                    value={given.value}
                    fault={undefined}
                    set={(value) => set({ name: chosen.name, value })}
                  />
                )}
                <button
                  type="button"
                  class="link"
                  onClick={() =>
                    set({ name: chosen.name, value: given.value === null ? startOf(chosen, undefined) : null })
                  }
                >
                  {given.value === null ? t('Say a value') : t('Back to inherited')}
                </button>
              </>
            )}
          </>
        )
      }}
    </Await>
  )
}
