import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { TrustView } from '../../services/admin/schema-accounts.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Copied } from '../kit/copied.tsx'
import { Await, Said, Section } from '../kit/states.tsx'
import { about, type Loaded, load } from '../state.ts'

/** How a browser is taught to trust this box, and what proves that it is this one. */
export function TrustTab() {
  const trust = useSignal<Loaded<TrustView>>({ kind: 'loading' })
  const ask = () => void load(trust, () => api<TrustView>('/trust'))
  useEffect(ask, [])
  const pages = about.value.kind === 'ready' ? about.value.value.listeners.filter((it) => it.service === 'page') : []
  return (
    <>
      <Section id="trust" title={t('How browsers trust this box')}>
        <Await of={trust.value} again={ask}>
          {(it: TrustView) => (
            <div class="card stacked">
              <p>{t('The box has an authority of its own. Its certificate has this SHA-256 fingerprint:')}</p>
              <p>
                <Copied text={it.fingerprint} />
              </p>
              <ol class="steps">
                <li>
                  {t('On another machine open http://branchline.local:8080/ and download the certificate there.')}
                </li>
                <li>{t('Compare its fingerprint with the one above: only if they are the same is it this box.')}</li>
                <li>{t('Add it to the trusted authorities of that machine, for web sites.')}</li>
              </ol>
              {it.setupCode !== undefined && (
                <p>
                  {t('Setup code for the first account')}: <strong class="code-big">{it.setupCode}</strong>
                </p>
              )}
            </div>
          )}
        </Await>
      </Section>
      <Section id="pages" title={t('Where the page is')}>
        <ul class="card files">
          {pages.length === 0 && <li>{t('On this machine alone.')}</li>}
          {pages.map(({ where }) => (
            <li key={where}>
              <Said>{where}</Said>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}
