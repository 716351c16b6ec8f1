import { render } from 'preact'
import { follow } from './live.ts'
import { Page } from './page.tsx'
import { applyPreferences } from './prefs.ts'
import { followPlace } from './router.ts'
import { guardClosing } from './unsaved.ts'

const root = document.getElementById('page')
if (root) {
  await applyPreferences()
  root.replaceChildren()
  render(<Page />, root)
  followPlace()
  guardClosing()
  // The stream's greeting starts the first load.
  follow()
}
