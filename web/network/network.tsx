import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DhcpView } from '../../services/admin/schema.ts'
import type { NetworksView, NetworkView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { Await, Empty, Section } from '../kit/states.tsx'
import { may } from '../session.ts'
import { changes, dhcp, leases, listOf, loadDhcp } from '../state.ts'
import { BoxAddress } from './box-address.tsx'
import { loadNetworks, networks } from './data.ts'
import { Interfaces } from './interfaces.tsx'
import { LeaseList } from './leases.tsx'
import { NetworkEdit } from './network-edit.tsx'
import { NetworkOptions } from './network-options.tsx'
import { OwnServer } from './own-server.tsx'
import { PoolPicture } from './pool-picture.tsx'
import { Reservations } from './reservations.tsx'

/** What DHCP does on each interface, how full each network is, who holds which address. */
export function NetworkPage() {
  // How many addresses there are changes with the ranges.
  useEffect(() => void Promise.all([loadNetworks(), loadDhcp()]), [changes.value])
  const view = networks.value.kind === 'ready' ? networks.value.value : undefined
  return (
    <>
      <h1>{t('Network')}</h1>
      <Section id="dhcp" title={t('Who gives addresses')}>
        <Await of={dhcp.value}>
          {(status: DhcpView) =>
            status.interfaces.length === 0 ? (
              <Empty icon="network">{t('No network interface was found.')}</Empty>
            ) : (
              <Interfaces status={status} view={view} />
            )
          }
        </Await>
      </Section>
      <Section id="networks" title={t('Addresses')}>
        <Await of={networks.value} again={() => void loadNetworks()}>
          {(it: NetworksView) =>
            it.networks.length === 0 ? (
              <Empty icon="network">
                <p>{t('The box gives no addresses yet.')}</p>
                <p>{t('A network is made when DHCP is switched on.')}</p>
              </Empty>
            ) : (
              <ul class="cards">
                {it.networks.map((network) => (
                  <Network key={network.id} network={network} />
                ))}
              </ul>
            )
          }
        </Await>
      </Section>
      <LeaseList networks={view?.networks ?? []} />
      <BoxAddress />
      <OwnServer />
    </>
  )
}

function Network({ network }: { network: NetworkView }) {
  const editing = useSignal(false)
  const status = dhcp.value.kind === 'ready' ? dhcp.value.value : undefined
  const count = status?.networks.find(({ id }) => id === network.id)
  return (
    <li class="card network">
      <div class="need-who">
        <span>
          <strong dir="auto">{network.subnet}</strong>{' '}
          <span class="quiet" dir="auto">
            {network.id}
          </span>
        </span>
        {!network.fixed && may('site') && (
          <button
            type="button"
            onClick={() => {
              editing.value = true
            }}
          >
            {t('Change')} <span class="unseen">{network.id}</span>
          </button>
        )}
      </div>
      {count && (
        <p>
          {t('{n} of {all} addresses leased', { n: count.active, all: count.size })}
          {count.declined > 0 && `, ${t('{n} set aside', { n: count.declined })}`}
        </p>
      )}
      <PoolPicture network={network} leases={listOf(leases.value)} />
      <p class="quiet facts">
        <span>{network.pools.join(', ')}</span>
        <span>{network.router ? t('router {address}', { address: network.router }) : t('no router')}</span>
        {network.dns.length > 0 && <span>DNS {network.dns.join(', ')}</span>}
        <span>{t('leases of {n} h', { n: Math.round(network.lease / 360) / 10 })}</span>
        {network.fixed && <span>{t('set in the configuration file')}</span>}
      </p>
      <Reservations network={network} />
      <NetworkOptions network={network} />
      {editing.value && (
        <NetworkEdit
          network={network}
          close={() => {
            editing.value = false
          }}
        />
      )}
    </li>
  )
}
