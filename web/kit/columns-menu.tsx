import { type Signal, signal } from '@preact/signals'
import { t } from '../i18n.ts'
import { remember, remembered } from '../prefs.ts'
import { Check } from './field.tsx'

/** Which columns of a table somebody wants to see, kept in this browser under a name. */
export interface ChosenColumns {
  readonly name: string
  readonly ids: Signal<readonly string[]>
}

export function rememberedColumns(name: string, usual: readonly string[]): ChosenColumns {
  return { name, ids: signal(remembered(name)?.split(',') ?? usual) }
}

/** Ticks columns on and off; the first one of a table, by which its rows are known, is not among `columns`. */
export function ColumnsMenu(props: { columns: readonly { id: string; title: string }[]; chosen: ChosenColumns }) {
  const { name, ids } = props.chosen
  return (
    <details class="menu">
      <summary class="button">{t('Columns')}</summary>
      <div class="menu-box">
        {props.columns.map(({ id, title }) => (
          <Check
            key={id}
            label={title}
            checked={ids.value.includes(id)}
            change={(checked) => {
              const others = ids.value.filter((one) => one !== id)
              ids.value = checked ? [...others, id] : others
              remember(name, ids.value.join(','))
            }}
          />
        ))}
      </div>
    </details>
  )
}
