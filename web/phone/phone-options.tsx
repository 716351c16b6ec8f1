import type { ExplainView } from '../../services/admin/schema.ts'
import { t } from '../i18n.ts'
import { OptionList } from '../options/option-list.tsx'
import { OptionSaid } from '../options/option-said.tsx'
import { may } from '../session.ts'
import type { Desk } from './desk.ts'
import { sourceWord } from './setting-row.tsx'

/** What this phone alone is told by DHCP, and what it inherits of the layers over it. */
export function PhoneOptions({ desk, it }: { desk: Desk; it: ExplainView }) {
  const own = desk.device.value?.dhcpOptions ?? []
  const taken = new Set(own.map(({ code }) => code))
  const inherited = it.dhcpOptions.filter(({ option, layer }) => layer !== 'device' && !taken.has(option.code))
  if (!may('devices') && own.length + inherited.length === 0) return null
  return (
    <details class="raw" open={own.length > 0}>
      <summary>
        <h2>{t('DHCP options')}</h2>
        {own.length > 0 && <span class="tag ours">{own.length}</span>}
      </summary>
      <p class="hint">
        {t(
          'For this phone alone, wherever the box gives it an address: before its model, its group, its vendor and the network.',
        )}
      </p>
      {inherited.length > 0 && (
        <ul class="files dhcp-options">
          {inherited.map(({ option, ...source }) => (
            <li key={option.code}>
              <OptionSaid option={option} />
              <span class="tag">{sourceWord(source)}</span>
            </li>
          ))}
        </ul>
      )}
      <OptionList
        options={own}
        mayEdit={may('devices')}
        change={async (dhcpOptions) => {
          desk.edit({ dhcpOptions })
          return undefined
        }}
      />
    </details>
  )
}
