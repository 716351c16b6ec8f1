import type { ExplainView } from '../../services/admin/schema.ts'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { valueText } from '../format.ts'
import { t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import { Said } from '../kit/states.tsx'
import type { Desk } from './desk.ts'

export type Effective = ExplainView['settings'][number]

/** The layer that a value came from, in words. */
export function sourceWord({ layer, of }: { layer: string; of?: string | undefined }): string {
  const words: Readonly<Record<string, string>> = {
    'built-in': t('built in'),
    vendor: t('vendor'),
    account: t('account'),
    site: t('site'),
    group: t('group'),
    model: t('model'),
    device: t('this phone'),
  }
  return [words[layer] ?? layer, of].filter(Boolean).join(' ')
}

/** One setting: what holds, where it came from, a way to override it and a way back. */
export function SettingRow(props: { desk: Desk; facts: SettingView; effective: Effective | undefined }) {
  const { desk, facts, effective } = props
  const { name } = facts
  const edited = desk.draft.value.settings?.[name]
  const stored = desk.explanation.value.kind === 'ready' ? desk.explanation.value.value.device : undefined
  const ours = stored !== undefined && (name in stored.settings || stored.secrets.includes(`settings.${name}`))
  const overridden = edited === undefined ? ours : edited !== null
  const value = edited ?? (ours ? stored?.settings[name] : undefined)
  const locked = effective?.lockedBy
  const inVain = effective?.ignored?.some((one) => one.layer === 'device')
  return (
    <li class={`setting ${overridden ? 'ours' : ''} ${edited === undefined ? '' : 'edited'}`}>
      <div class="setting-what">
        <span lang="en">{facts.doc}</span>
        <code>{name}</code>
      </div>
      {overridden ? (
        <Input desk={desk} facts={facts} value={value} />
      ) : (
        <div class="setting-value">
          {edited === null ? (
            <span class="quiet">{t('as inherited, once it is saved')}</span>
          ) : effective ? (
            facts.secret ? (
              <span class="quiet">{t('set, not shown')}</span>
            ) : (
              <span dir="auto">{valueText(effective.value)}</span>
            )
          ) : (
            <span class="quiet">{t('left to the phone')}</span>
          )}
        </div>
      )}
      <div class="setting-from">
        <span class={`tag ${overridden ? 'ours' : ''}`}>
          {overridden ? t('this phone') : effective ? sourceWord(effective) : t('nobody')}
        </span>
        {locked && <span class="tag">{t('locked by {layer}', { layer: sourceWord(locked) })}</span>}
        {inVain && <span class="fault">{t('said here in vain')}</span>}
        {overridden ? (
          <button type="button" onClick={() => desk.edit({ settings: { [name]: null } })}>
            {t('Back to inherited')}
          </button>
        ) : (
          <button
            type="button"
            disabled={locked !== undefined}
            aria-label={`${t('Change here')}: ${name}`}
            onClick={() => desk.edit({ settings: { [name]: startOf(facts, effective) } })}
          >
            {t('Change here')}
          </button>
        )}
      </div>
    </li>
  )
}

/** What an override begins with: another value than the inherited one, so that it is seen to be one. */
function startOf(facts: SettingView, effective: Effective | undefined): string | number | boolean | string[] {
  if (facts.secret) return ''
  if (facts.form === 'flag') return effective?.value !== true
  const inherited = effective?.value
  if (facts.form === 'choice') return facts.words?.find((word) => word !== inherited) ?? ''
  if (facts.form === 'whole') return typeof facts.example === 'number' ? facts.example : 0
  if (facts.form === 'list') return facts.example === undefined ? [] : (facts.example as string[])
  return typeof facts.example === 'string' ? facts.example : ''
}

function Input({ desk, facts, value }: { desk: Desk; facts: SettingView; value: unknown }) {
  const { name, form, shape, secret } = facts
  const set = (to: string | number | boolean | string[]) => desk.edit({ settings: { [name]: to } })
  const common = { label: name, fault: desk.faultAt(`settings.${name}`), hint: shape }
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
              .map((part) => part.trim())
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
      {desk.faultAt(`settings.${name}`) && <Said class="hint">{shape}</Said>}
    </div>
  )
}
