import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { Empty } from '../kit/states.tsx'
import { to } from '../router.ts'
import { roleWord } from '../session.ts'
import { who } from './session.ts'

/** The accounts that somebody is a person of. */
export function ChoosePage() {
  const accounts = who.value?.accounts ?? []
  useEffect(() => {
    document.title = `${t('Choose an account')} · Branchline`
  }, [])
  return (
    <>
      <h1>{t('Choose an account')}</h1>
      {accounts.length === 0 && (
        <Empty icon="people">
          <p>{t('You are not a person of any account.')}</p>
          <p>{t('Who manages one can invite you; the link of the invitation lets you in.')}</p>
        </Empty>
      )}
      <ul class="cards more-places">
        {accounts.map((one) => (
          <li key={one.id}>
            <a class="card" href={to(one.id)}>
              <Icon name={one.kind === 'customer' ? 'overview' : 'people'} />
              <span>
                <strong dir="auto">{one.name}</strong>
                <span class="quiet">
                  {kindWord(one.kind)}, {roleWord(one.role)}
                  {one.closed && `, ${t('closed')}`}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

export function kindWord(kind: 'provider' | 'reseller' | 'customer'): string {
  return { provider: t('Provider'), reseller: t('Reseller'), customer: t('Customer') }[kind]
}
