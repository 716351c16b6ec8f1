import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { BoxNetworkView } from '../../services/admin/schema-box-network.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { type Loaded, load, loading } from '../state.ts'
import { tried } from '../tried.ts'
import { BoxAddressEdit } from './box-address-edit.tsx'

/** After a trial the system needs a moment to take the former setting back. */
const SETTLES_MS = 4_000

/** The box's own address and how it gets it. Nothing where the box's network is none of its business. */
export function BoxAddress() {
  const view = useSignal<Loaded<BoxNetworkView>>(loading)
  const editing = useSignal(false)
  const ask = () => load(view, () => api<BoxNetworkView>('/box-network'))
  const now = view.value.kind === 'ready' ? view.value.value : undefined
  const returnsIn = now?.returnsIn
  useEffect(() => void ask(), [])
  useEffect(() => {
    if (returnsIn === undefined) return undefined
    const timer = setTimeout(() => void ask(), returnsIn * 1000 + SETTLES_MS)
    return () => clearTimeout(timer)
  }, [now])
  if (now === undefined || now.unsupported !== undefined) return null
  const keep = () =>
    tried(t('The address is not kept'), async () => {
      const value = await api<BoxNetworkView>('/box-network/keep', { method: 'POST' })
      view.value = { kind: 'ready', value }
      toast(t('The address is kept.'))
    })
  const { setting } = now
  return (
    <Section id="box-address" title={t('Address of this box')}>
      <div class="card stacked">
        <div class="need-who">
          <strong dir="auto">{setting.address ?? t('By DHCP')}</strong>
          {may('site') && returnsIn === undefined && (
            <button
              type="button"
              onClick={() => {
                editing.value = true
              }}
            >
              {t('Change')} <span class="unseen">{t('Address of this box')}</span>
            </button>
          )}
        </div>
        <p class="quiet facts">
          {setting.gateway && <span>{t('router {address}', { address: setting.gateway })}</span>}
          {setting.dns.length > 0 && <span>DNS {setting.dns.join(', ')}</span>}
          {setting.ntp.length > 0 && <span>NTP {setting.ntp.join(', ')}</span>}
          {setting.interface && <span>{t('only on {name}', { name: setting.interface })}</span>}
          {now.source === 'boot' && <span>{t('set by network.conf on the boot partition')}</span>}
        </p>
        {returnsIn !== undefined && <OnTrial now={now} returnsIn={returnsIn} keep={() => void keep()} />}
        {now.last === 'returned' && returnsIn === undefined && (
          <p role="status">{t('Nobody kept the last address that was tried: this one was taken back.')}</p>
        )}
      </div>
      {editing.value && (
        <BoxAddressEdit
          setting={setting}
          done={(value) => {
            if (value !== undefined) view.value = { kind: 'ready', value }
            editing.value = false
          }}
        />
      )}
    </Section>
  )
}

/** What to do while a new address is tried: whoever reads this by the new one keeps it. */
function OnTrial({ now, returnsIn, keep }: { now: BoxNetworkView; returnsIn: number; keep: () => void }) {
  const ends = new Date(Date.now() + returnsIn * 1000).toLocaleTimeString()
  const host = now.setting.address?.split('/')[0]
  const there = host === undefined ? undefined : `${location.protocol}//${host}:${location.port}/#/network`
  return (
    <div class="card held" role="status">
      <p>{t('This address is tried. At {time} the former one is taken back, unless it is kept.', { time: ends })}</p>
      {there === undefined ? (
        <p>{t('The screen of the box shows which address it got: open its page there, and keep it.')}</p>
      ) : (
        location.hostname !== host && (
          <p>
            {t('Open the page by its new address, sign in, and keep it there:')}{' '}
            <a href={there}>
              <code>{there}</code>
            </a>
          </p>
        )
      )}
      {may('site') && (
        <div class="buttons">
          <button type="button" class="primary" onClick={keep}>
            {t('Keep this address')}
          </button>
        </div>
      )}
    </div>
  )
}
