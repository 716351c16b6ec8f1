import type { BoxStatus } from '../../services/sync/site-report.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { toast } from '../kit/toast.tsx'
import { changesOf } from '../network/changes-of.ts'
import { numberOf, rangeOf } from '../network/data.ts'
import type { Network, NetworksGround } from '../network/ground.ts'
import { subnetOf } from '../network/propose.ts'
import { at, atLeast, path } from './session.ts'
import type { FleetDevice, FleetSite } from './types.ts'

/** What the account knows of a branch beside its records. */
export interface Branch {
  /** Absent: no box has said anything yet. */
  readonly box: BoxStatus | undefined
  readonly phones: readonly FleetDevice[]
  /** There are no more of them. */
  readonly all: boolean
}

/**
 * The networks of a site in an account. What is done here happens far away, to people who do not see who did it: each
 * change is said in words and agreed to before it is stored. The box checks it once more when it gets it.
 */
export function networksGround(of: {
  readonly site: string
  readonly standing: FleetSite | undefined
  readonly branch: Branch
  readonly networks: readonly Network[]
  readonly again: () => void
}): NetworksGround {
  const { site, branch, again } = of
  const { box, phones } = branch
  const base = ['sites', site, 'networks'] as const
  const waits = boxLines(of.standing)
  const done = (work: Promise<unknown>) =>
    work.then(() => {
      again()
      return true
    })
  return {
    mayEdit: atLeast('admin'),
    ports: box?.interfaces,
    isOff: (port) => box?.dhcp.find((one) => one.interface === port)?.mode === 'off',
    others: box?.fixedNetworks?.map(({ subnet }) => ({ subnet, dns: [] })) ?? [],
    leases: undefined,
    count: () => undefined,
    nameOf: (mac) => phones.find((one) => one.mac === mac)?.name || undefined,
    phoneLink: (mac) => at('sites', site, 'devices', mac),
    settingsLink: at('sites', site, 'settings', 'vendor'),
    async add(input) {
      const yes = await confirmed({
        title: t('Add the network {name}?', { name: input.subnet }),
        consequences: [
          input.interface === undefined
            ? t('The box gives addresses of it through a relay.')
            : t('The box gives addresses of it on {interface}.', { interface: input.interface }),
          `${t('Ranges of addresses')}: ${(input.pools ?? []).join(', ') || t('none')}`,
          ...waits,
        ],
        action: t('Add it'),
      })
      return yes && done(api(path(...base), { method: 'POST', body: input }))
    },
    async change(network, change) {
      const said = changesOf(network, change)
      if (said.length === 0) return true
      const yes = await confirmed({
        title: t('Change the network {name}?', { name: network.subnet }),
        consequences: [...said, ...outside(network, change.pools, phones), renewal(network), ...waits],
        action: t('Change it'),
        danger: true,
      })
      return yes && done(api(path(...base, network.id), { method: 'PATCH', body: change, rev: network.rev }))
    },
    async removal(network) {
      const held = holders(network, phones).length
      const kept = network.reservations.length
      return [
        held === 0
          ? t('No phone was last heard of at an address of it.')
          : plural(
              '{n} phone had an address of it when it was last heard of.|{n} phones had an address of it when they were last heard of.',
              held,
            ),
        t('Which other devices have one, only the box knows.'),
        plural(
          'Whoever has one keeps it {n} hour at most, and then has none of the box.|Whoever has one keeps it {n} hours at most, and then has none of the box.',
          hoursOf(network),
        ),
        ...(kept > 0 ? [plural('{n} reservation goes with it.|{n} reservations go with it.', kept)] : []),
        ...(branch.all ? [] : [t('Only the first {n} phones were counted.', { n: phones.length })]),
        ...waits,
      ]
    },
    remove: (network) => done(api(path(...base, network.id), { method: 'DELETE', rev: network.rev })),
    async said(text) {
      const late = of.standing?.boxId == null || of.standing.offline
      toast(late ? `${text} ${t('It waits for the box.')}` : text)
    },
  }
}

/** When the box hears of it, and what it does then. */
function boxLines(standing: FleetSite | undefined): readonly string[] {
  if (standing?.boxId == null) return [t('This site has no box yet: what is set here waits for its first one.')]
  return [
    ...(standing.offline ? [t('The box is offline: what is changed here waits until it is back.')] : []),
    t('The box checks it once more: what it cannot use it leaves aside, and raises an alarm.'),
    t('If somebody changes the same at the box before it hears of this, what they did there stands.'),
  ]
}

const hoursOf = (network: Network) => Math.max(1, Math.round(network.lease / 3600))

function renewal(network: Network): string {
  return plural(
    'Devices hear of it when they renew, in {n} hour at most.|Devices hear of it when they renew, in {n} hours at most.',
    hoursOf(network),
  )
}

/** Phones whose last address is of this network. */
function holders(network: Network, phones: readonly FleetDevice[]): readonly FleetDevice[] {
  const it = subnetOf(network.subnet)
  return phones.filter(({ address }) => {
    const number = address === null || address.includes(':') ? undefined : numberOf(address)
    return it !== undefined && number !== undefined && number >= it.first && number <= it.last
  })
}

/** Those that would have to move. */
function outside(
  network: Network,
  pools: readonly string[] | undefined,
  phones: readonly FleetDevice[],
): readonly string[] {
  if (pools === undefined) return []
  const ranges = pools.map(rangeOf)
  const kept = new Set(network.reservations.map(({ address }) => address))
  const moved = holders(network, phones).filter(({ address }) => {
    const number = numberOf(address ?? '')
    return !kept.has(address ?? '') && !ranges.some(({ from, to }) => number >= from && number <= to)
  }).length
  if (moved === 0) return []
  return [
    plural(
      '{n} phone was last seen at an address in none of the ranges: it gets another one.|{n} phones were last seen at addresses in none of the ranges: they get others.',
      moved,
    ),
  ]
}
