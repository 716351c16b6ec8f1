import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { t } from '../i18n.ts'
import { Check } from '../kit/field.tsx'
import { FindField } from '../kit/find-field.tsx'
import { Empty } from '../kit/states.tsx'
import { route } from '../router.ts'
import { Family } from './family.tsx'

/** All settings by family, narrowed by what is typed and to those that are said here. */
export function FoundSettings(props: {
  all: readonly SettingView[]
  /** The names of those that are said here. */
  own: ReadonlySet<string>
  only: string
  /** When nothing is said here. */
  nothing: string
  saidHere: (n: number) => string
  list: (rows: readonly SettingView[]) => ComponentChildren
}) {
  const { own } = props
  const find = useSignal(route.value.query.get('find') ?? '')
  const onlyOwn = useSignal(false)
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = props.all.filter((one) => {
    if (onlyOwn.value && !own.has(one.name)) return false
    const text = `${one.name} ${one.doc} ${one.family}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return (
    <>
      <search class="filters">
        <div class="filter-first">
          <FindField
            id="find-settings"
            label={t('Find a setting')}
            placeholder={t('Find a setting')}
            value={find.value}
            change={(text) => {
              find.value = text
            }}
          />
          <Check
            label={props.only}
            checked={onlyOwn.value}
            change={(on) => {
              onlyOwn.value = on
            }}
          />
        </div>
      </search>
      {shown.length === 0 && <Empty icon="search">{onlyOwn.value ? props.nothing : t('No setting fits.')}</Empty>}
      {[...new Set(shown.map((one) => one.family))].map((family) => {
        const rows = shown.filter((one) => one.family === family)
        const said = rows.filter((one) => own.has(one.name)).length
        return (
          <Family
            key={family}
            title={family}
            said={said > 0 ? props.saidHere(said) : undefined}
            open={words.length > 0 || onlyOwn.value}
          >
            {props.list(rows)}
          </Family>
        )
      })}
    </>
  )
}
