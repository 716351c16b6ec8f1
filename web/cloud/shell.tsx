import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Confirmation } from '../kit/dialog.tsx'
import { Icon } from '../kit/icon.tsx'
import { openPalette } from '../kit/palette.tsx'
import { Toasts } from '../kit/toast.tsx'
import { Look } from '../look.tsx'
import { roleWord } from '../session.ts'
import { Away, Connection } from './connection.tsx'
import { Keyboard } from './keys.tsx'
import { shownPlaces } from './places.ts'
import { account, at, inside, signOut, who } from './session.ts'

/** What stands around every page of an account. */
export function CloudShell({ children }: { children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  const here = inside.value.slice(0, 3).join('/')
  useEffect(() => {
    // A new place starts at its top, for the eye and for the screen reader; not on the first load.
    if (!first.current) {
      main.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    first.current = false
  }, [here])
  return (
    <div class="app">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t('To the content')}
      </button>
      <aside class="side" aria-label="Branchline">
        <div class="side-inner">
          <a class="brand" href={account.value ? at() : '#/'}>
            <Icon name="phone" />
            <span>Branchline</span>
          </a>
          {account.value && <Places />}
        </div>
      </aside>
      <div class="rest">
        <Top />
        <Away />
        <main id="main" ref={main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Toasts />
      <Keyboard />
      <Confirmation />
    </div>
  )
}

function Places() {
  const first = inside.value[0] ?? ''
  const here = first === 'sites' ? '' : first
  const later = shownPlaces().some((it) => it.about && it.id === here)
  return (
    <nav class="places" aria-label={t('Pages')}>
      {shownPlaces().map((it) => (
        <a
          key={it.id}
          href={at(it.id)}
          class={it.about ? 'later' : ''}
          aria-current={here === it.id ? 'page' : undefined}
        >
          <Icon name={it.icon} />
          <span class="long">{it.text()}</span>
          <span class="short" aria-hidden="true">
            {it.text()}
          </span>
        </a>
      ))}
      <a href={at('more')} class="more" aria-current={here === 'more' || later ? 'page' : undefined}>
        <Icon name="more" />
        <span>{t('More')}</span>
      </a>
    </nav>
  )
}

function Top() {
  const several = (who.value?.accounts.length ?? 0) > 1 || account.value?.kind !== 'customer'
  return (
    <header class="top">
      <a class="brand small" href="#/" aria-label="Branchline">
        <Icon name="phone" />
        <span>Branchline</span>
      </a>
      {account.value && (
        <a class="button plain-link account-chosen" href={several ? '#/choose' : at()}>
          <span class="unseen">{t('Account:')} </span>
          <span class="account-name" dir="auto">
            {account.value.name}
          </span>
        </a>
      )}
      <button type="button" class="find" onClick={openPalette}>
        <Icon name="search" />
        <span>{t('Find a site, a phone or a command')}</span>
        <kbd>{/Mac|iP/.test(navigator.platform) ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <span class="grow" />
      {account.value && <Connection />}
      <a class="button plain-link me" href="#/me" title={roleWord(account.value?.role)}>
        <Icon name="person" />
        <span class="unseen">{t('Your sign-in')}: </span>
        <span class="account-name" dir="auto">
          {who.value?.me.name}
        </span>
      </a>
      <Look hint={t('What boxes say of a phone stays English.')} />
      <button type="button" class="sign-out" onClick={() => void signOut()}>
        {t('Sign out')}
      </button>
    </header>
  )
}
