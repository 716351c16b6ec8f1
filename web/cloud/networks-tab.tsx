import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Await, Section } from '../kit/states.tsx'
import type { Network } from '../network/ground.ts'
import { NetworkList } from '../network/network-list.tsx'
import { useAsked } from './asked.ts'
import { type Branch, networksGround } from './networks-ground.ts'
import { path } from './session.ts'
import type { FleetDevice, FleetSite, SiteStatus } from './types.ts'

/** Phones whose addresses are looked at. */
const MOST = 500

type Shown = Network & { readonly reached?: boolean }

/** The networks of a site: what the account holds of them, and what it knows of the box that is to use them. */
export function NetworksTab({ site, standing }: { site: string; standing: FleetSite | undefined }) {
  const adding = useSignal(false)
  const networks = useAsked(
    site,
    async () => (await api<{ networks: readonly Shown[] }>(path('sites', site, 'networks'))).networks,
    // That the box has read them is told with what it makes of its phones.
    { what: ['records', 'devices', 'box'], site },
  )
  const branch = useAsked(site, () => branchOf(site), { what: ['devices', 'box'], site })
  const hasBox = standing?.boxId != null
  return (
    <Await of={networks.of} again={networks.again} rows={6}>
      {(list: readonly Shown[]) => (
        <Await of={branch.of} again={branch.again}>
          {(it: Branch) => (
            <>
              <State branch={it} standing={standing} any={list.length > 0} />
              <Section id="site-networks" title={t('Addresses')}>
                <NetworkList
                  networks={list.map((one) => ({ ...one, waiting: hasBox && one.reached === false }))}
                  ground={networksGround({ site, standing, branch: it, networks: list, again: networks.again })}
                  adding={adding.value}
                  open={(open) => {
                    adding.value = open
                  }}
                  none={t('The account holds no network of this site.')}
                />
              </Section>
              <Fixed branch={it} />
            </>
          )}
        </Await>
      )}
    </Await>
  )
}

/** What the box says of itself, and where its phones were last seen. */
async function branchOf(site: string): Promise<Branch> {
  const query = new URLSearchParams({ site, limit: String(MOST) })
  const [status, fleet] = await Promise.all([
    api<SiteStatus>(path('sites', site, 'status')),
    api<{ devices: readonly FleetDevice[]; next: string | null }>(`${path('fleet', 'devices')}?${query}`),
  ])
  return { box: status.box[0]?.status, phones: fleet.devices, all: fleet.next === null }
}

/** What keeps these networks from doing anything at the branch. */
function State(props: { branch: Branch; standing: FleetSite | undefined; any: boolean }) {
  const { branch, standing } = props
  const off = branch.box?.dhcp.every(({ mode }) => mode === 'off') === true
  return (
    <>
      {standing !== undefined && standing.boxId === null && (
        <p class="card held">{t('This site has no box yet: what is set here waits for its first one.')}</p>
      )}
      {standing?.boxId != null && standing.offline && (
        <p class="card held">{t('The box is offline: what is changed here waits until it is back.')}</p>
      )}
      {off && props.any && (
        <p class="card held">
          {t('DHCP is off at the box: nobody gets an address of these until somebody there switches it on.')}
        </p>
      )}
      <p class="quiet">{t('Who has which address, and how many are left, is seen at the box alone.')}</p>
    </>
  )
}

/** Those that nobody can change but where the box stands. */
function Fixed({ branch }: { branch: Branch }) {
  const fixed = branch.box?.fixedNetworks ?? []
  if (fixed.length === 0) return null
  return (
    <Section id="fixed-networks" title={t('Set in the configuration file of the box')}>
      <ul class="files card">
        {fixed.map(({ id, subnet, pools }) => (
          <li key={id}>
            <span dir="auto">{id}</span>
            <span class="grow">{[subnet, ...pools].join(', ')}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
