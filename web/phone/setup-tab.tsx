import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { SetupView } from '../../services/admin/schema-assist.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Copied } from '../kit/copied.tsx'
import { Qr } from '../kit/qr.tsx'
import { Await, Said, Section } from '../kit/states.tsx'
import { type Loaded, load } from '../state.ts'
import type { Desk } from './desk.ts'

/** How a person leads this phone to the box by hand. */
export function SetupTab({ desk }: { desk: Desk }) {
  const setup = useSignal<Loaded<SetupView>>({ kind: 'loading' })
  const ask = () => void load(setup, () => api<SetupView>(`${desk.path}/setup`))
  useEffect(ask, [desk])
  return (
    <Await of={setup.value} again={ask} rows={6}>
      {(it: SetupView) => (
        <div class="columns wide-first">
          <div>
            {it.unsure && (
              <p class="card held">{t('As commonly described: no document of the vendor was read for it.')}</p>
            )}
            <Steps id="at-phone" title={t('In the menu of the phone')} steps={it.phone} />
            <Steps id="at-web" title={t('On its web page')} steps={it.web} />
            <Steps id="find-address" title={t('How to find its IP address')} steps={it.address} />
            <Steps id="find-mac" title={t('How to find its MAC address')} steps={it.findMac} />
            <Steps id="reset" title={t('How to reset it')} steps={it.reset} />
          </div>
          <Section id="type-in" title={t('What to type in')}>
            <div class="card">
              <dl class="pairs">
                <dt>{t('Address of this box')}</dt>
                <dd>
                  <Copied text={it.shortUrl} />
                </dd>
                <dt>{t('In full')}</dt>
                <dd>
                  <Copied text={it.url} />
                </dd>
                {it.login && (
                  <>
                    <dt>{t('Login as it leaves the factory')}</dt>
                    <dd>
                      {[it.login.user, it.login.password].filter((text) => text !== undefined).join(' / ')}{' '}
                      <Said>{it.login.note}</Said>
                    </dd>
                  </>
                )}
              </dl>
              <Qr svg={it.qr.svg} text={it.scan} />
              <p class="hint">
                {it.scannable
                  ? t('The phone reads this code by itself.')
                  : t('For the camera of a mobile: it opens the address.')}
              </p>
            </div>
          </Section>
        </div>
      )}
    </Await>
  )
}

function Steps({ id, title, steps }: { id: string; title: string; steps: readonly string[] }) {
  if (steps.length === 0) return null
  return (
    <Section id={id} title={title}>
      <ol class="steps card">
        {steps.map((step) => (
          <li key={step}>
            <Said>{step}</Said>
          </li>
        ))}
      </ol>
    </Section>
  )
}
