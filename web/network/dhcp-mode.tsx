import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { DhcpView } from '../../services/admin/schema.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check } from '../kit/field.tsx'
import { dhcp, faultsOf } from '../state.ts'
import { loadNetworks } from './data.ts'

export type Mode = DhcpView['interfaces'][number]['mode']

export function modeWord(mode: Mode): string {
  return {
    full: t('The box gives addresses to everybody'),
    'phones-only': t('The box answers phones only'),
    off: t('The box gives no addresses'),
  }[mode]
}

/** What comes of each choice, in the order in which a person would ask. */
function consequencesOf(mode: Mode): readonly string[] {
  return {
    full: [
      t('Every device on this network gets its address from the box: phones, computers, printers.'),
      t('Phones are told where their configuration is. Nothing has to be set anywhere else.'),
      t('If another DHCP server is heard, the box stays silent and raises an alarm.'),
    ],
    'phones-only': [
      t('The server that is there goes on serving everything else.'),
      t('What is recognised as a phone gets its address from the box and is told where its configuration is.'),
      t('The ranges of the two servers must not overlap. That of the box is shown, and changed, under Network.'),
    ],
    off: [
      t('Nothing changes on this network.'),
      t('Many phones find the box by multicast (SIP PnP). For the rest the server that is there must say option 66.'),
      t('The page Network has ready-made lines for that server.'),
    ],
  }[mode]
}

export interface Advice {
  readonly mode: Mode
  readonly why: string
}

/** What we would do, from what was heard on the wire. */
export function adviceFor(others: readonly string[] | undefined): Advice | undefined {
  if (others === undefined) return undefined
  return others.length === 0
    ? { mode: 'full', why: t('No other server was heard, and phones need an address.') }
    : {
        mode: 'phones-only',
        why: t('Another server ({server}) gives addresses here: it keeps everything but phones.', {
          server: others.join(', '),
        }),
      }
}

const MODES: readonly Mode[] = ['full', 'phones-only', 'off']

/** Chooses what DHCP does on one interface, and does it. `done` hears of it when the box has said yes. */
export function DhcpMode(props: {
  name: string
  mode: Mode | undefined
  advice: Advice | undefined
  others: readonly string[]
  action: string
  done: () => void
}) {
  const { name, advice, others } = props
  const id = useId()
  const chosen = useSignal<Mode | undefined>(undefined)
  const beside = useSignal(false)
  const failed = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  const mode = chosen.value ?? props.mode ?? advice?.mode
  const set = async (event: SubmitEvent) => {
    event.preventDefault()
    if (mode === undefined) return
    busy.value = true
    failed.value = undefined
    try {
      const body = { mode, besideForeignServer: mode === 'full' && others.length > 0 && beside.value }
      const value = await api<DhcpView>(`/dhcp/interfaces/${encodeURIComponent(name)}`, { method: 'PUT', body })
      dhcp.value = { kind: 'ready', value }
      await loadNetworks()
      props.done()
    } catch (error) {
      failed.value = faultsOf(error).text
    }
    busy.value = false
  }
  return (
    <form class="choices" onSubmit={(event) => void set(event)} aria-label={t('DHCP on {name}', { name })}>
      {MODES.map((it) => (
        <div key={it} class={`choice card ${it === mode ? 'chosen' : ''}`}>
          <input
            type="radio"
            id={`${id}-${it}`}
            name={id}
            value={it}
            checked={it === mode}
            aria-describedby={`${id}-${it}-what`}
            onChange={() => {
              chosen.value = it
            }}
          />
          <label for={`${id}-${it}`}>
            <strong>{modeWord(it)}</strong>
            {advice?.mode === it && <span class="tag ours">{t('Recommended')}</span>}
          </label>
          <div id={`${id}-${it}-what`}>
            {advice?.mode === it && <p>{advice.why}</p>}
            <ul class="consequences quiet">
              {consequencesOf(it).map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        </div>
      ))}
      {mode === 'full' && others.length > 0 && (
        <div class="card held">
          <p>
            {t('Two servers that serve everybody give the same address twice, and nobody knows which answers first.')}
          </p>
          <Check
            label={t('Answer although another server is there')}
            checked={beside.value}
            change={(on) => {
              beside.value = on
            }}
          />
        </div>
      )}
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={mode === undefined || busy.value}>
          {props.action}
        </button>
      </div>
    </form>
  )
}
