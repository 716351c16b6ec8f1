import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { NetworkInput } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import type { Network, NetworksGround, Port } from './ground.ts'
import { FormEnd, faultAt, NetworkFields, readDraft, useNetworkDraft, useSending } from './network-form.tsx'
import { PoolPicture } from './pool-picture.tsx'
import { type Proposal, propose, subnetOf, typedPools, within } from './propose.ts'

const RELAY = ''
const HALF_A_DAY = 43_200

/** A whole network, from what would do for most; what a person has not touched follows what they change. */
export function NetworkAdd(props: { networks: readonly Network[]; ground: NetworksGround; close: () => void }) {
  const { ground, close } = props
  const networks = [...props.networks, ...ground.others]
  const ports = ground.ports ?? []
  const first = useMemo(() => propose(networks, ports), [])
  const name = useSignal('')
  const port = useSignal(first.interface ?? RELAY)
  const subnet = useSignal(first.subnet)
  const draft = useNetworkDraft({ ...first, ntp: [], lease: HALF_A_DAY })
  const touched = useMemo(() => new Set<'subnet' | 'pools' | 'router'>(), [])
  const { failed, busy, send } = useSending()
  const take = ({ pools, router }: Pick<Proposal, 'pools' | 'router'>) => {
    if (!touched.has('pools')) draft.pools.value = pools.join('\n')
    if (!touched.has('router')) draft.router.value = router
  }
  const choosePort = (value: string) => {
    port.value = value
    const next = propose(networks, ports, { interface: value === RELAY ? undefined : value })
    if (!touched.has('subnet')) subnet.value = next.subnet
    take(within(networks, ports, subnet.value, isAttached(value, subnet.value)))
  }
  const isAttached = (value: string, text: string) => {
    const it = subnetOf(text)
    const addresses = ports.find((one) => one.name === value)?.addresses ?? []
    return it !== undefined && addresses.some((one) => subnetOf(one)?.first === it.first)
  }
  const attached = isAttached(port.value, subnet.value)
  const save = (event: SubmitEvent) =>
    send(event, async () => {
      const { router, domain, ...rest } = readDraft(draft)
      const input: NetworkInput = {
        ...rest,
        subnet: subnet.value.trim(),
        ...(name.value.trim() !== '' && { name: name.value.trim() }),
        ...(port.value !== RELAY && { interface: port.value }),
        ...(router !== null && { router }),
        ...(domain !== null && { domain }),
      }
      if (!(await ground.add(input))) return
      close()
      await ground.said(t('Network {name} is added.', { name: input.subnet }), input.subnet)
    })
  return (
    <Dialog title={t('Add a network')} close={close} wide>
      <form class="form" onSubmit={(event) => void save(event)} aria-label={t('Add a network')}>
        <TextField
          label={t('Name')}
          hint={t('Such as phones or annex; empty: its subnet names it.')}
          value={name.value}
          fault={faultAt(failed, 'name') ?? faultAt(failed, 'id')}
          autofocus
          change={(value) => {
            name.value = value
          }}
        />
        <Where
          {...{ ports: ground.ports, attached }}
          value={port.value}
          fault={faultAt(failed, 'interface')}
          change={choosePort}
        />
        <TextField
          label={t('Subnet')}
          hint={t('Such as 192.0.2.0/24.')}
          value={subnet.value}
          fault={faultAt(failed, 'subnet')}
          change={(value) => {
            subnet.value = value
            touched.add('subnet')
            if (subnetOf(value)) take(within(networks, ports, value, isAttached(port.value, value)))
          }}
        />
        <NetworkFields draft={draft} failed={failed} touched={(field) => touched.add(field)}>
          <div class="whole">
            <PoolPicture
              network={{ id: name.value || subnet.value, pools: [...typedPools(draft.pools.value)], reservations: [] }}
              leases={undefined}
              free={t('to be given')}
            />
          </div>
        </NetworkFields>
        <FormEnd {...{ failed, busy, close }} action={t('Add it')} />
      </form>
    </Dialog>
  )
}

/** The interface of the box that it is attached to, or none. */
function Where(props: {
  ports: readonly Port[] | undefined
  value: string
  attached: boolean
  fault: string | undefined
  change: (value: string) => void
}) {
  const { ports, value, attached, fault, change } = props
  if (ports === undefined)
    return (
      <TextField
        label={t('Interface of the box')}
        hint={t('Such as eth0; empty: its devices come through a relay. The box has not said yet which it has.')}
        {...{ value, fault, change }}
      />
    )
  const hint =
    value === RELAY
      ? t('A router there passes questions on to the box (IP helper, DHCP relay).')
      : attached
        ? t('The box has an address of it.')
        : t('The box has no address of it there: its devices need a router between.')
  const choices = ports.map((one) => ({ value: one.name, text: [one.name, ...one.addresses].join(' ') }))
  return (
    <SelectField
      label={t('Where its devices are')}
      choices={[...choices, { value: RELAY, text: t('behind a relay') }]}
      {...{ hint, value, fault, change }}
    />
  )
}
