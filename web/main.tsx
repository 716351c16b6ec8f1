import { render } from 'preact'
import { keepFocus } from './kit/keep-focus.ts'
import { follow } from './live.ts'
import { Page } from './page.tsx'
import { applyPreferences } from './prefs.ts'
import { followPlace, place } from './router.ts'
import { askSession, session } from './session.ts'
import { SIGNED_OUT, SignIn } from './sign-in.tsx'
import { guardClosing } from './unsaved.ts'

const root = document.getElementById('page')
keepFocus()
// Not awaited here: the parts that are fetched later would each bring what they share with this one in files of their own.
if (root) void applyPreferences().then(() => enter(root))

/** Shows the page to whoever is signed in or need not be, and the way to sign in to everybody else. */
async function enter(root: HTMLElement): Promise<void> {
  // A box that cannot be reached is told by the page itself, which goes on trying.
  const state = await askSession().catch(() => ({ state: 'open' as const }))
  session.value = state
  if (state.state === 'first' || state.state === 'signed-out') {
    root.replaceChildren()
    // Whoever made the first account has a box before them that nobody has set up.
    const done = () => {
      if (state.state === 'first' && location.hash === '') {
        history.replaceState(null, '', '#/setup')
        place.value = '#/setup'
      }
      void enter(root)
    }
    render(<SignIn state={state} done={done} />, root)
    return
  }
  addEventListener(SIGNED_OUT, () => location.reload(), { once: true })
  root.replaceChildren()
  render(<Page />, root)
  followPlace()
  guardClosing()
  // The stream's greeting starts the first load.
  follow()
}
