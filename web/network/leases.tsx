import type { LeaseView } from '../../services/admin/schema.ts'
import type { NetworkView } from '../../services/admin/schema-network.ts'
import { now, span } from '../format.ts'
import { t } from '../i18n.ts'
import { Await, Badge, Empty, Said, Section } from '../kit/states.tsx'
import { type Column, Table } from '../kit/table.tsx'
import { useNarrow } from '../narrow.ts'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { leases } from '../state.ts'
import { tried } from '../tried.ts'
import { stored } from '../undo.ts'
import { patchNetwork } from './box-ground.tsx'

/** Who holds which address, and a way to keep it so. */
export function LeaseList({ networks }: { networks: readonly NetworkView[] }) {
  const narrow = useNarrow()
  const wide = (columns: readonly Column<LeaseView>[]) => (narrow ? [] : columns)
  return (
    <Section id="leases" title={t('Leases')}>
      <Await of={leases.value}>
        {(all: readonly LeaseView[]) => {
          const rows = all.filter((lease) => lease.state === 'active' || lease.state === 'declined')
          if (rows.length === 0) return <Empty icon="lease">{t('No address is leased.')}</Empty>
          return (
            <Table
              label={t('Leases')}
              rows={rows}
              keyOf={(lease) => lease.address}
              nameOf={(lease) => lease.address}
              rowHeight={narrow ? 60 : 44}
              columns={[
                {
                  ...{ id: 'address', title: t('Address'), ...(narrow ? {} : { width: 9 }) },
                  cell: (lease) => (
                    <>
                      {lease.mac ? <a href={to('phones', lease.mac)}>{lease.address}</a> : <span>{lease.address}</span>}
                      {narrow && <span class="mac">{lease.mac ?? lease.clientId}</span>}
                    </>
                  ),
                },
                ...wide([
                  {
                    ...{ id: 'mac', title: 'MAC', width: 11 },
                    cell: (lease) => <span class="mac">{lease.mac ?? lease.clientId}</span>,
                  },
                  {
                    ...{ id: 'host', title: t('Calls itself') },
                    cell: (lease) => <Said>{lease.hostName}</Said>,
                  },
                ]),
                {
                  ...{ id: 'ends', title: t('Ends'), width: narrow ? 7 : 8 },
                  cell: (lease) => <Ends lease={lease} />,
                },
                ...wide([
                  {
                    ...{ id: 'keep', title: t('Reservation'), width: 9 },
                    cell: (lease) => <Keep lease={lease} networks={networks} />,
                  },
                ]),
              ]}
            />
          )
        }}
      </Await>
    </Section>
  )
}

/** Counts down by itself. */
function Ends({ lease }: { lease: LeaseView }) {
  if (lease.state === 'declined') return <Badge state="trouble" />
  return <span>{t('in {span}', { span: span(lease.endsAt - now.value) })}</span>
}

function Keep({ lease, networks }: { lease: LeaseView; networks: readonly NetworkView[] }) {
  const network = networks.find(({ id }) => id === lease.network)
  const { mac, address } = lease
  if (network?.reservations.some((one) => one.address === address)) return <span>{t('kept')}</span>
  if (network === undefined || network.fixed || mac === undefined || !may('site')) return null
  return (
    <button
      type="button"
      class="link"
      aria-label={t('Always give {address} to {mac}', { address, mac })}
      onClick={() =>
        void tried(t('It is not kept'), async () => {
          await patchNetwork(network, { reservations: [...network.reservations, { mac, address }] })
          await stored(t('{address} is kept from now on.', { address }), 'network', network.id)
        })
      }
    >
      {t('Keep it')}
    </button>
  )
}
