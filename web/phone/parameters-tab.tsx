import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ParametersView } from '../../services/admin/schema-parameters.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { FindField } from '../kit/find-field.tsx'
import { Await, Empty, Said, Section } from '../kit/states.tsx'
import { Table } from '../kit/table.tsx'
import { useNarrow } from '../narrow.ts'
import { to } from '../router.ts'
import { type Loaded, load } from '../state.ts'
import type { Desk } from './desk.ts'
import { sourceWord } from './setting-row.tsx'

type Parameter = ParametersView['files'][number]['parameters'][number]

/** Every parameter of every file, back to the setting and the layer that made it. */
export function ParametersTab({ desk }: { desk: Desk }) {
  const all = useSignal<Loaded<ParametersView>>({ kind: 'loading' })
  const find = useSignal('')
  const stamp = desk.explanation.value
  const ask = () => void load(all, () => api<ParametersView>(`${desk.path}/parameters`))
  useEffect(ask, [stamp])
  return (
    <Await of={all.value} again={ask} rows={8}>
      {(it: ParametersView) => (
        <>
          <search class="filters">
            <div class="filter-first">
              <FindField
                id="find-parameters"
                label={t('Find a parameter')}
                placeholder={t('Find a parameter')}
                value={find.value}
                change={(text) => {
                  find.value = text
                }}
              />
            </div>
          </search>
          {it.files.length === 0 && <Empty icon="file">{t('No template makes a file for it.')}</Empty>}
          {it.files.map(({ file, parameters }, i) => (
            <Parameters
              key={file}
              id={`file-${i}`}
              file={file}
              rows={parameters.filter((one) => fits(one, find.value))}
              mac={desk.mac}
            />
          ))}
        </>
      )}
    </Await>
  )
}

function fits(one: Parameter, find: string): boolean {
  const text = [one.name, one.value, ...one.from.map(({ what }) => what)].join(' ').toLowerCase()
  return find
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function Parameters({ id, file, rows, mac }: { id: string; file: string; rows: readonly Parameter[]; mac: string }) {
  const narrow = useNarrow()
  const numbered = rows.map((row, i) => ({ ...row, i }))
  return (
    <Section id={id} title={file} count={rows.length}>
      {rows.length > 0 && (
        <Table
          label={file}
          rows={numbered}
          keyOf={(row) => String(row.i)}
          nameOf={(row) => row.name}
          rowHeight={narrow ? 84 : 44}
          columns={[
            {
              ...{ id: 'name', title: t('Parameter') },
              cell: (row) => (
                <>
                  <code class={narrow ? 'clamp' : ''} title={row.template}>
                    {row.name}
                  </code>
                  {narrow && <Value row={row} />}
                </>
              ),
            },
            ...(narrow ? [] : [{ id: 'value', title: t('Value'), cell: (row: Parameter) => <Value row={row} /> }]),
            {
              ...{ id: 'from', title: t('Comes from'), ...(narrow && { width: 8.5 }) },
              cell: (row) => <Origins row={row} mac={mac} />,
            },
          ]}
        />
      )}
    </Section>
  )
}

function Value({ row }: { row: Parameter }) {
  return row.secret ? <span class="quiet">{t('set, not shown')}</span> : <Said>{row.value}</Said>
}

function Origins({ row, mac }: { row: Parameter; mac: string }) {
  if (row.from.length === 0) return <span class="quiet">{t('the template alone')}</span>
  return (
    <span class="clamp">
      {row.from.slice(0, 2).map((origin, i) => {
        const source = origin.layer === undefined ? '' : ` (${sourceWord({ layer: origin.layer, of: origin.of })})`
        return (
          <span key={`${origin.what} ${origin.layer}`}>
            {i > 0 && ', '}
            {/^[a-z]\w*(\.\w+)?$/i.test(origin.what) && origin.layer !== undefined ? (
              <a href={`${to('phones', mac, 'settings')}?find=${encodeURIComponent(origin.what)}`}>{origin.what}</a>
            ) : (
              <Said>{origin.what}</Said>
            )}
            {source}
          </span>
        )
      })}
    </span>
  )
}
