import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { focusOf } from './focus-look.ts'

/** More stops than any page of ours has. */
const MOST_STOPS = 250
const A_ROUND = 25

/**
 * Works a page as somebody without a mouse does: Tab until it is reached, then the keys of what is reached. Each stop on
 * the way must be seen (WCAG 2.4.7 and 2.4.11), and the page must never drop the keyboard: only `open` begins anew.
 */
export class ByKeyboard {
  readonly #page: Page
  /** Nothing was reached yet: a page that was just opened has the keyboard nowhere. */
  #fresh = true

  constructor(page: Page) {
    this.#page = page
    // Somebody listens at all times: turning the system's own dialog off and on again would be a race.
    page.on('filechooser', () => undefined)
    // A page that is loaded anew.
    page.on('domcontentloaded', () => {
      this.#fresh = true
    })
  }

  /** As the address of a page is typed. */
  async open(url: string): Promise<void> {
    await this.#page.goto(url)
    this.#fresh = true
  }

  /** Presses keys where the keyboard is, one after the other. */
  async keys(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key)
  }

  /** Tabs to it, as often as it takes; what cannot be reached is a fault of the page. */
  async reach(locator: Locator): Promise<void> {
    await locator.waitFor()
    if (!this.#fresh) await this.held(locator)
    this.#fresh = false
    let turns = 0
    let back: boolean | undefined
    for (let stop = 0; stop < MOST_STOPS && turns < 3; stop++) {
      // Asked anew each time: the page may draw it anew in between.
      const { there, before, fault } = await locator.evaluate(focusOf)
      // What was scrolled or drawn just now is looked at again.
      if (fault !== '') await expect.poll(async () => (await locator.evaluate(focusOf)).fault).toBe('')
      if (there) return
      if (before !== back) turns++
      back = before
      await this.#page.keyboard.press(before ? 'Shift+Tab' : 'Tab')
    }
    throw new InvariantError(`the keyboard does not reach ${locator}`)
  }

  /**
   * Tabs through the main part of a page, as far as it does not repeat itself: what is not seen, and where Tab leads no
   * further. Best on a telephone, where most can hide what the keyboard is in.
   */
  async round(): Promise<string[]> {
    const faults: string[] = []
    await this.#page.evaluate(() => document.querySelector('main')?.focus())
    for (let stop = 0; stop < A_ROUND; stop++) {
      const before = await this.#page.evaluateHandle(() => document.activeElement)
      await this.#page.keyboard.press('Tab')
      const { there, lost, fault } = await before.evaluate(focusOf)
      await before.dispose()
      if (lost) break
      if (there) return [...faults, `Tab leads no further from stop ${stop}`]
      // It may be scrolling still.
      const stays = async () => (await this.#page.evaluate(focusOf, null)).fault
      if (
        fault !== '' &&
        !(await expect
          .poll(stays)
          .toBe('')
          .then(
            () => true,
            () => false,
          ))
      )
        faults.push(fault)
    }
    // As when it was opened, with nothing under the bar at the top.
    await this.#page.evaluate(() => scrollTo(0, 0))
    return faults
  }

  /** What went away with the last key has handed the keyboard on. */
  async held(locator: Locator): Promise<void> {
    const lost = async () => (await locator.evaluate(focusOf)).lost
    // What was switched off gets its time to come back.
    const patience = { timeout: 5_000, message: `the keyboard was dropped before ${locator}` }
    if (await lost()) await expect.poll(lost, patience).toBe(false)
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

  /** Puts a text over what a field holds in one piece, as from the clipboard. */
  async paste(locator: Locator, text: string): Promise<void> {
    await this.reach(locator)
    await this.#page.keyboard.press('Control+a')
    await this.#page.keyboard.insertText(text)
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

  /** What the palette finds: a phone, a page or a command. */
  async find(text: string, offer: RegExp): Promise<void> {
    await this.#page.keyboard.press('Control+k')
    await this.#page.locator('dialog [role=combobox]').waitFor()
    await this.#page.keyboard.type(text)
    await this.#page.getByRole('option', { name: offer }).first().waitFor()
    const chosen = this.#page.locator('[role=option][aria-selected=true]').filter({ hasText: offer })
    for (let i = 0; i < 20 && (await chosen.count()) === 0; i++) await this.#page.keyboard.press('ArrowDown')
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

  /** What comes as a file when it is pressed. */
  async save(locator: Locator): Promise<string> {
    const [download] = await Promise.all([this.#page.waitForEvent('download'), this.press(locator)])
    return download.path()
  }
}
