import { render } from 'preact'
import { face } from '../face.ts'
import { now } from '../format.ts'
import { keepFocus } from '../kit/keep-focus.ts'
import { applyPreferences } from '../prefs.ts'
import { followPlace, place } from '../router.ts'
import { guardClosing } from '../unsaved.ts'
import { CloudPage } from './page.tsx'
import { askWho, who } from './session.ts'
import { SignIn } from './sign-in.tsx'
import { ResetPage, WelcomePage } from './welcome.tsx'

face.value = 'cloud'
const root = document.getElementById('page')
keepFocus()
if (root) void applyPreferences().then(() => begin(root))

/** Letters and boxes lead to addresses of their own; what they bring goes into the page's one form of address. */
async function begin(root: HTMLElement): Promise<void> {
  const { pathname, search, hash } = location
  const token = hash.slice(1)
  if (pathname === '/reset') return show(root, <ResetPage token={token} />)
  const home = (to: string) => {
    history.replaceState(null, '', `/${to}`)
    place.value = to
  }
  if (pathname === '/welcome' && token !== '') {
    const joined = () => {
      home('')
      void enter(root)
    }
    return show(root, <WelcomePage token={token} done={joined} />)
  }
  const code = new URLSearchParams(search).get('code') ?? ''
  if (pathname === '/claim') home(`#/claim${code && `?code=${encodeURIComponent(code)}`}`)
  await enter(root)
}

/** The page for whoever is signed in, the way in for everybody else. */
async function enter(root: HTMLElement): Promise<void> {
  const here = await askWho().then(
    () => true,
    () => who.peek() !== undefined,
  )
  if (!here) return show(root, <SignIn done={() => void enter(root)} />)
  addEventListener('signed-out', () => location.reload(), { once: true })
  show(root, <CloudPage />)
  followPlace()
  guardClosing()
  setInterval(() => {
    now.value = Date.now()
  }, 5_000)
}

function show(root: HTMLElement, what: preact.ComponentChild): void {
  root.replaceChildren()
  render(what, root)
}
