import { useEffect } from 'preact/hooks'
import type { DhcpView } from '../../services/admin/schema.ts'
import type { NetworksView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { Await, Empty, Section } from '../kit/states.tsx'
import { go, to } from '../router.ts'
import { changes, dhcp, loadDhcp } from '../state.ts'
import { BoxAddress } from './box-address.tsx'
import { boxGround } from './box-ground.tsx'
import { loadNetworks, networks } from './data.ts'
import { Interfaces } from './interfaces.tsx'
import { LeaseList } from './leases.tsx'
import { NetworkList } from './network-list.tsx'
import { OwnServer } from './own-server.tsx'

/** What DHCP does on each interface, how full each network is, who holds which address. */
export function NetworkPage({ part }: { part: string | undefined }) {
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
          {(it: NetworksView) => (
            <NetworkList
              networks={it.networks}
              ground={boxGround(it)}
              adding={part === 'add'}
              open={(adding) => go(adding ? to('network', 'add') : to('network'))}
              none={t('A network is made when DHCP is switched on.')}
            />
          )}
        </Await>
      </Section>
      <LeaseList networks={view?.networks ?? []} />
      <BoxAddress />
      <OwnServer />
    </>
  )
}
