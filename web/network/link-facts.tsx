import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { LinksView } from '../../services/admin/routes-links.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Said } from '../kit/states.tsx'

type Neighbour = LinksView['neighbours'][number]

/** Switches tell of themselves twice a minute. */
const EVERY_MS = 10_000
const links = signal<readonly Neighbour[]>([])

/** Asks who is at the other end of the cables, as long as somebody looks. */
export function useLinks(): void {
  useEffect(() => {
    const ask = async () => {
      // That the box is gone is told elsewhere; what was known stays.
      const view = await api<LinksView>('/links').catch(() => undefined)
      if (view) links.value = view.neighbours
    }
    void ask()
    const timer = setInterval(() => void ask(), EVERY_MS)
    return () => clearInterval(timer)
  }, [])
}

/** Where an interface is plugged in, and what that means for phones; items of a list, none while nobody has told. */
export function LinkFacts({ name }: { name: string }) {
  const here = links.value.filter((it) => it.interface === name)
  const phones = here.filter(({ kind }) => kind === 'phone').length
  return (
    <>
      {here
        .filter((it) => it.kind === 'switch' || tellsOfVlans(it))
        .map((it) => (
          <li key={`${it.protocol} ${it.name} ${it.port}`}>
            <Plugged it={it} />
            <Vlans it={it} />
          </li>
        ))}
      {phones > 0 && (
        <li>{plural('{n} phone tells who it is (LLDP).|{n} phones tell who they are (LLDP).', phones)}</li>
      )}
    </>
  )
}

function tellsOfVlans({ portVlan, voiceVlan, vlans }: Neighbour): boolean {
  return portVlan !== undefined || voiceVlan !== undefined || vlans.length > 0
}

function Plugged({ it }: { it: Neighbour }) {
  // A port that is called by its MAC address tells less than what somebody wrote on it.
  const named = it.port !== undefined && /^([0-9a-f]{2}:){5}/.test(it.port) ? it.portText : it.port
  return (
    <>
      {t('Plugged into')} <Said>{it.name ?? it.description ?? it.protocol.toUpperCase()}</Said>
      {named !== undefined && (
        <>
          , {t('port')} <Said>{named}</Said>
        </>
      )}
      {'. '}
    </>
  )
}

function Vlans({ it: { portVlan, voiceVlan, vlans } }: { it: Neighbour }) {
  const names = vlans.map(({ id, name }) => `${id} ${name}`).join(', ')
  return (
    <>
      {portVlan !== undefined && t('This port is in VLAN {n}.', { n: portVlan })}{' '}
      {names !== '' && (
        <>
          {t('Its VLANs:')} <Said>{names}</Said>.{' '}
        </>
      )}
      {voiceVlan !== undefined && voiceVlan.id !== portVlan && (
        <span class="held block">
          {t(
            'Phones at such a port go to VLAN {n}, where they do not hear this box. Give the box a port in VLAN {n}, or have a DHCP relay of that VLAN name it.',
            { n: voiceVlan.id },
          )}
        </span>
      )}
    </>
  )
}
