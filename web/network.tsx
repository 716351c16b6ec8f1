import type { DhcpView, LeaseView } from '../services/admin/schema.ts'
import { now, span } from './format.ts'
import { t } from './i18n.ts'
import { Await, Badge, Empty, Said, Section } from './kit/states.tsx'
import { Table } from './kit/table.tsx'
import { useNarrow } from './narrow.ts'
import { to } from './router.ts'
import { dhcp, leases } from './state.ts'

/** What DHCP does on each interface, how full each network is, who holds which address. */
export function NetworkPage() {
  return (
    <>
      <h1>{t('Network')}</h1>
      <Interfaces />
      <LeaseList />
    </>
  )
}

function Interfaces() {
  return (
    <Section id="dhcp" title="DHCP">
      <Await of={dhcp.value}>
        {(status: DhcpView) =>
          status.interfaces.length === 0 ? (
            <Empty icon="network">{t('No network interface was found.')}</Empty>
          ) : (
            <ul class="cards">
              {status.interfaces.map((it) => (
                <li key={it.name} class="card">
                  <div class="need-who">
                    <strong>{it.name}</strong>
                    <span class={`badge ${it.answering ? 'configured' : it.mode === 'off' ? 'off' : 'trouble'}`}>
                      {it.answering ? t('Answers') : t('Silent')}
                    </span>
                  </div>
                  <p>
                    <Said>{it.reason}</Said>
                  </p>
                  {it.foreign.map((other) => (
                    <p key={other.server} class="quiet">
                      {t('Another DHCP server answers here: {server}', { server: other.server })}
                    </p>
                  ))}
                </li>
              ))}
              {status.networks.map((it) => (
                <li key={it.id} class="card">
                  <div class="progress">
                    <strong dir="auto">{it.id}</strong>
                    <meter
                      min={0}
                      max={Math.max(1, it.size)}
                      high={it.size * 0.9}
                      optimum={0}
                      value={it.active + it.offered + it.declined}
                      aria-label={t('Addresses in use in {name}', { name: it.id })}
                    />
                    <span class="quiet">
                      {t('{n} of {all} addresses leased', { n: it.active, all: it.size })}
                      {it.declined > 0 && `, ${t('{n} set aside', { n: it.declined })}`}
                    </span>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
    </Section>
  )
}

function LeaseList() {
  const list = leases.value
  const narrow = useNarrow()
  return (
    <Section id="leases" title={t('Leases')}>
      <Await of={list}>
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
                ...(narrow
                  ? []
                  : [
                      {
                        ...{ id: 'mac', title: 'MAC', width: 11 },
                        cell: (lease: LeaseView) => <span class="mac">{lease.mac ?? lease.clientId}</span>,
                      },
                      {
                        ...{ id: 'host', title: t('Calls itself') },
                        cell: (lease: LeaseView) => <Said>{lease.hostName}</Said>,
                      },
                    ]),
                {
                  ...{ id: 'ends', title: t('Ends'), width: narrow ? 7 : 10 },
                  cell: (lease) =>
                    lease.state === 'declined' ? (
                      <Badge state="trouble" />
                    ) : (
                      t('in {span}', { span: span(lease.endsAt - now.value) })
                    ),
                },
              ]}
            />
          )
        }}
      </Await>
    </Section>
  )
}
