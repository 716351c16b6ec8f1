import type { DeviceRow } from '../../services/admin/schema.ts'
import { fullTime, whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { Ago, Badge, Said, stateWord } from '../kit/states.tsx'
import type { Column } from '../kit/table.tsx'
import { to } from '../router.ts'
import { rankOf } from '../state.ts'

export interface PhoneColumn extends Column<DeviceRow> {
  /** As a cell of an export. */
  readonly plain: (row: DeviceRow) => string
}

export const DEFAULT_COLUMNS = ['name', 'extension', 'model', 'state', 'verdict', 'seen']

export function nameOf(row: DeviceRow): string {
  return row.name ?? row.mac
}

function extension(row: DeviceRow): string {
  return row.lines.map((line) => line.user).join(', ')
}

/** Every column that there is, in their order. `narrow`: one that holds what a small screen has room for. */
export function phoneColumns(narrow: boolean): readonly PhoneColumn[] {
  return [
    {
      ...{
        id: 'name',
        title: t('Name'),
        ...(narrow ? {} : { width: 13 }),
        sort: nameOf,
        plain: (row) => row.name ?? '',
      },
      cell: (row) => (
        <>
          <a href={to('phones', row.mac)} dir="auto" title={nameOf(row)}>
            {nameOf(row)}
          </a>
          {narrow ? (
            <span class="quiet" dir="auto">
              {[extension(row), whatOf(row)].filter(Boolean).join(' · ')}
            </span>
          ) : (
            row.name !== undefined && <span class="mac">{row.mac}</span>
          )}
        </>
      ),
    },
    {
      ...{ id: 'extension', title: t('Extension'), width: 6.5, sort: extension, plain: extension },
      cell: (row) => <span dir="auto">{extension(row)}</span>,
    },
    {
      ...{ id: 'model', title: t('Model'), width: 10, sort: whatOf, plain: whatOf },
      cell: (row) => <Said>{whatOf(row)}</Said>,
    },
    {
      ...{ id: 'group', title: t('Group'), width: 8, sort: (row) => row.group ?? '', plain: (row) => row.group ?? '' },
      cell: (row) => <span dir="auto">{row.group}</span>,
    },
    {
      ...{ id: 'state', title: t('State'), width: narrow ? 8.8 : 9.5, sort: rankOf },
      plain: (row) => (row.enabled ? stateWord(row.verdict.state) : t('Switched off')),
      cell: (row) => <Badge state={row.verdict.state} enabled={row.enabled} />,
    },
    {
      ...{ id: 'verdict', title: t('What it did'), plain: (row) => row.verdict.text },
      cell: (row) => (
        <span class="clamp" title={row.verdict.text}>
          <Said>{row.verdict.text}</Said>
        </span>
      ),
    },
    {
      ...{ id: 'address', title: t('Address'), width: 8.5, sort: (row) => row.address ?? '' },
      plain: (row) => row.address ?? '',
      cell: (row) => row.address,
    },
    {
      ...{ id: 'firmware', title: t('Firmware'), width: 8.5, sort: (row) => row.firmware ?? '' },
      plain: (row) => row.firmware ?? '',
      cell: (row) => <Said>{row.firmware}</Said>,
    },
    {
      ...{ id: 'seen', title: t('Last seen'), width: 7.5, sort: (row) => row.lastSeen ?? 0 },
      plain: (row) => (row.lastSeen === undefined ? '' : fullTime(row.lastSeen)),
      cell: (row) => row.lastSeen !== undefined && <Ago at={row.lastSeen} />,
    },
  ]
}
