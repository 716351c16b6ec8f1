import type { Signal } from '@preact/signals'
import { t } from '../i18n.ts'
import type { Steady } from '../kit/steady.tsx'
import { Table } from '../kit/table.tsx'
import { useNarrow } from '../narrow.ts'
import { fleetChosen, fleetColumns, nameOf, narrowColumns } from './fleet-columns.tsx'
import type { FleetDevice } from './types.ts'

export const keyOf = (row: Pick<FleetDevice, 'siteId' | 'mac'>) => `${row.siteId} ${row.mac}`

/** Devices of one or many sites. `sites`: their names by id; absent: all are of one. */
export function FleetTable(props: {
  steady: Pick<Steady<FleetDevice>, 'rows' | 'bind'>
  sites?: ReadonlyMap<string, string>
  selected?: Signal<ReadonlySet<string>>
}) {
  const narrow = useNarrow()
  const { sites } = props
  const wide = () => fleetColumns(sites).filter(({ id }) => id === 'name' || fleetChosen.ids.value.includes(id))
  return (
    <Table
      label={t('Phones')}
      rows={props.steady.rows}
      bind={props.steady.bind}
      keyOf={keyOf}
      nameOf={nameOf}
      rowHeight={64}
      columns={narrow ? narrowColumns(sites) : wide()}
      {...(props.selected && { selected: props.selected })}
    />
  )
}
