import { useSignal } from '@preact/signals'
import { LANGUAGES, type Language, language, speak, t } from './i18n.ts'
import { Dialog } from './kit/dialog.tsx'
import { SelectField } from './kit/field.tsx'
import { Icon } from './kit/icon.tsx'
import { remember, THEMES, type Theme, theme } from './prefs.ts'

/** The button behind which colours and language are chosen. */
export function Look({ hint }: { hint: string }) {
  const choosing = useSignal(false)
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-label={t('Look and language')}
        onClick={() => {
          choosing.value = true
        }}
      >
        <Icon name="sun" />
      </button>
      {choosing.value && (
        <Dialog
          title={t('Look and language')}
          close={() => {
            choosing.value = false
          }}
        >
          <SelectField
            label={t('Colours')}
            value={theme.value}
            change={(value) => {
              theme.value = value as Theme
            }}
            choices={THEMES.map((value) => ({ value, text: themeWord(value) }))}
          />
          <SelectField
            label={t('Language')}
            hint={hint}
            value={language.value}
            change={(value) => {
              remember('language', value)
              void speak(value as Language)
            }}
            choices={Object.entries(LANGUAGES).map(([value, text]) => ({ value, text }))}
          />
        </Dialog>
      )}
    </>
  )
}

export function themeWord(value: Theme): string {
  return { system: t('As the system has it'), light: t('Light'), dark: t('Dark') }[value]
}
