import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { ChoiceView, HeardView, NetworksView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { choicesOf, loadNetworks, networks } from '../network/data.ts'
import { adviceFor, DhcpMode, modeWord } from '../network/dhcp-mode.tsx'
import { LinkFacts, useLinks } from '../network/link-facts.tsx'
import { OwnServer } from '../network/own-server.tsx'
import { go, to } from '../router.ts'
import { dhcp, journeys, type Loaded, listOf, load } from '../state.ts'
import { goOn, Standing, StepFrame } from './step.tsx'

/** Which network the phones are on, what was heard there, and what the box shall do about addresses. */
export function NetworkStep({ name }: { name: string | undefined }) {
  return (
    <StepFrame
      step="network"
      why={t('Phones get their address from somebody, and that somebody tells them where this box is.')}
      passOn={t('Go on')}
    >
      <Await of={networks.value} again={() => void loadNetworks()}>
        {(view: NetworksView) => {
          const choices = choicesOf(view).filter(({ addresses }) => addresses.length > 0)
          const chosen = choices.find((it) => it.name === name) ?? choices.find(({ decided }) => decided) ?? choices[0]
          if (chosen === undefined)
            return (
              <Empty icon="network">
                <p>{t('No network interface has an address.')}</p>
                <p>{t('Plug the box into the network of the phones, or give it an address.')}</p>
              </Empty>
            )
          return (
            <>
              {choices.length > 1 && (
                <SelectField
                  label={t('The network of the phones')}
                  value={chosen.name}
                  change={(value) => go(to('setup', 'network', value))}
                  choices={choices.map((it) => ({ value: it.name, text: `${it.name} · ${it.addresses.join(', ')}` }))}
                />
              )}
              <OnInterface key={chosen.name} choice={chosen} />
            </>
          )
        }}
      </Await>
    </StepFrame>
  )
}

function OnInterface({ choice }: { choice: ChoiceView }) {
  const { name } = choice
  const heard = useSignal<Loaded<HeardView>>({ kind: 'loading' })
  const listen = () => {
    heard.value = { kind: 'loading' }
    void load(heard, () => api<HeardView>(`/dhcp/interfaces/${encodeURIComponent(name)}/listen`, { method: 'POST' }))
  }
  useEffect(listen, [name])
  useLinks()
  const status = dhcp.value.kind === 'ready' ? dhcp.value.value.interfaces.find((it) => it.name === name) : undefined
  const others = heard.value.kind === 'ready' ? heard.value.value.servers.map(({ server }) => server) : undefined
  const offered = heard.value.kind === 'ready' ? heard.value.value.servers[0]?.offered : undefined
  const mode = choice.decided ? status?.mode : undefined
  return (
    <>
      <h3>{t('Heard on {name}', { name: [name, ...choice.addresses].join(' · ') })}</h3>
      <div role="status">
        <ul class="heard card">
          <li>
            {heard.value.kind === 'loading'
              ? t('Listening for other DHCP servers: a few seconds …')
              : heard.value.kind === 'error'
                ? heard.value.text
                : others?.length === 0
                  ? t('Nobody else gives addresses here.')
                  : t('Another DHCP server answers here: {server}', { server: others?.join(', ') ?? '' })}{' '}
            {offered !== undefined && t('It offered {address}.', { address: offered })}
          </li>
          <LinkFacts name={name} />
          <li>{seenText()}</li>
          {heard.value.kind !== 'loading' && (
            <li>
              <button type="button" class="link" onClick={listen}>
                {t('Listen again')}
              </button>
            </li>
          )}
        </ul>
      </div>
      {choice.fixed ? (
        <p class="card">{t('The configuration file decides this; it is changed there.')}</p>
      ) : (
        <>
          {mode !== undefined && (
            <Standing href={to('network')} where={t('Network')}>
              <p>{modeWord(mode)}.</p>
            </Standing>
          )}
          <DhcpMode
            name={name}
            mode={mode}
            advice={adviceFor(others)}
            others={others ?? []}
            action={mode === undefined ? t('Do it and go on') : t('Change it and go on')}
            done={() => goOn('network')}
          />
        </>
      )}
      {others !== undefined && others.length > 0 && <OwnServer />}
    </>
  )
}

function seenText(): string {
  const seen = listOf(journeys.value).length
  return seen === 0
    ? t('No phone was seen yet. They show up by themselves when they are plugged in.')
    : plural('{n} phone was seen here.|{n} phones were seen here.', seen)
}
