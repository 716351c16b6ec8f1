import { t } from '../i18n.ts'
import { OptionList } from '../options/option-list.tsx'
import type { LayerDesk } from './layer-desk.ts'

/** What phones of this layer are told by DHCP besides; it stands before what the network and the vendor's data say. */
export function LayerOptions({ desk, mayEdit }: { desk: LayerDesk; mayEdit: boolean }) {
  const options = desk.options.value
  if (!mayEdit && options.length === 0) return null
  return (
    <details class="raw" open={options.length > 0}>
      <summary>
        <h2>{t('DHCP options')}</h2>
        {options.length > 0 && <span class="tag ours">{options.length}</span>}
      </summary>
      <p class="hint">{t('Told to these phones wherever the box gives them an address.')}</p>
      <OptionList
        options={options}
        mayEdit={mayEdit}
        change={async (list) => {
          desk.setOptions(list)
          return undefined
        }}
      />
    </details>
  )
}
