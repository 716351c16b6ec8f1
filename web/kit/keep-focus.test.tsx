import { beforeAll, beforeEach, expect, it } from 'vitest'
import { keepFocus } from './keep-focus.ts'

const PAGE = `
  <button id="skip">To the content</button>
  <main tabindex="-1">
    <ul>
      <li id="a"><button id="remove-a">Remove a</button></li>
      <li id="b"><span>b</span><button id="remove-b">Remove b</button></li>
    </ul>
    <section><p id="alone"><button id="only">Only</button></p></section>
  </main>`

const find = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (!found) throw new RangeError(`no ${id}`)
  return found
}
/** What comes of it, once everything is drawn. */
const drawn = async () => {
  for (let i = 0; i < 4; i++) await new Promise((resolve) => requestAnimationFrame(resolve))
}
const press = (id: string) => {
  find(id).focus()
  find(id).dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
}

beforeAll(keepFocus)
beforeEach(async () => {
  document.body.innerHTML = PAGE
  await drawn()
})

it('gives the keyboard to the next of a list when a row goes away', async () => {
  press('remove-a')
  find('a').remove()
  await drawn()
  expect(document.activeElement).toBe(find('remove-b'))
})

it('gives it to the one before when the last goes away', async () => {
  press('remove-b')
  find('b').remove()
  await drawn()
  expect(document.activeElement).toBe(find('remove-a'))
})

it('gives it to the page’s main part when nothing round it is left, never to what stands before the page', async () => {
  press('only')
  find('alone').remove()
  await drawn()
  expect(document.activeElement).toBe(document.querySelector('main'))
})

it('leaves it to whatever takes it by itself', async () => {
  press('remove-a')
  const field = document.createElement('input')
  find('a').replaceChildren(field)
  requestAnimationFrame(() => field.focus())
  await drawn()
  expect(document.activeElement).toBe(field)
})

it('gives it back to a button that was switched off while it worked', async () => {
  press('only')
  const button = find('only') as HTMLButtonElement
  // As browsers do it: nobody is told.
  button.addEventListener('focusout', (event) => event.stopPropagation(), { once: true })
  button.blur()
  button.disabled = true
  await drawn()
  expect(document.activeElement).toBe(document.body)
  button.disabled = false
  await drawn()
  expect(document.activeElement).toBe(button)
})

it('does not bring it back when somebody let go of it', async () => {
  press('only')
  find('only').blur()
  await drawn()
  find('a').remove()
  await drawn()
  expect(document.activeElement).toBe(document.body)
})

it('moves nothing for whoever works with a pointer', async () => {
  find('remove-a').focus()
  find('remove-a').dispatchEvent(new Event('pointerdown', { bubbles: true }))
  find('a').remove()
  await drawn()
  expect(document.activeElement).toBe(document.body)
})
