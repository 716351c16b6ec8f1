import { TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { DemoBox } from '../support/box-process.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { buildPage, HAS_BROWSER, PageBrowser } from '../support/page-browser.ts'

const PASSWORD = 'correct horse battery'

/** What changes nothing on the box: finding, sorting, opening, copying, what is one's own. */
const LOOKING =
  /^(Filters|Columns|Export CSV|Copy\b|Comparison|Versions|Find|Kind|All|Key \d+|Page \d+|Phone|Module \d+|Only what|Choose columns|Whose settings|A new group|Open|Older ones|Save the diagnosis|Look at it|\S+\.cfg$)/

/** The names of all buttons and fields on the page that can be used, and of its links that look like buttons. */
function offered(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('main :is(button, input, select, textarea, a.button)')]
      .filter((it) => it.checkVisibility() && !it.matches(':disabled') && it.closest('th, .tabs') === null)
      .map((it) => {
        const label = it instanceof HTMLInputElement || it instanceof HTMLSelectElement ? it.labels?.[0] : undefined
        return (it.getAttribute('aria-label') ?? label?.textContent ?? it.textContent ?? '').trim()
      }),
  )
}

describe.skipIf(!HAS_BROWSER)('accounts and what they may (skipped without /usr/bin/chromium)', () => {
  let box: DemoBox
  let browser: PageBrowser
  let page: Page
  let keys: ByKeyboard
  const accounts = async () =>
    (await box.api<{ accounts: { name: string; role: string; totp: boolean }[] }>('/accounts')).accounts

  beforeAll(async () => {
    await buildPage()
    box = await DemoBox.start()
    browser = await PageBrowser.start(box.page)
  })
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await box?.[Symbol.asyncDispose]()
  })

  /** Signs in on a page of its own. */
  async function signIn(name: string, password: string, path = ''): Promise<Page> {
    const it = await browser.openAnyway(path)
    const typing = new ByKeyboard(it)
    const form = it.getByRole('form', { name: 'Sign in' })
    await typing.type(form.getByLabel('Name'), name)
    await typing.type(form.getByLabel('Password'), password)
    await typing.keys('Enter')
    await it.locator('.connection.live').waitFor()
    return it
  }

  it('makes the first account at the machine, where no code is asked for', async () => {
    page = await browser.open('#/setup/account')
    keys = new ByKeyboard(page)
    const form = page.getByRole('form', { name: 'First account' })
    expect(await form.getByLabel('Setup code').count()).toBe(0)
    await keys.type(form.getByLabel('Name'), 'maria')
    await keys.type(form.getByLabel('Password', { exact: true }), PASSWORD)
    await keys.type(form.getByLabel('Password again'), PASSWORD)
    await keys.press(form.getByRole('button', { name: 'Make the account' }))
    await page.getByRole('heading', { name: 'Network', level: 2 }).waitFor()
    expect(await accounts()).toMatchObject([{ name: 'maria', role: 'owner' }])
  })

  it('adds a viewer, who sees phones but is told what is not theirs to change', async () => {
    await keys.open(`${browser.url}#/system/accounts`)
    await keys.press(page.getByRole('button', { name: 'Add an account' }))
    const dialog = page.getByRole('dialog', { name: 'Add an account' })
    await keys.type(dialog.getByLabel('Name'), 'vera')
    await keys.choose(dialog.getByLabel('Role'), 'Viewer')
    await dialog.getByText('Sees everything but secrets and PINs.').waitFor()
    await keys.type(dialog.getByLabel('Password'), 'short')
    await browser.refused(async () => {
      await keys.press(dialog.getByRole('button', { name: 'Add' }))
      await dialog.getByRole('alert').waitFor()
    })
    await keys.type(dialog.getByLabel('Password'), PASSWORD)
    await keys.press(dialog.getByRole('button', { name: 'Add' }))
    await page.getByText('vera may sign in now.').waitFor()

    const viewer = await signIn('vera', PASSWORD, '#/phones')
    await viewer.getByRole('link', { name: 'Front desk' }).waitFor()
    await viewer.keyboard.press('g')
    await viewer.keyboard.press('s')
    await viewer.getByText('Security', { exact: true }).waitFor()
    expect(await viewer.getByRole('button', { name: /^Change here/ }).count()).toBe(0)
    for (const place of ['#/setup', '#/import', '#/system/accounts']) {
      await viewer.goto(`${browser.url}${place}`)
      await viewer.getByText('You are signed in as vera (Viewer).').waitFor()
    }
    await viewer.goto(`${browser.url}#/network`)
    await viewer.getByRole('heading', { name: 'Network', level: 1 }).waitFor()
    const { devices } = await box.api<{ devices: { mac: string; name?: string }[] }>('/devices')
    const desk = devices.find((one) => one.name === 'Front desk')?.mac
    const tabs = ['journey', 'lines', 'keys', 'settings', 'files', 'parameters', 'setup', 'history']
    const found: string[] = []
    for (const place of [
      ...[
        '',
        'phones',
        'new',
        'people',
        'network',
        'settings',
        'files',
        'templates',
        'activity',
        'add',
        'system/cloud',
      ],
      ...tabs.map((tab) => `phones/${desk}/${tab}`),
    ]) {
      await viewer.goto(`${browser.url}#/${place}`)
      // The heading of this place, and everything that it asks the box for.
      await viewer.locator(`main[data-at="${place}"] :is(h1, .empty)`).first().waitFor()
      await viewer.waitForFunction(() => document.querySelector('.skeleton') === null)
      for (const name of await offered(viewer)) if (!LOOKING.test(name)) found.push(`${place}: ${name}`)
    }
    expect(found).toEqual([])
    await viewer.close()
  })

  it('asks for the password again before a role is changed, once some time has passed', async () => {
    // As if five minutes had gone by: the box is the one that says how fresh a session is.
    await page.route('**/api/v1/sign-in', async (route) => {
      const response = await route.fetch()
      await route.fulfill({ response, json: { ...((await response.json()) as object), fresh: false } })
    })
    await keys.press(page.getByRole('button', { name: 'Change vera' }))
    const asked = page.getByRole('dialog', { name: 'Your password, please' })
    await keys.type(asked.getByLabel('Password', { exact: true }), 'wrong')
    await browser.refused(async () => {
      await keys.press(asked.getByRole('button', { name: 'Go on' }))
      await asked.getByText('The password is not right.').waitFor()
    })
    await keys.type(asked.getByLabel('Password', { exact: true }), PASSWORD)
    await keys.press(asked.getByRole('button', { name: 'Go on' }))
    const dialog = page.getByRole('dialog', { name: 'Account vera' })
    await keys.choose(dialog.getByLabel('Role'), 'Administrator')
    await keys.press(dialog.getByRole('button', { name: 'Save' }))
    await expect.poll(accounts).toContainEqual(expect.objectContaining({ name: 'vera', role: 'admin' }))
    await page.unroute('**/api/v1/sign-in')
  })

  it('turns a second factor on with an authenticator’s code, and asks for one at the next sign-in', async () => {
    await keys.press(page.locator('.top').getByRole('link', { name: /maria/ }))
    await keys.press(page.getByRole('button', { name: 'Set one up, or another one' }))
    const dialog = page.getByRole('dialog', { name: 'Set up the second factor' })
    const secret = await dialog.locator('code').textContent()
    if (!secret) throw new InvariantError('no key is shown')
    const code = () => new TOTP({ secret }).generate()
    await dialog.getByRole('img', { name: /QR code/ }).waitFor()
    await keys.type(dialog.getByLabel('Six digits'), code())
    await keys.press(dialog.getByRole('button', { name: 'Turn it on' }))
    const codes = page.getByRole('dialog', { name: 'Recovery codes' })
    const [recovery = ''] = ((await codes.locator('pre').textContent()) ?? '').split('\n')
    await keys.press(codes.getByRole('button', { name: 'I have them' }))
    expect(await accounts()).toContainEqual(expect.objectContaining({ name: 'maria', totp: true }))

    const other = await browser.openAnyway()
    const typing = new ByKeyboard(other)
    const form = other.getByRole('form', { name: 'Sign in' })
    await typing.type(form.getByLabel('Name'), 'maria')
    await typing.type(form.getByLabel('Password'), PASSWORD)
    await browser.refused(async () => {
      await typing.press(form.getByRole('button', { name: 'Sign in' }))
      await form.getByLabel('Code of your authenticator').waitFor()
    })
    // A code counts once: that of the minute was used to turn it on.
    await typing.type(form.getByLabel('Code of your authenticator'), recovery)
    await typing.press(form.getByRole('button', { name: 'Sign in' }))
    await other.locator('.connection.live').waitFor()
    await other.close()
  })

  it('makes a token that is shown once, and ends it', async () => {
    await keys.press(page.getByRole('button', { name: 'Make a token' }))
    const dialog = page.getByRole('dialog', { name: 'Make a token' })
    await keys.type(dialog.getByLabel('What it is for'), 'backup')
    await keys.press(dialog.getByRole('button', { name: 'Make it' }))
    const secret = await page.getByRole('dialog', { name: 'The token' }).locator('pre').textContent()
    await page.keyboard.press('Escape')
    const ask = () => fetch(`${box.page}api/v1/devices`, { headers: { authorization: `Bearer ${secret}` } })
    expect((await ask()).status).toBe(200)
    await keys.press(page.getByRole('button', { name: 'End it backup' }))
    await keys.press(page.getByRole('dialog', { name: 'End backup?' }).getByRole('button', { name: 'End it' }))
    await page.getByText('No program uses the API in your name.').waitFor()
    expect((await ask()).status).toBe(401)
  })

  it('changes the password, signs out everywhere else, then here', async () => {
    const form = page.getByRole('form', { name: 'Change your password' })
    await keys.type(form.getByLabel('Password until now'), PASSWORD)
    await keys.type(form.getByLabel('New password'), 'another horse battery')
    await keys.type(form.getByLabel('Password again'), 'another horse battery')
    await keys.press(form.getByRole('button', { name: 'Change your password' }))
    await page.getByText('Your password is changed.').waitFor()
    await keys.press(page.locator('.need-who').getByRole('button', { name: 'Sign out' }))
    await page.getByRole('form', { name: 'Sign in' }).waitFor()
    const { events } = await box.api<{ events: { text: string }[] }>('/account-events')
    expect(events.length).toBeGreaterThan(5)
    await page.close()
  })

  it('never complained: no console error, no failed request', () => {
    expect(browser.complaints).toEqual([])
  })
})
