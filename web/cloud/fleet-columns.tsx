import { fullTime, whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { rememberedColumns } from '../kit/columns-menu.tsx'
import { Ago, Said } from '../kit/states.tsx'
import type { Column } from '../kit/table.tsx'
import { DriftBadge, driftWord, VerdictBadge, verdictWord } from './drift.tsx'
import { at } from './session.ts'
import type { FleetDevice } from './types.ts'

export interface FleetColumn extends Column<FleetDevice> {
  /** As a cell of an export. */
  readonly plain: (row: FleetDevice) => string
}

/** Those of the fleet; the table of one site shows them all the same. */
export const fleetChosen = rememberedColumns('fleet-columns', ['drift', 'verdict', 'model'])

export const nameOf = (row: Pick<FleetDevice, 'name' | 'mac'>) => row.name || row.mac
const modelOf = (row: FleetDevice) => whatOf({ vendor: row.vendor ?? undefined, model: row.model ?? undefined })

type Names = ReadonlyMap<string, string>

/** Every column that there is, in their order. `sites`: their names by id; absent: all are of one. */
export function fleetColumns(sites: Names | undefined): readonly FleetColumn[] {
  const siteOf = (row: FleetDevice) => sites?.get(row.siteId) ?? ''
  return [
    {
      ...{ id: 'name', title: t('Phone'), plain: (row) => row.name },
      cell: (row) => (
        <>
          <a href={at('sites', row.siteId, 'devices', row.mac)}>
            <span dir="auto">{nameOf(row)}</span>
          </a>
          <span class="quiet" dir="auto">
            {[row.extension, siteOf(row)].filter(Boolean).join(' · ') || row.mac}
          </span>
        </>
      ),
    },
    {
      ...{ id: 'drift', title: t('Has what is wanted'), width: 13, plain: (row) => driftWord(row.drift) },
      cell: (row) => <DriftBadge of={row} />,
    },
    {
      ...{ id: 'verdict', title: t('State'), width: 15 },
      plain: (row) => [row.verdict && verdictWord(row.verdict), row.verdictText].filter(Boolean).join(': '),
      cell: (row) => (
        <>
          <VerdictBadge verdict={row.verdict} />
          {row.verdict === 'trouble' && <Said class="quiet clamp">{row.verdictText ?? undefined}</Said>}
        </>
      ),
    },
    {
      ...{ id: 'model', title: t('Model'), width: 12, plain: modelOf },
      cell: (row) => (
        <>
          <span dir="auto">{modelOf(row)}</span>
          <span class="quiet" dir="auto">
            {row.firmware}
          </span>
        </>
      ),
    },
    ...(sites === undefined ? [] : [text('site', t('Site'), 10, siteOf)]),
    text('extension', t('Extension'), 7, (row) => row.extension ?? ''),
    text('group', t('Group'), 9, (row) => row.group ?? ''),
    text('firmware', t('Firmware'), 9, (row) => row.firmware ?? ''),
    { ...text('mac', t('MAC address'), 10, (row) => row.mac), cell: (row) => <span class="mac">{row.mac}</span> },
    text('address', t('Address'), 9, (row) => row.address ?? ''),
    {
      ...{ id: 'seen', title: t('Last seen'), width: 8 },
      plain: (row) => (row.lastSeen === null ? '' : fullTime(row.lastSeen)),
      cell: (row) => row.lastSeen !== null && <Ago at={row.lastSeen} />,
    },
  ]
}

function text(id: string, title: string, width: number, plain: FleetColumn['plain']): FleetColumn {
  return { ...{ id, title, width, plain }, cell: (row) => <Said>{plain(row)}</Said> }
}

/** On a small screen: who it is and how it stands. */
export function narrowColumns(sites: Names | undefined): readonly FleetColumn[] {
  return fleetColumns(sites)
    .filter(({ id }) => id === 'name' || id === 'drift')
    .map((column) =>
      column.id === 'name'
        ? column
        : {
            ...{ ...column, width: 10 },
            cell: (row) => (
              <>
                <DriftBadge of={row} />
                {row.verdict === 'trouble' && <VerdictBadge verdict={row.verdict} />}
              </>
            ),
          },
    )
}
