import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ToldView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Await, Empty, Said } from '../kit/states.tsx'
import { changes, type Loaded, load } from '../state.ts'
import { optionName } from './known.ts'

/** The DHCP options that a phone is told, in the order of the packet, and who said each. */
export function Told({ mac, network }: { mac: string; network?: string }) {
  const told = useSignal<Loaded<ToldView>>({ kind: 'loading' })
  const query = network === undefined ? '' : `?network=${encodeURIComponent(network)}`
  const ask = () => void load(told, () => api<ToldView>(`/devices/${encodeURIComponent(mac)}/dhcp${query}`))
  useEffect(ask, [mac, network, changes.value])
  if (told.value.kind === 'error' && told.value.status === 404)
    return <Empty icon="network">{t('The box gives no addresses yet.')}</Empty>
  return (
    <Await of={told.value} again={ask}>
      {(it: ToldView) => (
        <>
          <p class="quiet">
            {it.asked === undefined
              ? t('It never asked this box for an address: all that there is to tell is shown.')
              : t('As it asked when it last came: what it did not ask for is not sent, unless it is sent to all.')}{' '}
            {it.vendorClass !== undefined && (
              <>
                {t('It calls itself')} <Said>{it.vendorClass}</Said>.
              </>
            )}
          </p>
          <ul class="files dhcp-options">
            {it.options.map((option) => (
              <li key={option.code}>
                <span class="option-what">
                  <strong>{option.code}</strong> {optionName(option.code)}
                </span>
                {option.text === undefined ? (
                  <span class="grow quiet">{t('set; shown to those who may change it')}</span>
                ) : (
                  <code class="grow" dir="auto">
                    {option.text}
                  </code>
                )}
                <span class={`tag ${option.from === 'device' ? 'ours' : ''}`}>
                  {option.from === 'device' ? t('for this kind of phone') : t('of the network')}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Await>
  )
}
