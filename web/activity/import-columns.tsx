import type { SheetColumnsView } from '../../services/admin/schema-moves.ts'
import { plural, t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { Said } from '../kit/states.tsx'
import type { Columns } from './import-ask.ts'

type Column = SheetColumnsView['columns'][number]

function fieldWords(): Readonly<Record<string, string>> {
  return {
    mac: t('MAC address'),
    extension: t('Extension'),
    name: t('Name'),
    'person.firstName': t('First name'),
    'person.lastName': t('Last name'),
    'person.email': t('E-mail'),
    'person.mobile': t('Mobile number'),
    'person.department': t('Department'),
    'person.company': t('Company'),
    'person.title': t('Position'),
    vendor: t('Vendor'),
    model: t('Model'),
    vendorModel: t('Vendor and model in one'),
    group: t('Group'),
    enabled: t('In use: yes or no'),
    notes: t('Notes'),
    'line1.user': t('SIP user'),
    'line1.secret': t('SIP password'),
    'line1.authUser': t('SIP user for signing in'),
    'line1.displayName': t('Name that others see'),
    'line1.label': t('Label on the phone'),
    'line1.server': t('SIP server'),
    'line1.port': t('SIP port'),
    'line1.transport': t('SIP transport'),
    'line1.outboundProxy': t('Outbound proxy'),
    'line1.voicemail': t('Number of the voice mail'),
  }
}

/** What each column is taken for, with what its first rows say; a person can say otherwise. */
export function ImportColumns(props: {
  sheet: SheetColumnsView
  columns: Columns
  change: (column: Column, field: string) => void
}) {
  const { sheet, columns } = props
  const words = fieldWords()
  const fieldOf = ({ number, field }: Column) => columns[number] ?? field ?? ''
  const unknown = sheet.columns.filter((one) => fieldOf(one) === '' && !(one.number in columns))
  return (
    <details class="card columns-of-file" open={unknown.length > 0 || Object.keys(columns).length > 0}>
      <summary>
        {t('Which column is which')}{' '}
        {unknown.length > 0 && (
          <span class="tag">{plural('{n} is not taken over|{n} are not taken over', unknown.length)}</span>
        )}
      </summary>
      <p class="quiet">
        {t('The box takes it for {title}. What you say of a column is remembered for the next list.', {
          title: sheet.title,
        })}
      </p>
      <ul class="column-list">
        {sheet.columns.map((column) => {
          const field = fieldOf(column)
          const heading = column.heading || t('column {n}', { n: column.number })
          return (
            <li key={column.number}>
              <SelectField
                label={heading}
                hint={field === '' && !(column.number in columns) ? column.reason : undefined}
                value={field}
                change={(value) => props.change(column, value)}
                choices={[
                  { value: '', text: t('leave it out') },
                  ...Object.entries(words).map(([value, text]) => ({ value, text })),
                  ...(field === '' || field in words ? [] : [{ value: field, text: field }]),
                ]}
              />
              <span class="quiet samples">
                {column.samples.some((sample) => sample !== '') ? (
                  <Said>{column.samples.filter((sample) => sample !== '').join(' · ')}</Said>
                ) : (
                  t('empty in the first rows')
                )}
              </span>
            </li>
          )
        })}
      </ul>
    </details>
  )
}
