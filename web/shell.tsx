import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { t } from './i18n.ts'
import { Shortcuts } from './keys.tsx'
import { Confirmation } from './kit/dialog.tsx'
import { Icon } from './kit/icon.tsx'
import { openPalette } from './kit/palette.tsx'
import { Ago, Offline } from './kit/states.tsx'
import { Toasts } from './kit/toast.tsx'
import { Look } from './look.tsx'
import { Palette } from './palette.tsx'
import { PLACES } from './places.ts'
import { route, to } from './router.ts'
import { roleWord, session } from './session.ts'
import { about, connection } from './state.ts'

/** What stands around every page: where one can go, whether news arrives, messages and questions. */
export function Shell({ children }: { children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null)
  const at = route.value.path.join('/')
  const first = useRef(true)
  useEffect(() => {
    // A new place starts at its top, for the eye and for the screen reader; not on the first load.
    if (!first.current) {
      main.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    first.current = false
  }, [route.value.path.slice(0, 2).join('/')])
  const here = route.value.path[0] ?? ''
  return (
    <div class="app">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {t('To the content')}
      </button>
      <aside class="side" aria-label="Branchline">
        <div class="side-inner">
          <a class="brand" href="#/">
            <Icon name="phone" />
            <span>Branchline</span>
          </a>
          <nav class="places" aria-label={t('Pages')}>
            {PLACES.map((it) => {
              const count = it.count?.() ?? 0
              return (
                <a
                  key={it.id}
                  href={to(it.id)}
                  class={it.later ? 'later' : ''}
                  aria-current={here === it.id ? 'page' : undefined}
                >
                  <Icon name={it.icon} />
                  <span class="long">{it.text()}</span>
                  <span class="short" aria-hidden="true">
                    {it.short()}
                  </span>
                  {count > 0 && <span class={`mark ${it.id === '' ? 'bad' : ''}`}>{count}</span>}
                </a>
              )
            })}
            <a href={to('more')} class="more" aria-current={here === 'more' || laterPlace(here) ? 'page' : undefined}>
              <Icon name="more" />
              <span>{t('More')}</span>
            </a>
          </nav>
          <Foot />
        </div>
      </aside>
      <div class="rest">
        <Top />
        <Offline />
        {session.value.role === 'viewer' && (
          <p class="note">{t('You may look at everything here and change nothing.')}</p>
        )}
        <main id="main" ref={main} tabIndex={-1} data-at={at}>
          {children}
        </main>
      </div>
      <Toasts />
      <Confirmation />
      <Palette />
      <Shortcuts />
    </div>
  )
}

function Top() {
  return (
    <header class="top">
      <a class="brand small" href="#/" aria-label="Branchline">
        <Icon name="phone" />
        <span>Branchline</span>
      </a>
      <button type="button" class="find" onClick={openPalette}>
        <Icon name="search" />
        <span>{t('Find a phone or a command')}</span>
        <kbd>{/Mac|iP/.test(navigator.platform) ? '⌘ K' : 'Ctrl K'}</kbd>
      </button>
      <Connection />
      {session.value.account !== undefined && (
        <a class="button plain-link" href={to('system', 'account')} title={roleWord(session.value.role)}>
          <Icon name="person" />
          <span class="unseen">{t('Your account:')} </span>
          <span class="account-name" dir="auto">
            {session.value.account}
          </span>
        </a>
      )}
      <Look hint={t('What the box itself says of a phone stays English.')} />
    </header>
  )
}

function laterPlace(here: string): boolean {
  return PLACES.some((it) => it.later && it.id === here)
}

function Connection() {
  const { state, since } = connection.value
  return (
    <span class={`connection ${state}`} role="status">
      {state === 'live' ? (
        t('Live')
      ) : state === 'connecting' ? (
        t('Connecting …')
      ) : (
        <>
          {t('Not connected')}, <Ago at={since} />
        </>
      )}
    </span>
  )
}

function Foot() {
  const box = about.value
  if (box.kind !== 'ready') return null
  const { mode, addresses, version } = box.value
  return (
    <div class="foot">
      <span>{mode === 'demo' ? t('Demo, no network is touched') : (addresses[0] ?? t('no address'))}</span>
      <span>
        {t('Version')} {version}
      </span>
    </div>
  )
}
