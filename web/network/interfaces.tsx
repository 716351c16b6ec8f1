import { useSignal } from '@preact/signals'
import type { DhcpView } from '../../services/admin/schema.ts'
import type { HeardView, NetworksView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Ago, Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { tried } from '../tried.ts'
import { adviceFor, DhcpMode } from './dhcp-mode.tsx'
import { LinkFacts, useLinks } from './link-facts.tsx'

type Row = DhcpView['interfaces'][number]

/** What DHCP does on each interface, why, who else does, and a way to say otherwise. */
export function Interfaces({ status, view }: { status: DhcpView; view: NetworksView | undefined }) {
  useLinks()
  return (
    <ul class="cards">
      {status.interfaces.map((it) => (
        <Interface key={it.name} it={it} choice={view?.interfaces.find(({ name }) => name === it.name)} />
      ))}
    </ul>
  )
}

function Interface({ it, choice }: { it: Row; choice: NetworksView['interfaces'][number] | undefined }) {
  const changing = useSignal(false)
  const listening = useSignal(false)
  const heard = useSignal<HeardView['servers'] | undefined>(undefined)
  const others = (heard.value ?? it.foreign).map(({ server }) => server)
  const listen = async () => {
    listening.value = true
    await tried(t('Nobody could be heard'), async () => {
      const path = `/dhcp/interfaces/${encodeURIComponent(it.name)}/listen`
      heard.value = (await api<HeardView>(path, { method: 'POST' })).servers
    })
    listening.value = false
  }
  const close = () => {
    changing.value = false
  }
  return (
    <li class="card interface">
      <div class="need-who">
        <span>
          <strong>{it.name}</strong> <span class="quiet">{choice?.addresses.join(', ')}</span>
        </span>
        <span class={`badge ${it.answering ? 'configured' : it.mode === 'off' ? 'off' : 'trouble'}`}>
          {it.answering ? t('Answers') : it.mode === 'off' ? t('Off') : t('Silent')}
        </span>
      </div>
      <p>
        <Said>{it.reason}</Said>
      </p>
      <ul class="heard">
        <LinkFacts name={it.name} />
      </ul>
      {it.foreign.map((other) => (
        <p key={other.server} class="other-server">
          {t('Another DHCP server answers here: {server}', { server: other.server })}
          <span class="quiet">
            {' '}
            {other.mac && <span class="mac">{other.mac}</span>} <Ago at={other.lastSeen} />
          </span>
        </p>
      ))}
      {heard.value !== undefined && (
        <p role="status">
          {heard.value.length === 0
            ? t('Nobody else gives addresses here.')
            : t('Heard: {server}', { server: heard.value.map((one) => one.server).join(', ') })}
        </p>
      )}
      {choice?.fixed && <p class="quiet">{t('The configuration file decides this; it is changed there.')}</p>}
      {may('site') && (
        <div class="buttons">
          {it.mode === 'off' && (
            <button type="button" disabled={listening.value} onClick={() => void listen()}>
              {listening.value ? t('Listening …') : t('Who else gives addresses?')}
            </button>
          )}
          {!choice?.fixed && (
            <button
              type="button"
              onClick={() => {
                changing.value = true
              }}
            >
              {t('Change')} <span class="unseen">{it.name}</span>
            </button>
          )}
        </div>
      )}
      {changing.value && (
        <Dialog title={t('DHCP on {name}', { name: it.name })} close={close} wide>
          <DhcpMode
            name={it.name}
            mode={it.mode}
            advice={it.mode === 'off' && heard.value === undefined ? undefined : adviceFor(others)}
            others={others}
            action={t('Do it')}
            done={() => {
              close()
              toast(t('DHCP on {name} is changed.', { name: it.name }))
            }}
          />
        </Dialog>
      )}
    </li>
  )
}
