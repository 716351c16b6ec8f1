import { render } from 'preact'
import { follow } from './live.ts'
import { Page } from './page.tsx'
import { applyPreferences } from './prefs.ts'
import { followPlace } from './router.ts'
import { SIGNED_OUT, SignIn, standing } from './sign-in.tsx'
import { guardClosing } from './unsaved.ts'

const root = document.getElementById('page')
if (root) {
  await applyPreferences()
  await enter(root)
}

/** Shows the page to whoever is signed in or need not be, and the way to sign in to everybody else. */
async function enter(root: HTMLElement): Promise<void> {
  // A box that cannot be reached is told by the page itself, which goes on trying.
  const state = await standing().catch(() => ({ state: 'open' as const }))
  if (state.state === 'first' || state.state === 'signed-out') {
    root.replaceChildren()
    render(<SignIn state={state} done={() => void enter(root)} />, root)
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
