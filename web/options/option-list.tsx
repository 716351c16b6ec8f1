import { useSignal } from '@preact/signals'
import type { OptionView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { OptionDialog } from './option-dialog.tsx'
import { OptionSaid } from './option-said.tsx'

/** Options one below the other, each with its name and value; `change` takes the whole list and says what was refused. */
export function OptionList(props: {
  options: readonly OptionView[]
  mayEdit: boolean
  change: (options: readonly OptionView[]) => Promise<string | undefined>
}) {
  const { options, mayEdit } = props
  const editing = useSignal<OptionView | 'new' | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const open = editing.value === 'new' ? undefined : editing.value
  const others = options.filter((one) => one !== open)
  const byCode = (list: readonly OptionView[]) => [...list].sort((a, b) => a.code - b.code)
  const remove = async (option: OptionView) => {
    failed.value = await props.change(options.filter((one) => one !== option))
  }
  return (
    <>
      {options.length > 0 && (
        <ul class="files dhcp-options">
          {options.map((option) => (
            <li key={option.code}>
              <OptionSaid option={option} />
              {option.always === true && <span class="tag">{t('sent to all')}</span>}
              {mayEdit && (
                <span class="buttons">
                  <button
                    type="button"
                    aria-label={t('Change option {code}', { code: option.code })}
                    onClick={() => {
                      editing.value = option
                    }}
                  >
                    {t('Change')}
                  </button>
                  <button
                    type="button"
                    aria-label={t('Remove option {code}', { code: option.code })}
                    onClick={() => void remove(option)}
                  >
                    {t('Remove')}
                  </button>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value}
        </p>
      )}
      {mayEdit && (
        <div class="buttons">
          <button
            type="button"
            onClick={() => {
              editing.value = 'new'
            }}
          >
            {t('Add a DHCP option')}
          </button>
        </div>
      )}
      {editing.value !== undefined && (
        <OptionDialog
          option={open}
          taken={new Set(others.map(({ code }) => code))}
          save={(option) => props.change(byCode([...others, option]))}
          close={() => {
            editing.value = undefined
          }}
        />
      )}
    </>
  )
}
