import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Accounts } from '../../services/accounts/contract.ts'
import { makeAdminApp } from '../../services/admin/app.ts'
import { loadAssets } from '../../services/admin/assets.ts'
import { type AdminListener, serveAdmin } from '../../services/admin/serve.ts'
import { accountsInMemory } from '../support/accounts.ts'
import { makeFakeSite } from '../support/admin-fakes.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { BUILT, buildPage, CHROMIUM, HAS_BROWSER } from '../support/page-browser.ts'

const PASSWORD = 'correct horse battery'

describe.skipIf(!HAS_BROWSER)('signing in, in a real browser (skipped without /usr/bin/chromium)', () => {
  let accounts: Accounts & Disposable
  let listener: AdminListener
  let browser: Browser

  beforeAll(async () => {
    await buildPage()
    const site = makeFakeSite({ realTime: true })
    accounts = accountsInMemory(site.deps.clock)
    await accounts.add({ name: 'maria', role: 'owner', password: PASSWORD }, { by: 'cli:local' })
    const app = makeAdminApp({ ...site.deps, accounts })
    listener = await serveAdmin({ app, port: 0, assets: await loadAssets(BUILT) })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--headless', '--disable-gpu'] })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await listener?.[Symbol.asyncDispose]()
    accounts?.[Symbol.dispose]()
  })

  it('shows the page to whoever signed in, and the way in again when the session ended', async () => {
    const page = await browser.newPage()
    await page.goto(listener.url ?? '')
    const form = page.getByRole('form', { name: 'Sign in' })
    const keys = new ByKeyboard(page)
    await keys.type(form.getByLabel('Name'), 'maria')
    await keys.type(form.getByLabel('Password'), 'wrong')
    await keys.press(form.getByRole('button', { name: 'Sign in' }))
    await page.getByText('Name, password or code is not right.').waitFor()
    await keys.type(form.getByLabel('Password'), PASSWORD)
    await keys.press(form.getByRole('button', { name: 'Sign in' }))
    await page.getByText('Live', { exact: true }).waitFor()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'branchline', httpOnly: true, sameSite: 'Strict' })
    expect(await page.evaluate('document.cookie')).toBe('')
    await page.reload()
    await page.getByText('Live', { exact: true }).waitFor()
    accounts.endSessions('maria', { by: 'cli:local' })
    await page.reload()
    await form.waitFor()
    await page.close()
  }, 60_000)
})
