import { useSignal } from '@preact/signals'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Empty } from '../kit/states.tsx'
import { tried } from '../tried.ts'
import type { Network, NetworksGround } from './ground.ts'
import { NetworkAdd } from './network-add.tsx'
import { NetworkEdit } from './network-edit.tsx'
import { NetworkOptions } from './network-options.tsx'
import { PoolPicture } from './pool-picture.tsx'
import { Reservations } from './reservations.tsx'

/** The networks of a place with all that can be done with them. `adding`: the form for a new one is open. */
export function NetworkList(props: {
  networks: readonly Network[]
  ground: NetworksGround
  adding: boolean
  open: (adding: boolean) => void
  /** What is said where there is none. */
  none: string
}) {
  const { networks, ground } = props
  return (
    <>
      {networks.length === 0 ? (
        <Empty icon="network">
          <p>{t('The box gives no addresses yet.')}</p>
          <p>{props.none}</p>
        </Empty>
      ) : (
        <ul class="cards">
          {networks.map((network) => (
            <Card key={network.id} network={network} ground={ground} />
          ))}
        </ul>
      )}
      {ground.mayEdit && (
        <div class="buttons">
          <button type="button" onClick={() => props.open(true)}>
            {t('Add a network')}
          </button>
        </div>
      )}
      {ground.mayEdit && props.adding && (
        <NetworkAdd networks={networks} ground={ground} close={() => props.open(false)} />
      )}
    </>
  )
}

function Card({ network, ground }: { network: Network; ground: NetworksGround }) {
  const editing = useSignal(false)
  const count = ground.count(network.id)
  const mayEdit = ground.mayEdit && !network.fixed
  return (
    <li class="card network">
      <div class="need-who">
        <span>
          <strong dir="auto">{network.subnet}</strong>{' '}
          <span class="quiet" dir="auto">
            {network.id}
          </span>{' '}
          {network.waiting && <span class="badge waiting">{t('Waits for the box')}</span>}
        </span>
        {mayEdit && (
          <span class="buttons">
            {network.fault === undefined && (
              <button
                type="button"
                onClick={() => {
                  editing.value = true
                }}
              >
                {t('Change')} <span class="unseen">{network.id}</span>
              </button>
            )}
            <button type="button" onClick={() => void removed(network, ground)}>
              {t('Remove')} <span class="unseen">{network.id}</span>
            </button>
          </span>
        )}
      </div>
      {network.fault !== undefined ? (
        <p class="failed">{t('The box cannot use it: {reason}', { reason: network.fault })}</p>
      ) : (
        <>
          {count && (
            <p>
              {t('{n} of {all} addresses leased', { n: count.active, all: count.size })}
              {count.declined > 0 && `, ${t('{n} set aside', { n: count.declined })}`}
            </p>
          )}
          {network.interface !== undefined && ground.isOff(network.interface) && (
            <p class="other-server">
              {t('DHCP is off on {name}: nobody gets an address of it.', { name: network.interface })}
            </p>
          )}
          <PoolPicture network={network} leases={ground.leases} />
          <p class="quiet facts">
            <span>{network.interface ?? t('behind a relay')}</span>
            <span>{network.pools.join(', ')}</span>
            <span>{network.router ? t('router {address}', { address: network.router }) : t('no router')}</span>
            {network.dns.length > 0 && <span>DNS {network.dns.join(', ')}</span>}
            <span>{t('leases of {n} h', { n: Math.round(network.lease / 360) / 10 })}</span>
            {network.fixed && <span>{t('set in the configuration file')}</span>}
          </p>
          <Reservations network={network} ground={ground} />
          <NetworkOptions network={network} ground={ground} />
        </>
      )}
      {editing.value && (
        <NetworkEdit
          {...{ network, ground }}
          close={() => {
            editing.value = false
          }}
        />
      )}
    </li>
  )
}

/** Says whom it concerns before it does it. */
async function removed(network: Network, ground: NetworksGround): Promise<void> {
  await tried(t('{name} was not removed', { name: network.id }), async () => {
    const yes = await confirmed({
      title: t('Remove {name}?', { name: network.subnet }),
      consequences: await ground.removal(network),
      action: t('Remove'),
      danger: true,
    })
    if (yes && (await ground.remove(network)))
      await ground.said(t('Network {name} is removed.', { name: network.subnet }), network.id)
  })
}
