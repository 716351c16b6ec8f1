import type { OptionView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { optionName } from './known.ts'
import { optionText } from './value.ts'

/** An option as a row of a list begins: its number and name, and what it says to those who may know. */
export function OptionSaid({ option }: { option: OptionView }) {
  return (
    <>
      <span class="option-what">
        <strong>{option.code}</strong> {optionName(option.code)}
      </span>
      {option.hidden ? (
        <span class="grow quiet">{t('set; shown to those who may change it')}</span>
      ) : (
        <code class="grow" dir="auto">
          {optionText(option)}
        </code>
      )}
    </>
  )
}
