import { useSignal } from '@preact/signals'
import type { AboutView } from '../../services/admin/schema.ts'
import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { SelectField } from '../kit/field.tsx'
import { Section } from '../kit/states.tsx'
import { about } from '../state.ts'
import { type BoxFacts, SERVER_KINDS } from './own-server-lines.ts'

/** Ready-made lines for the DHCP server that is there already. */
export function OwnServer() {
  const kind = useSignal(SERVER_KINDS[0]?.id ?? '')
  const place = useSignal(0)
  const box = about.value.kind === 'ready' ? factsOf(about.value.value) : []
  const facts = box[place.value] ?? box[0]
  const server = SERVER_KINDS.find(({ id }) => id === kind.value)
  if (facts === undefined || server === undefined) return null
  return (
    <Section id="own-server" title={t('For the DHCP server that is there already')}>
      <div class="card own-server">
        <p>{t('Where the site keeps its own server, it must tell phones one thing: where this box is (option 66).')}</p>
        <div class="form">
          <SelectField
            label={t('Kind of server')}
            value={kind.value}
            change={(value) => {
              kind.value = value
            }}
            choices={SERVER_KINDS.map(({ id, title }) => ({ value: id, text: title }))}
          />
          {box.length > 1 && (
            <SelectField
              label={t('Address of this box')}
              value={String(place.value)}
              change={(value) => {
                place.value = Number(value)
              }}
              choices={box.map(({ address }, i) => ({ value: String(i), text: address }))}
            />
          )}
        </div>
        <p>{server.where()}</p>
        <CodeBox label={t('Lines for {name}', { name: server.title })} text={server.lines(facts)} />
      </div>
    </Section>
  )
}

/** The box as phones reach it: its addresses, and the port of its configuration host where that is not 80. */
function factsOf({ addresses, listeners }: AboutView): BoxFacts[] {
  const port = /:(\d+)$/.exec(listeners.find(({ service }) => service === 'http')?.where ?? '')?.[1] ?? '80'
  return addresses.flatMap((text) => {
    const address = /(\d+\.\d+\.\d+\.\d+)/.exec(text)?.[1]
    return address === undefined ? [] : [{ address, url: `http://${address}${port === '80' ? '' : `:${port}`}/` }]
  })
}
