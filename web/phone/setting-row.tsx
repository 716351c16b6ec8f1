import type { ExplainView } from '../../services/admin/schema.ts'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { valueText } from '../format.ts'
import { t } from '../i18n.ts'
import { useRowFocus } from '../settings/row-focus.ts'
import { SettingInput, startOf } from '../settings/setting-input.tsx'
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
  const { row, next } = useRowFocus()
  const edited = desk.draft.value.settings?.[name]
  const stored = desk.explanation.value.kind === 'ready' ? desk.explanation.value.value.device : undefined
  const ours = stored !== undefined && (name in stored.settings || stored.secrets.includes(`settings.${name}`))
  const overridden = edited === undefined ? ours : edited !== null
  const value = edited ?? (ours ? stored?.settings[name] : undefined)
  const locked = effective?.lockedBy
  const inVain = effective?.ignored?.some((one) => one.layer === 'device')
  return (
    <li ref={row} class={`setting ${overridden ? 'ours' : ''} ${edited === undefined ? '' : 'edited'}`}>
      <div class="setting-what">
        <span lang="en">{facts.doc}</span>
        <code>{name}</code>
      </div>
      {overridden ? (
        <SettingInput
          facts={facts}
          value={value}
          fault={desk.faultAt(`settings.${name}`)}
          set={(to) => desk.edit({ settings: { [name]: to } })}
        />
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
          <button
            type="button"
            onClick={() => {
              next('button')
              desk.edit({ settings: { [name]: null } })
            }}
          >
            {t('Back to inherited')}
          </button>
        ) : (
          <button
            type="button"
            disabled={locked !== undefined}
            aria-label={`${t('Change here')}: ${name}`}
            onClick={() => {
              next('field')
              desk.edit({ settings: { [name]: startOf(facts, effective?.value) } })
            }}
          >
            {t('Change here')}
          </button>
        )}
      </div>
    </li>
  )
}
