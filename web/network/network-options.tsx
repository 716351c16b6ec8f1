import type { OptionView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { OptionList } from '../options/option-list.tsx'
import { faultsOf } from '../state.ts'
import type { Network, NetworksGround } from './ground.ts'

/** What every device of a network is told besides, and what of all that one phone would get. */
export function NetworkOptions({ network, ground }: { network: Network; ground: NetworksGround }) {
  const { Told } = ground
  const put = async (options: readonly OptionView[]): Promise<string | undefined> => {
    try {
      if (await ground.change(network, { options: [...options] }))
        await ground.said(t('{name} is changed. Devices hear of it when they renew.', { name: network.id }), network.id)
      return undefined
    } catch (error) {
      const { text, faults } = faultsOf(error)
      return faults[0]?.message ?? text
    }
  }
  return (
    <details class="reservations">
      <summary>
        <h3>
          {t('DHCP options')} <span class="count">{network.options.length}</span>
        </h3>
      </summary>
      <p class="quiet">
        {t('What a kind of phone needs to find the box is told without this.')}{' '}
        {t('What is set for a vendor, a group, a model or one phone goes before it.')}{' '}
        <a href={ground.settingsLink}>{t('Options for one vendor, group or model')}</a>
      </p>
      <OptionList options={network.options} mayEdit={ground.mayEdit && !network.fixed} change={put} />
      {Told && <Told network={network} />}
    </details>
  )
}
