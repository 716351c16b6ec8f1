import { render } from 'preact'
import { Page } from './page.tsx'
import { follow } from './state.ts'

const root = document.getElementById('page')
if (root) {
  root.replaceChildren()
  render(<Page />, root)
  // The stream's greeting starts the first load.
  follow()
}
