import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchHttp } from '../../appliance/phone/http-client.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import type { DemoBox } from '../support/box-process.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { buildPage, HAS_BROWSER, PageBrowser } from '../support/page-browser.ts'
import { HOSTILE, officeBox } from '../support/page-site.ts'

interface Row {
  readonly mac: string
  readonly name?: string
  readonly group?: string
}

describe.skipIf(!HAS_BROWSER)('the page of a real box with virtual phones (skipped without /usr/bin/chromium)', () => {
  let box: DemoBox
  let browser: PageBrowser
  let desk = ''
  const rows = async () => (await box.api<{ devices: Row[] }>('/devices')).devices
  const macOf = async (name: string) => (await rows()).find((row) => row.name === name)?.mac ?? ''
  const saved = (page: Page) => page.getByText('Saved. The phone gets it').waitFor()

  beforeAll(async () => {
    await buildPage()
    box = await officeBox()
    browser = await PageBrowser.start(box.page)
    desk = await macOf('Front desk')
  })
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await box?.[Symbol.asyncDispose]()
  })

  it('shows what needs a person first, hostile names as text, and one button for each', async () => {
    const page = await browser.open()
    const needy = page.locator('section:has(#needy)')
    await needy.getByRole('link', { name: HOSTILE, exact: true }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    await needy.getByRole('button', { name: 'Fetch again: Front desk' }).waitFor()
    await needy.getByRole('link', { name: /^Adopt it/ }).waitFor()
    await page.locator('section:has(#services)').getByText('Works').first().waitFor()
    await page.close()
  })

  it('finds phones and commands by keyboard alone', async () => {
    const page = await browser.open()
    await page.locator('section:has(#needy) .card').first().waitFor()
    await new ByKeyboard(page).find('workshop', /^Workshop/)
    await page.getByRole('heading', { name: 'Workshop', level: 1 }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    await page.close()
  })

  it('gives a new phone to a person in two clicks, and says why it knows it', async () => {
    const page = await browser.open('#/new')
    await page.getByText('Why we think so').click()
    await page.getByText(/Sure: it told vendor and model itself|The vendor is sure/).waitFor()
    await page.getByRole('combobox', { name: 'Whose is it?' }).click()
    await page.getByRole('option', { name: /Ada Lovelace/ }).click()
    await page.getByText('The phone is Ada Lovelace’s now.').waitFor()
    await page.getByText('No unknown phone was seen.').waitFor()
    expect(await macOf('Ada Lovelace')).not.toBe('')
    await page.close()
  })

  it('takes labels from a scanner or a keyboard, which type and press Enter: of a phone that was seen, and of others', async () => {
    // The one that was given away is new once more.
    const given = await macOf('Ada Lovelace')
    await box.ask(`/api/v1/devices/${encodeURIComponent(given)}`, { method: 'DELETE' })
    const page = await browser.open('#/new')
    const keys = new ByKeyboard(page)
    await keys.type(page.getByLabel('Scan a label, or type its MAC address'), given.toUpperCase())
    await keys.keys('Enter')
    await page.waitForFunction(() => document.activeElement?.closest('.scan') && document.activeElement.id !== 'scan')
    await page.keyboard.type('grace')
    await page.getByRole('option', { name: /Grace Hopper/ }).waitFor()
    await keys.keys('ArrowDown', 'Enter')
    await page.getByText('The phone is Grace Hopper’s now.').waitFor()
    expect(await macOf('Grace Hopper')).toBe(given)
    await keys.type(page.getByLabel('Scan a label, or type its MAC address'), 'MAC:805EC0123456')
    await page.keyboard.press('Enter')
    await page.getByText('not seen yet').waitFor()
    await keys.press(page.getByRole('button', { name: 'Enter it for when it comes' }))
    await page.getByText('80:5e:c0:12:34:56 is entered').waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'scan')
    await page.keyboard.type('805EC0123456')
    await page.keyboard.press('Enter')
    await page.getByText('It has a record already:').waitFor()
    await page.keyboard.type('no label at all')
    await page.keyboard.press('Enter')
    await page.locator('.scan .fault').waitFor()
    await page.close()
  })

  it('narrows, chooses, groups and removes phones by keyboard alone, and takes a removal back', async () => {
    const page = await browser.open('#/phones')
    const keys = new ByKeyboard(page)
    await page.getByRole('checkbox', { name: 'Choose Workshop' }).waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('workshop')
    await page.getByText(/^1 of \d+ phones$/).waitFor()
    expect(page.url()).toContain('find=workshop')
    await keys.tick(page.getByRole('checkbox', { name: 'Choose Workshop' }))
    await keys.press(page.getByRole('button', { name: 'Set group' }))
    const dialog = page.getByRole('dialog', { name: 'Set group' })
    await keys.type(dialog.getByLabel('Group'), 'benches')
    await dialog.getByText('1 from none to benches').waitFor()
    await keys.press(dialog.getByRole('button', { name: 'Set group' }))
    await page.getByText('1 phone has another group now.').waitFor()
    expect((await rows()).find((row) => row.name === 'Workshop')?.group).toBe('benches')

    await keys.press(page.getByRole('button', { name: 'Remove', exact: true }))
    const question = page.getByRole('dialog', { name: 'Remove Workshop?' })
    await keys.press(question.getByRole('button', { name: 'Remove' }))
    await page.getByText('Workshop is removed.').waitFor()
    expect(await macOf('Workshop')).toBe('')
    // What the message offers.
    await keys.held(page.locator('main'))
    await keys.keys('z')
    await page.getByText(/^1 of \d+ phones$/).waitFor()
    expect((await rows()).find((row) => row.name === 'Workshop')?.group).toBe('benches')
    await page.close()
  })

  it('says what asking many to fetch again would do, before it does', async () => {
    const page = await browser.open('#/phones')
    const keys = new ByKeyboard(page)
    await keys.tick(page.getByRole('checkbox', { name: 'Choose all' }))
    await keys.press(page.locator('.bulk').getByRole('button', { name: 'Fetch again' }))
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/ha(s|ve) something new to fetch\.$/).waitFor()
    await keys.press(dialog.getByRole('button', { name: 'Cancel' }))
    const csv = readFileSync(await keys.save(page.getByRole('button', { name: 'Export CSV' })), 'utf8')
    expect(csv).toContain('Front desk')
    expect(csv.split('\r\n').length).toBe((await rows()).length + 2)
    await page.close()
  })

  it('edits keys by keyboard and by drag, shows the difference, and the phone gets exactly that', async () => {
    const page = await browser.open(`#/phones/${desk}/keys`)
    const key = (n: number) => page.locator(`.key[data-index="${n}"]`)
    const keys = new ByKeyboard(page)
    await keys.reach(key(1))
    await page.keyboard.press('ArrowDown')
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '2')
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByText('Key 2 is key 3 now').waitFor()
    expect(await key(3).textContent()).toContain('Workshop')
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-index') === '3')

    await key(3).dragTo(key(12))
    await page.locator('.key[data-index="12"].set').waitFor()

    await keys.reach(key(12))
    for (let n = 11; n >= 4; n--) {
      await page.keyboard.press('ArrowUp')
      await page.waitForFunction((at) => document.activeElement?.getAttribute('data-index') === at, String(n))
    }
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.tagName === 'SELECT')
    await keys.choose(page.getByLabel('What it does'), 'Lamp and call')
    await keys.pick(page.getByRole('combobox', { name: 'Number or person' }), 'grace', /Grace Hopper/)
    await expect.poll(() => page.getByLabel('Label', { exact: true }).inputValue()).toBe('Grace Hopper')

    await keys.press(page.getByRole('button', { name: 'What the phone will get' }))
    const dialog = page.getByRole('dialog')
    await dialog.locator('.line.new').filter({ hasText: '302' }).first().waitFor()
    const promised = await dialog.locator('.line.new .code-text').allTextContents()
    await keys.press(dialog.getByRole('button', { name: 'Save' }))
    await saved(page)
    // The phone itself, from its own address.
    const { journeys } = await box.api<{ journeys: { mac: string; address?: string }[] }>('/journeys')
    const address = parseIpv4(journeys.find(({ mac }) => mac === desk)?.address ?? '')
    const url = new URL(`http://127.0.0.1:${box.ports['http-port']}/yealink/${desk.replaceAll(':', '')}.cfg`)
    const text = new TextDecoder().decode((await fetchHttp(url, address, `Yealink SIP-T46U 108.86.0.20 ${desk}`)).bytes)
    const lines = new Set(text.split('\n'))
    expect(promised.filter((line) => line.includes('linekey') && !lines.has(line))).toEqual([])
    expect(text).toMatch(/linekey\.4\.value = 302/)
    await page.locator('main .badge', { hasText: 'Configured' }).waitFor()
    await page.close()
  })

  it('says at the field what is wrong, and keeps what was typed', async () => {
    const page = await browser.open(`#/phones/${desk}/settings`)
    const keys = new ByKeyboard(page)
    await keys.type(page.getByLabel('Find a setting'), 'sip.expires')
    await keys.press(page.getByRole('button', { name: 'Change here: sip.expires' }))
    const field = page.getByLabel('sip.expires')
    await keys.type(field, '5')
    await browser.refused(async () => {
      await keys.press(page.getByRole('button', { name: 'Save' }))
      await page.locator('.save-bar').getByText('settings.sip.expires', { exact: true }).waitFor()
    })
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await keys.type(field, '900')
    await page.keyboard.press('Control+s')
    await saved(page)
    await keys.press(page.getByRole('button', { name: 'Back to inherited' }))
    await keys.press(page.getByRole('button', { name: 'Save' }))
    await page.getByRole('button', { name: 'Change here: sip.expires' }).waitFor()
    const device = await box.api<{ settings: Record<string, unknown> }>(`/devices/${encodeURIComponent(desk)}`)
    expect(device.settings).toEqual({ language: 'de' })
    await page.close()
  })

  it('asks before changes are lost, and keeps them from tab to tab', async () => {
    const page = await browser.open(`#/phones/${desk}/lines`)
    const keys = new ByKeyboard(page)
    await keys.type(page.getByLabel('Label on the phone'), 'Porter')
    await keys.press(page.locator('.tabs').getByRole('link', { name: 'Files' }))
    await page.locator('.line.new').filter({ hasText: 'Porter' }).first().waitFor()
    await keys.press(page.locator('.places').getByRole('link', { name: 'Overview' }))
    const question = page.getByRole('dialog', { name: 'Leave without saving?' })
    await keys.press(question.getByRole('button', { name: 'Stay here' }))
    await page.getByText('1 change is not saved').waitFor()
    await keys.press(page.locator('.places').getByRole('link', { name: 'Overview' }))
    await keys.press(question.getByRole('button', { name: 'Leave' }))
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    await page.close()
  })

  it('takes one change back', async () => {
    const page = await browser.open(`#/phones/${desk}/history`)
    const keys = new ByKeyboard(page)
    const change = page.locator('.history li').filter({ hasText: /^keys/i }).first()
    await keys.press(change.getByRole('button', { name: 'Take it back' }))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Take it back' }))
    await page.getByText('The change is taken back.').waitFor()
    const now = await box.api<{ keys: { index: number; value?: string }[] }>(`/devices/${encodeURIComponent(desk)}`)
    expect(now.keys.find((key) => key.index === 2)?.value).toBe('202')
    await page.close()
  })

  it('replaces a phone by keyboard alone, after showing what does not fit, and takes that back', async () => {
    const page = await browser.open(`#/phones/${desk}`)
    const keys = new ByKeyboard(page)
    await keys.press(page.getByRole('button', { name: 'Replace' }))
    const dialog = page.getByRole('dialog', { name: 'Replace Front desk' })
    await keys.type(dialog.getByRole('combobox'), '00:04:13:00:5e:01')
    await keys.press(dialog.getByRole('button', { name: 'See what does not fit' }))
    await dialog.getByText(/Everything fits|This does not fit/).waitFor()
    await keys.press(dialog.getByRole('button', { name: 'Replace it' }))
    await page.getByText('The new phone has the place of Front desk.').waitFor()
    await page.waitForURL(/00:04:13:00:5e:01/)
    await keys.press(page.getByRole('button', { name: 'Take it back' }))
    await page.waitForURL(new RegExp(desk))
    expect(await macOf('Front desk')).toBe(desk)
    await page.close()
  })

  it('never moves the list under the pointer: changes wait until they are let', async () => {
    const page = await browser.open('#/phones')
    await page.locator('tbody a').first().waitFor()
    const names = () => page.locator('tbody tr a').allTextContents()
    const before = await names()
    await page.locator('tbody tr').first().hover()
    await box.ask('/api/v1/devices/80:5e:c0:00:00:77', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'A late one', enabled: true }),
    })
    const pill = page.getByRole('button', { name: /^\d+ changes?$/ })
    await pill.waitFor()
    expect(await names()).toEqual(before)
    await page.mouse.move(2, 2)
    await page.getByRole('link', { name: 'A late one' }).waitFor()
    await page.close()
  })

  it('speaks German, keeps that, and follows the chosen colours', async () => {
    const page = await browser.open('', { locale: 'de-DE' })
    await page.getByRole('heading', { name: 'Übersicht', level: 1 }).waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
    const keys = new ByKeyboard(page)
    await keys.press(page.getByRole('button', { name: 'Aussehen und Sprache' }))
    await keys.choose(page.getByLabel('Farben', { exact: true }), 'Dunkel')
    await keys.choose(page.getByLabel(/^(Sprache|Language)$/), 'English')
    await page.reload()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await page.close()
  })

  it('never complained until here: no console error, no failed request', () => {
    expect(browser.complaints).toEqual([])
  })

  it('says so when the box is gone, and keeps what it knew', async () => {
    const page = await browser.open('#/phones')
    await page.locator('tbody a').first().waitFor()
    await box.stop()
    await page.getByText('The box cannot be reached.').waitFor()
    expect(await page.locator('tbody a').count()).toBeGreaterThan(4)
    await page.close()
  })
})
