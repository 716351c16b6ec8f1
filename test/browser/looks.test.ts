import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DemoBox } from '../support/box-process.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { BUILT, buildPage, FORMS, HAS_BROWSER, look, PageBrowser } from '../support/page-browser.ts'
import { officeBox } from '../support/page-site.ts'

const TABS = ['journey', 'lines', 'keys', 'settings', 'files', 'parameters', 'setup', 'history']

describe.skipIf(!HAS_BROWSER)('how every page looks (skipped without /usr/bin/chromium)', () => {
  let box: DemoBox
  let browser: PageBrowser
  let desk = ''
  let stranger = ''
  beforeAll(async () => {
    await buildPage()
    box = await officeBox()
    browser = await PageBrowser.start(box.page)
    const { devices } = await box.api<{ devices: { mac: string; name?: string }[] }>('/devices')
    desk = devices.find((one) => one.name === 'Front desk')?.mac ?? ''
    stranger = (await box.api<{ journeys: { mac: string }[] }>('/new-devices')).journeys[0]?.mac ?? ''
  })
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await box?.[Symbol.asyncDispose]()
  })
  const places = (): readonly (readonly [string, string, ((page: Page) => Promise<void>)?])[] => [
    ['overview', ''],
    ['phones', '#/phones'],
    [
      'phones-chosen',
      '#/phones?state=waiting',
      async (page) => {
        await page.getByRole('checkbox', { name: 'Choose all' }).check()
        await page.getByRole('button', { name: 'Set group' }).click()
        await page.getByRole('dialog').waitFor()
      },
    ],
    ['new', '#/new', (page) => page.getByText('Why we think so').click()],
    ['add', '#/add'],
    ['people', '#/people'],
    [
      'person',
      '#/people',
      async (page) => {
        await page.getByRole('button', { name: 'Ada Lovelace' }).click()
        await page.getByRole('dialog', { name: 'Ada Lovelace' }).waitFor()
      },
    ],
    ['files', '#/files'],
    ['network', '#/network'],
    [
      'network-open',
      '#/network',
      async (page) => {
        await page.locator('summary', { hasText: 'Reservations' }).click()
        await page.locator('summary', { hasText: 'DHCP options' }).click()
        await page.getByRole('combobox', { name: 'What one phone would be told' }).fill('front')
        await page.locator('[role=option]', { hasText: 'Front desk' }).click()
        await page.getByText('for this kind of phone').first().waitFor()
      },
    ],
    ['network-add', '#/network/add', (page) => page.getByRole('dialog', { name: 'Add a network' }).waitFor()],
    ['setup', '#/setup'],
    ...['network', 'server', 'cloud', 'done'].map((step) => [`setup-${step}`, `#/setup/${step}`] as const),
    ['settings', '#/settings'],
    ['settings-group', '#/settings/group/lobby'],
    [
      'settings-effect',
      '#/settings',
      async (page) => {
        await page.getByLabel('Find a setting').fill('sip.server')
        await page.getByLabel('sip.server', { exact: true }).fill('other.example.net')
        await page.getByRole('button', { name: 'See what changes, then save' }).click()
        await page.getByRole('dialog').getByText('get something else').waitFor()
      },
    ],
    [
      'settings-option',
      '#/settings/vendor/yealink',
      async (page) => {
        await page.locator('summary', { hasText: 'DHCP options' }).click()
        await page.getByRole('button', { name: 'Add a DHCP option' }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByLabel('Option', { exact: true }).selectOption('43')
        await dialog.getByRole('button', { name: 'Add a sub-option' }).click()
        await dialog.getByRole('button', { name: 'Save' }).click()
        await dialog.getByText('A value is missing.').waitFor()
      },
    ],
    ['templates', '#/templates'],
    ['template', '#/templates/yealink/settings.liquid', (page) => page.locator('.bench-see .code').first().waitFor()],
    ['activity', '#/activity'],
    [
      'import',
      '#/import',
      async (page) => {
        const buffer = Buffer.from('Kiste;Wer;Konto\n80:5e:c0:00:05:01;Ada;501\n8.05E+11;Bob;502\n')
        await page.getByLabel('CSV file').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer })
        await page.getByLabel('Kiste').selectOption('mac')
        await page.getByRole('button', { name: 'See what would come of it' }).click()
        await page.getByText('Nothing is imported while there are faults').waitFor()
      },
    ],
    ['system', '#/system'],
    ['system-cloud', '#/system/cloud'],
    ['system-backup', '#/system/backup'],
    ['system-update', '#/system/update'],
    ['system-logs', '#/system/logs'],
    ...['account', 'accounts', 'trust'].map((tab) => [`system-${tab}`, `#/system/${tab}`] as const),
    ['more', '#/more'],
    [
      'keys-help',
      '',
      async (page) => {
        await page.keyboard.press('?')
        await page.getByRole('dialog', { name: 'Keys' }).waitFor()
      },
    ],
    ['nowhere', '#/nowhere'],
    ...TABS.map((tab) => [`phone-${tab}`, `#/phones/${desk}/${tab}`] as const),
    [
      'phone-difference',
      `#/phones/${desk}/lines`,
      async (page) => {
        await page.getByLabel('Label on the phone').fill('Porter')
        await page.getByRole('button', { name: 'What the phone will get' }).click()
        await page.locator('.line.new').first().waitFor()
      },
    ],
    ['phone-stranger', `#/phones/${stranger}`],
    [
      'palette',
      '',
      async (page) => {
        await page.keyboard.press('Control+k')
        await page.getByRole('option').first().waitFor()
      },
    ],
  ]

  // At once: each has a page, and so a processor, of its own.
  it.concurrent.each(FORMS)(
    '$name: a picture of every page, light and dark, and axe ($axe) finds nothing',
    async (form) => {
      const found: string[] = []
      const page = await browser.open('', { viewport: form.viewport })
      let touched = false
      for (const [place, path, prepare] of places()) {
        // What was opened or typed on the last place must not stand on the next.
        if (touched) {
          await page.goto('about:blank')
          await page.goto(`${browser.url}${path}`)
        } else await page.goto(`${browser.url}${path === '' ? '#/' : path}`)
        touched = prepare !== undefined
        await page.locator('.connection.live').waitFor()
        await page.locator('main h1').first().waitFor()
        await page.waitForFunction(() => document.querySelector('.skeleton') === null)
        await prepare?.(page)
        found.push(...(await look(page, place, form)))
        if (form.name === 'phone' && !prepare) found.push(...(await new ByKeyboard(page).round()))
        // Nothing is to be saved: the page must not ask.
        await page.evaluate(() => document.querySelector<HTMLElement>('.save-bar')?.remove())
      }
      await page.close({ runBeforeUnload: false })
      expect([...new Set(found)]).toEqual([])
      expect(browser.complaints).toEqual([])
    },
    300_000,
  )

  it('weighs less than 150 KB gzip at the first load, before the parts that are asked for later', () => {
    const first = readdirSync(BUILT).filter((name) => !name.startsWith('part-'))
    const bytes = first.reduce((sum, name) => sum + gzipSync(readFileSync(`${BUILT}${name}`)).length, 0)
    expect(first.length).toBe(4)
    expect(bytes).toBeLessThan(150_000)
  })
})
