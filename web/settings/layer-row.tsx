import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { valueText } from '../format.ts'
import { t } from '../i18n.ts'
import type { LayerDesk } from './layer-desk.ts'
import { useRowFocus } from './row-focus.ts'
import { SettingInput, startOf } from './setting-input.tsx'

/** What holds where this layer says nothing, and who says it. */
export interface Wider {
  readonly value: unknown
  readonly from: string
}

/** One setting of a layer: what it says, or what is inherited; a way to say otherwise, to lock it, and back. */
export function LayerRow(props: { desk: LayerDesk; facts: SettingView; wider: Wider | undefined; mayEdit: boolean }) {
  const { desk, facts, mayEdit } = props
  const { name } = facts
  const { row, next } = useRowFocus()
  const stored = desk.layer.value.kind === 'ready' ? desk.layer.value.value : undefined
  const edited = desk.draft.value.settings[name]
  const there = stored !== undefined && (name in stored.settings || stored.secrets.includes(`settings.${name}`))
  // What the account says for all sites is inherited here, until the site says something itself.
  const ours = there && !stored?.shared
  const wider = there && !ours ? { value: stored?.settings[name], from: t('account') } : props.wider
  const said = edited === undefined ? ours : edited !== null
  const value = edited ?? (ours ? stored?.settings[name] : undefined)
  const locked = desk.isLocked(name)
  return (
    <li ref={row} class={`setting ${said ? 'ours' : ''} ${edited === undefined ? '' : 'edited'}`}>
      <div class="setting-what">
        <span lang="en">{facts.doc}</span>
        <code>{name}</code>
      </div>
      {said && mayEdit ? (
        <SettingInput
          facts={facts}
          value={value}
          fault={desk.faultAt(`settings.${name}`)}
          set={(to) => desk.set(name, to)}
        />
      ) : (
        <div class="setting-value">
          {said ? (
            <span dir="auto">{facts.secret ? t('set, not shown') : valueText(value)}</span>
          ) : wider === undefined ? (
            <span class="quiet">{t('left to the phone')}</span>
          ) : (
            <span class="quiet" dir="auto">
              {facts.secret ? t('set, not shown') : valueText(wider.value)}
            </span>
          )}
        </div>
      )}
      <div class="setting-from">
        {(said || wider) && <span class={`tag ${said ? 'ours' : ''}`}>{said ? t('set here') : wider?.from}</span>}
        {said && mayEdit && (
          <label class="check">
            <input
              type="checkbox"
              checked={locked}
              aria-label={t('Nobody may say otherwise: {name}', { name })}
              onChange={(event) => desk.lock(name, event.currentTarget.checked)}
            />
            <span aria-hidden="true">{t('locked')}</span>
          </label>
        )}
        {mayEdit &&
          (said ? (
            <button
              type="button"
              onClick={() => {
                next('button')
                desk.lock(name, false)
                if (there && !ours) desk.unset(name)
                else desk.set(name, null)
              }}
            >
              {t('Back to inherited')}
            </button>
          ) : (
            <button
              type="button"
              aria-label={`${t('Change here')}: ${name}`}
              onClick={() => {
                next('field')
                desk.set(name, startOf(facts, wider?.value))
              }}
            >
              {t('Change here')}
            </button>
          ))}
      </div>
    </li>
  )
}
