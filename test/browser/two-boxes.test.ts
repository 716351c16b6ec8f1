import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { violations } from '../support/axe.ts'
import { BoxUnderTest, drain, office, PATIENTLY } from '../support/box-under-test.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { CLOUD_URL, CloudInNamespace } from '../support/cloud-in-namespace.ts'
import { colons } from '../support/colons.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { buildPage, PageBrowser, shoot } from '../support/page-browser.ts'
import { type FarmPhone, PhoneFarm, plugIn } from '../support/phone-farm.ts'
import { LoopbackLine } from '../support/relay.ts'

const PAGE_URL = 'http://localhost:8090/'
const PASSWORD = 'correct horse battery'
const PHONE_WEB = fileURLToPath(new URL('../system/phone-web.ts', import.meta.url))
const ROM = 'T46U(T43U,T46U,T41U,T48U,T42U)-108.86.0.90.rom'
const AGENT = ['192.0.2.1', 'Yealink SIP-T46U VERSION MAC', '108.86.0.20']

/** One office: its box, and a phone on its wire that takes firmware. */
interface Branch {
  readonly name: string
  readonly box: BoxUnderTest
  readonly bench: string
  readonly phone: FarmPhone
  readonly mac: string
  readonly farm: PhoneFarm
  id: string
}

// Two offices, each with its box and a phone in namespaces of its own. The account stands in that of the first; the line of
// the second can be cut while everybody else goes on.
describeOrSkip('an account with two boxes', ['namespaces', 'curl', 'sysctl', 'chromium'], () => {
  const lab = new Namespaces()
  const branches: Branch[] = []
  let cloud: CloudInNamespace
  let line: LoopbackLine
  let browser: PageBrowser
  let page: Page

  beforeAll(async () => {
    await buildPage()
    for (const [n, [name, namespace]] of [['North', 'box'] as const, ['South', 'south'] as const].entries()) {
      const bench = `bench${n}`
      await office(lab, { [bench]: {} }, namespace)
      const given = { cloud: { url: CLOUD_URL, phonePages: true } }
      const box = await BoxUnderTest.make(lab, given, undefined, namespace)
      const phone = { mac: `805ec001540${n}`, address: '192.0.2.61' }
      await plugIn(lab, bench, box.folder, [phone])
      const farm = new PhoneFarm(lab, bench, AGENT)
      branches.push({ ...{ name, box, bench, phone, farm }, mac: colons(phone.mac), id: '' })
    }
    const [{ box: first }] = branches as [Branch]
    cloud = new CloudInNamespace(lab, first.folder, ['--phone-pages-url=http://*.localhost:8090'])
    await cloud.start()
    await cloud.own()
    line = new LoopbackLine(lab, { from: 'south', to: 'box', port: 8090, socket: join(first.folder, 'line') })
    await line.connect()
    await Promise.all(branches.map(({ box }) => box.start()))
    browser = await PageBrowser.inNamespace(lab, 'box', PAGE_URL, first.folder)
    page = await browser.openAnyway()
    await signIn(page, 'ada@example.net')
    await page.getByText('There is no site yet.').waitFor()
    // Nobody was signed in, which is what the page asked at first.
    browser.complaints.length = 0
  }, 120_000)
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await cloud?.[Symbol.asyncDispose]()
    await lab[Symbol.asyncDispose]()
    for (const { box } of branches) await box[Symbol.asyncDispose]()
  })

  async function signIn(at: Page, email: string): Promise<void> {
    const form = at.getByRole('form', { name: 'Sign in' })
    await form.getByLabel('E-mail address').fill(email)
    await form.getByLabel('Password').fill(PASSWORD)
    await form.getByRole('button', { name: 'Sign in' }).click()
  }
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const link = (group: string, name: string | RegExp) =>
    page.getByRole('navigation', { name: group }).getByRole('link', { name, exact: typeof name === 'string' })
  const south = () => branches[1] as Branch

  it('claims both, and sees each of them come by itself', async () => {
    for (const branch of branches) {
      branch.id = (await cloud.inAccount<{ id: string }>('POST', '/sites', { name: branch.name })).id
      type Unclaimed = Extract<CloudView, { state: 'unclaimed' }>
      const shown = () => branch.box.api<Unclaimed>('/cloud')
      await expect.poll(async () => (await shown()).code, PATIENTLY).toBeDefined()
      const { code = '', phrase = '' } = await shown()
      await page.goto(`${PAGE_URL}claim`)
      await page.getByLabel('Code', { exact: true }).fill(code)
      await button('Find the box').click()
      await page.getByLabel('The three words that the box shows').fill(phrase)
      await page.getByLabel('Site', { exact: true }).selectOption({ label: branch.name })
      await button('Claim it').click()
      await page.getByText('The box belongs to Phones now.').waitFor()
    }
    await link('Pages', 'Sites').click()
    const online = page.locator('.site-card', { hasText: 'Online' })
    await expect.poll(() => online.count(), PATIENTLY).toBe(2)
    await page.locator('.connection.live').waitFor()
  }, 60_000)

  it('gives both a firmware file', async () => {
    const [{ box }] = branches as [Branch]
    const path = join(box.folder, 'given.rom')
    await writeFile(path, 'VERSION 108.86.0.90\n'.padEnd(300_000, 'x'))
    await cloud.upload(ROM, path)
    await link('Pages', 'Files').click()
    await page.getByRole('button', { name: `Give to boxes: ${ROM}` }).click()
    await button('Give it to all sites').click()
    const given = page.getByRole('region', { name: 'At boxes' })
    await given.getByText('Site by site').click()
    await expect.poll(() => given.getByText('has it').count(), PATIENTLY).toBe(2)
  }, 60_000)

  it('rolls it out in two rings to the end: every phone has it, and has it once', async () => {
    for (const { id, mac, box, farm, phone } of branches) {
      await cloud.inAccount('PUT', `/sites/${id}/devices/${mac}`, {
        ...{ name: 'Hall', vendor: 'yealink', model: 'T46U' },
        lines: [{ index: 1, user: '201', server: 'pbx.example', label: 'Hall' }],
      })
      await expect.poll(() => box.api(`/devices/${mac}`).catch(() => undefined), PATIENTLY).toBeDefined()
      await farm.boot([phone])
    }
    await link('Pages', 'Fleet').click()
    await expect.poll(() => page.locator('tbody').getByText('108.86.0.20').count(), PATIENTLY).toBe(2)
    // From here to its end by keyboard alone.
    const keys = new ByKeyboard(page)
    await keys.press(link('Pages', 'Rollouts'))
    await keys.press(button('New rollout'))
    const dialog = page.getByRole('dialog')
    await keys.type(dialog.getByLabel('Models'), 'yealink/T46U')
    await keys.type(dialog.getByLabel('Name', { exact: true }), 'May')
    await keys.type(dialog.getByLabel('First ring'), 'South')
    await keys.type(dialog.getByLabel('Minutes to wait after it'), '0')
    await keys.press(button('See what it would do'))
    for (const ring of [1, 2]) await dialog.getByText(`ring ${ring}: 1 site, 1 phone`).waitFor()
    await shoot(page, 'cloud-rollout-rings-desktop-light')
    await keys.press(button('Begin with 2 sites'))
    await page.getByRole('heading', { name: 'May', level: 1 }).waitFor()
    const sites = page.getByRole('region', { name: 'Site by site' })
    await sites.getByText('under way').waitFor()
    // The other one waits for the end of the first ring.
    expect(await sites.getByText('waits for its turn').count()).toBe(1)
    await page.getByText('ring 2 of 2').waitFor({ timeout: 60_000 })
    await page.locator('main .page-head').getByText('Completed').waitFor({ timeout: 60_000 })
    expect(await sites.locator('.badge', { hasText: 'done' }).count()).toBe(2)
    await keys.press(sites.locator('summary', { hasText: 'Phone by phone (1)' }).first())
    await sites.locator('.board .mac').first().waitFor()
    expect(await violations(page)).toEqual([])
    await shoot(page, 'cloud-rollout-done-desktop-light')
    for (const { farm } of branches)
      expect(await farm.report()).toMatchObject({ twice: 0, phones: [{ installed: ['108.86.0.90'] }] })
  }, 150_000)

  it('settles what a branch changed while it was cut off and the account changed too', async () => {
    const { box, id, mac } = south()
    const edit = (label: string) => ({ lines: [{ index: 1, user: '201', server: 'pbx.example', label }] })
    await line.cut()
    await box.api(`/devices/${mac}`, edit('At the branch'), 'PATCH')
    await link('Pages', 'Fleet').click()
    await page.locator(`a[href*="${id}/devices/"]`).click()
    await link('Parts of the phone', /^Lines/).click()
    await page.getByLabel('Label on the phone').fill('In the account')
    await page.keyboard.press('Control+s')
    await page.getByText('Saved. The box gets it within seconds').waitFor()
    await page.getByRole('link', { name: 'South', exact: true }).click()
    await line.connect()
    await box.told('cloud', 'sync')
    // Its name says that there is one now, without anybody having asked.
    await link('Parts of the site', /^Conflicts 1$/).click()
    await page.locator('mark', { hasText: 'label: In the account' }).waitFor()
    await button('Take the other value').click()
    await page.getByText('No conflicts: every edit found its place.').waitFor()
    const label = async () =>
      (await box.api<{ lines: readonly { label?: string }[] }>(`/devices/${mac}`)).lines[0]?.label
    await expect.poll(label, PATIENTLY).toBe('At the branch')
  }, 60_000)

  it('shows a phone’s own page for as long as somebody keeps it open', async () => {
    const { bench, id, mac } = south()
    const web = lab.start(bench, [process.execPath, PHONE_WEB, '80', 'open', ''])
    const up = Promise.withResolvers<void>()
    void drain(web.stdout, (text) => (text.includes('ready') ? up.resolve() : undefined))
    await up.promise
    await link('Parts of the site', 'Box').click()
    await page.getByLabel('Administrators may open the web pages of this site’s phones').check()
    await page.getByText('Phones’ pages may be opened at this site.').waitFor()
    await link('Parts of the site', 'Phones').click()
    await page.locator(`a[href*="${id}/devices/${mac}"]`).click()
    await button('Open its web page').click()
    await button('Open it').click()
    const opened = page.waitForEvent('popup')
    await page.getByRole('link', { name: 'To the phone’s page' }).click()
    const shown = await opened
    await shown.getByRole('heading', { name: 'Front panel' }).waitFor()
    expect(new URL(shown.url()).hostname).toMatch(/^[\w-]+\.localhost$/)
    await shoot(page, 'cloud-phone-page-desktop-light')
    // By keyboard: what was said before still lies over it.
    await button('Close it').press('Enter')
    await page.getByText('The page is closed.').waitFor()
    await shown.reload()
    await shown.getByText('this page is closed').waitFor()
    await shown.close()
  }, 60_000)

  it('lets a viewer look for a setting, and change none', async () => {
    const invited = { email: 'grace@example.net', role: 'viewer', sites: [] }
    const { link: way } = await cloud.inAccount<{ link: string }>('POST', '/invitations', invited)
    const guest = await browser.openAnyway(new URL(way).pathname.slice(1) + new URL(way).hash)
    await guest.getByLabel('Your name').fill('Grace')
    await guest.getByLabel('A new password').fill(PASSWORD)
    await guest.getByRole('button', { name: 'Join' }).click()
    await guest.getByRole('link', { name: 'South' }).click()
    await guest.locator(`a[href*="${south().id}/devices/"]`).click()
    const parts = guest.getByRole('navigation', { name: 'Parts of the phone' })
    await parts.getByRole('link', { name: 'Settings' }).click()
    await guest.getByLabel('Find a setting').fill('display.idleText')
    const found = guest.locator('.setting', { hasText: 'display.idleText' })
    await found.waitFor()
    expect([await guest.locator('.setting').count(), await found.locator('button').isDisabled()]).toEqual([1, true])
    await parts.getByRole('link', { name: 'Name and model' }).click()
    expect(await guest.getByLabel('Group', { exact: true }).isDisabled()).toBe(true)
    await guest.close()
  }, 30_000)

  it('says when news arrives no more, and when it does again', async () => {
    expect(browser.complaints).toEqual([])
    await cloud.stop()
    await page.locator('.connection.lost').waitFor()
    await page.getByText('The account cannot be reached.').waitFor()
    await shoot(page, 'cloud-lost-desktop-light')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await shoot(page, 'cloud-lost-phone-dark')
    expect(await violations(page)).toEqual([])
    await cloud.start()
    await page.locator('.connection.live').waitFor()
    await page.getByText('The account cannot be reached.').waitFor({ state: 'detached' })
  }, 60_000)
})
