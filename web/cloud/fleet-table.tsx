import type { Signal } from '@preact/signals'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { Said } from '../kit/states.tsx'
import type { Steady } from '../kit/steady.tsx'
import { type Column, Table } from '../kit/table.tsx'
import { useNarrow } from '../narrow.ts'
import { DriftBadge, VerdictBadge } from './drift.tsx'
import { at } from './session.ts'
import type { FleetDevice } from './types.ts'

export const keyOf = (row: Pick<FleetDevice, 'siteId' | 'mac'>) => `${row.siteId} ${row.mac}`
export const nameOf = (row: Pick<FleetDevice, 'name' | 'mac'>) => row.name || row.mac

/** Devices of one or many sites. `sites`: their names by id; absent: all are of one. */
export function FleetTable(props: {
  steady: Pick<Steady<FleetDevice>, 'rows' | 'bind'>
  sites?: ReadonlyMap<string, string>
  selected?: Signal<ReadonlySet<string>>
}) {
  const narrow = useNarrow()
  const { sites } = props
  const name: Column<FleetDevice> = {
    ...{ id: 'name', title: t('Phone') },
    cell: (row) => (
      <>
        <a href={at('sites', row.siteId, 'devices', row.mac)}>
          <span dir="auto">{nameOf(row)}</span>
        </a>
        <span class="quiet" dir="auto">
          {[row.extension, sites?.get(row.siteId)].filter(Boolean).join(' · ') || row.mac}
        </span>
      </>
    ),
  }
  const drift: Column<FleetDevice> = {
    ...{ id: 'drift', title: t('Has what is wanted'), width: narrow ? 10 : 13 },
    cell: (row) => (
      <>
        <DriftBadge of={row} />
        {narrow && row.verdict === 'trouble' && <VerdictBadge verdict={row.verdict} />}
      </>
    ),
  }
  const wide: readonly Column<FleetDevice>[] = [
    {
      ...{ id: 'verdict', title: t('State'), width: 15 },
      cell: (row) => (
        <>
          <VerdictBadge verdict={row.verdict} />
          {row.verdict === 'trouble' && <Said class="quiet clamp">{row.verdictText ?? undefined}</Said>}
        </>
      ),
    },
    {
      ...{ id: 'model', title: t('Model'), width: 12 },
      cell: (row) => (
        <>
          <span dir="auto">{whatOf({ vendor: row.vendor ?? undefined, model: row.model ?? undefined })}</span>
          <span class="quiet" dir="auto">
            {row.firmware}
          </span>
        </>
      ),
    },
  ]
  return (
    <Table
      label={t('Phones')}
      rows={props.steady.rows}
      bind={props.steady.bind}
      keyOf={keyOf}
      nameOf={nameOf}
      rowHeight={64}
      columns={narrow ? [name, drift] : [name, drift, ...wide]}
      {...(props.selected && { selected: props.selected })}
    />
  )
}
