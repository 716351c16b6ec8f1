import type { Locator, Page } from 'playwright-core'
import { InvariantError } from '../../services/core/errors.ts'

/** More stops than any page of ours has. */
const MOST_STOPS = 250

/** Works a page as somebody without a mouse does: Tab until it is reached, then the keys of what is reached. */
export class ByKeyboard {
  readonly #page: Page
  constructor(page: Page) {
    this.#page = page
    // Somebody listens at all times: turning the system's own dialog off and on again would be a race.
    page.on('filechooser', () => undefined)
  }

  /** Tabs to it, as often as it takes; what cannot be reached is a fault of the page. */
  async reach(locator: Locator): Promise<void> {
    await locator.waitFor()
    const { keyboard } = this.#page
    for (let stop = 0; stop < MOST_STOPS; stop++) {
      // Asked anew each time: the page may draw it anew in between.
      if (await locator.evaluate((it) => it === document.activeElement)) return
      await keyboard.press('Tab')
    }
    throw new InvariantError(`the keyboard does not reach ${locator}`)
  }

  /** A button, a link, the heading of what opens. */
  async press(locator: Locator): Promise<void> {
    await this.reach(locator)
    await this.#page.keyboard.press('Enter')
  }

  /** Types over what a field holds. */
  async type(locator: Locator, text: string): Promise<void> {
    await this.reach(locator)
    await this.#page.keyboard.press('Control+a')
    await this.#page.keyboard.type(text)
  }

  /** Of a list of choices the one that begins so. */
  async choose(locator: Locator, text: string): Promise<void> {
    await this.reach(locator)
    const read = () => locator.evaluate((it) => (it instanceof HTMLSelectElement ? it.selectedOptions[0]?.text : ''))
    if ((await read())?.startsWith(text)) return
    await this.#page.keyboard.type(text)
    const chosen = await read()
    if (!chosen?.startsWith(text)) throw new InvariantError(`${JSON.stringify(chosen)} is chosen instead of ${text}`)
  }

  /** Of a field that offers what fits: types, waits for the offer, takes the first. */
  async pick(locator: Locator, text: string, offer: RegExp): Promise<void> {
    await this.type(locator, text)
    await this.#page.locator('[role=option]').first().filter({ hasText: offer }).waitFor()
    await this.#page.keyboard.press('ArrowDown')
    await this.#page.keyboard.press('Enter')
  }

  async tick(locator: Locator): Promise<void> {
    await this.reach(locator)
    if (!(await locator.isChecked())) await this.#page.keyboard.press('Space')
  }

  /** One of several that exclude one another: Tab leads to the chosen one, arrows go on from it. */
  async one(locator: Locator): Promise<void> {
    const name = await locator.getAttribute('name')
    const group = this.#page.locator(`input[type=radio][name="${name}"]`)
    await this.reach(group.and(this.#page.locator(':checked')))
    for (let i = await group.count(); i > 0 && !(await locator.isChecked()); i--)
      await this.#page.keyboard.press('ArrowDown')
  }

  /** Opens the system's own choice of files, and takes this one there. */
  async file(locator: Locator, path: string): Promise<void> {
    await this.reach(locator)
    const [chooser] = await Promise.all([this.#page.waitForEvent('filechooser'), this.#page.keyboard.press('Enter')])
    await chooser.setFiles(path)
  }
}
