import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import { Said } from '../kit/states.tsx'

export type Value = string | number | boolean | string[]

/** What an override begins with: another value than the inherited one, so that it is seen to be one. */
export function startOf(facts: SettingView, inherited: unknown): Value {
  if (facts.secret) return ''
  if (facts.form === 'flag') return inherited !== true
  if (facts.form === 'choice') return facts.words?.find((word) => word !== inherited) ?? ''
  if (facts.form === 'whole') return typeof facts.example === 'number' ? facts.example : 0
  if (facts.form === 'list') return facts.example === undefined ? [] : (facts.example as string[])
  return typeof facts.example === 'string' ? facts.example : ''
}

/** The field for one setting, by its type; its unit and limits stand beneath, or what is wrong with the value. */
export function SettingInput(props: {
  facts: SettingView
  value: unknown
  fault: string | undefined
  set: (value: Value) => void
}) {
  const { facts, value, fault, set } = props
  const { name, form, shape, secret } = facts
  const common = { label: name, fault, hint: shape }
  if (form === 'flag')
    return (
      <SelectField
        {...common}
        value={value === true ? 'yes' : 'no'}
        change={(to) => set(to === 'yes')}
        choices={[
          { value: 'yes', text: t('yes') },
          { value: 'no', text: t('no') },
        ]}
      />
    )
  if (form === 'choice')
    return (
      <SelectField
        {...common}
        value={String(value ?? '')}
        change={set}
        choices={(facts.words ?? []).map((word) => ({ value: word, text: word }))}
      />
    )
  if (form === 'list')
    return (
      <TextField
        {...common}
        hint={`${shape}; ${t('separated by commas')}`}
        value={Array.isArray(value) ? value.join(', ') : ''}
        change={(to) =>
          set(
            to
              .split(',')
              .map((one) => one.trim())
              .filter(Boolean),
          )
        }
      />
    )
  return (
    <div>
      <TextField
        {...common}
        type={secret ? 'password' : 'text'}
        value={secret && value === undefined ? '' : String(value ?? '')}
        placeholder={secret ? t('set, not shown') : undefined}
        change={(to) => set(form === 'whole' && /^-?\d+$/.test(to.trim()) ? Number(to) : to)}
      />
      {fault && <Said class="hint">{shape}</Said>}
    </div>
  )
}
