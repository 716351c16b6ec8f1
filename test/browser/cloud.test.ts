import { readdirSync, readFileSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { violations } from '../support/axe.ts'
import { BoxUnderTest, MAIN, office, PATIENTLY } from '../support/box-under-test.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { CLOUD_URL, CloudInNamespace } from '../support/cloud-in-namespace.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { buildPage, CHROMIUM, FORMS, PageBrowser, shoot } from '../support/page-browser.ts'
import { inFolder, madeUpVendor, packKey, packOf } from '../support/vendor-packs.ts'

const MAC = '80:5e:c0:00:53:21'
const PASSWORD = 'correct horse battery'
const PAGE_URL = 'http://localhost:8090/'
const CONFLICTS = (sites: readonly { id: string }[]) => `/sites/${sites[0]?.id}/conflicts`
const BUILT = fileURLToPath(new URL('../../dist/web-cloud/', import.meta.url))

// Cloud, box and browser in one namespace, a phone that boots beside them.
describeOrSkip('the page of the central account', ['namespaces', 'curl', 'chromium'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let cloud: CloudInNamespace
  let browser: PageBrowser
  let page: Page
  const signing = packKey('test')

  beforeAll(async () => {
    await buildPage()
    await office(lab, { desk: {} })
    await lab.ip('desk', 'link', 'set', 'eth0', 'down')
    await lab.ip('desk', 'link', 'set', 'eth0', 'address', MAC)
    await lab.ip('desk', 'link', 'set', 'eth0', 'up')
    const eth0 = { mode: 'full', besideForeignServer: true }
    const network = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'] }
    const dhcp = { probe: false, interfaces: { eth0 }, networks: [network] }
    box = await BoxUnderTest.make(lab, { dhcp, cloud: { url: CLOUD_URL }, packKeys: [signing.key.key] })
    cloud = new CloudInNamespace(lab, box.folder)
    await cloud.start()
    await cloud.own()
    await box.start()
    const program = join(box.folder, 'browser')
    await writeFile(program, `#!/bin/sh\nexec ip netns exec ${lab.nameOf('box')} ${CHROMIUM} "$@"\n`)
    await chmod(program, 0o755)
    browser = await PageBrowser.start(PAGE_URL, { program })
    page = await browser.openAnyway()
  }, 120_000)
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await cloud?.[Symbol.asyncDispose]()
    await lab[Symbol.asyncDispose]()
    await box?.[Symbol.asyncDispose]()
  })

  /** The phone fetches; the box is asked to tell it now rather than at its next poll. */
  async function phone() {
    const command = [process.execPath, MAIN, 'phone', '--interface', 'eth0', '--configure', '--no-pnp', '--show']
    const it = ['--vendor', 'yealink', '--model', 'SIP-T46U', '--mac', MAC.replaceAll(':', '')]
    const done = await lab.run('desk', [...command, ...it])
    await box.told('cloud', 'sync')
    return done
  }
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const link = (group: string, name: string) =>
    page.getByRole('navigation', { name: group }).getByRole('link', { name, exact: true })

  it('lets in whoever knows the password, and says why to others', async () => {
    const form = page.getByRole('form', { name: 'Sign in' })
    await form.getByLabel('E-mail address').fill('ada@example.net')
    await form.getByLabel('Password').fill('wrong horse battery')
    await shoot(page, 'cloud-sign-in-desktop-light')
    expect(await violations(page)).toEqual([])
    // Nobody was signed in, which is what the page asked at first.
    await browser.refused(async () => {
      await form.getByRole('button', { name: 'Sign in' }).click()
      await form.locator('.failed').waitFor()
    })
    browser.complaints.length = 0
    await form.getByLabel('Password').fill(PASSWORD)
    await form.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('There is no site yet.').waitFor()
  })

  it('claims a box by the code and the words that it shows', async () => {
    await button('Add a site').click()
    const form = page.getByRole('form', { name: 'Add a site' })
    await form.getByLabel('Name').fill('Lobby')
    await form.getByLabel('Time zone').fill('Europe/Berlin')
    await form.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('heading', { name: 'Lobby', level: 1 }).waitFor()
    type Unclaimed = Extract<CloudView, { state: 'unclaimed' }>
    const shown = () => box.api<Unclaimed>('/cloud')
    await expect.poll(async () => (await shown()).code, PATIENTLY).toBeDefined()
    const { code = '', phrase = '' } = await shown()
    await page.goto(`${PAGE_URL}claim`)
    await page.getByLabel('Code', { exact: true }).fill(code.toLowerCase())
    await button('Find the box').click()
    await page.getByLabel('The three words that the box shows').fill('not those words at all')
    await page.getByLabel('Site', { exact: true }).selectOption({ label: 'Lobby' })
    await browser.refused(async () => {
      await button('Claim it').click()
      await page.getByText('Those are not the words that the box shows.').waitFor()
    })
    await shoot(page, 'cloud-claim-desktop-light')
    await page.getByLabel('The three words that the box shows').fill(phrase)
    await button('Claim it').click()
    await page.getByText('The box belongs to Phones now.').waitFor()
    await page.getByRole('link', { name: 'To the site' }).click()
    await page.getByText('Online').first().waitFor()
  })

  it('sets a phone up, and sees it in sync when it has fetched', async () => {
    await button('Add a phone').click()
    const form = page.getByRole('form', { name: 'Add a phone' })
    for (const [label, text] of [
      ['MAC address', '805EC0005321'],
      ['Name', 'Lobby desk'],
      ['Vendor', 'yealink'],
      ['Model', 'SIP-T46U'],
    ] as const)
      await form.getByLabel(label).fill(text)
    await form.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('heading', { name: 'Lobby desk', level: 1 }).waitFor()
    await page.getByRole('navigation', { name: 'Parts of the phone' }).getByRole('link', { name: 'Lines' }).click()
    await button('Add a line').click()
    await page.getByLabel('SIP user', { exact: true }).fill('201')
    await page.getByLabel('SIP password').fill('Qz9-typed-on-the-page')
    await page.getByLabel('SIP server', { exact: true }).fill('pbx.example')
    await button('Save').click()
    await page.getByText('Saved. The box gets it within seconds').waitFor()
    const fetched = async () => (await phone()).stdout
    await expect.poll(fetched, { ...PATIENTLY, interval: 2_000 }).toContain('account.1.user_name = 201')
    await page.locator('.head-line').getByText('In sync').waitFor({ timeout: 60_000 })
  }, 150_000)

  it('edits it: pending until it has fetched, then in sync again', async () => {
    await page.getByLabel('Label on the phone').fill('Porter')
    await page.keyboard.press('Control+s')
    await page.locator('.head-line').getByText('Pending').waitFor({ timeout: 60_000 })
    await expect
      .poll(async () => (await phone()).stdout, { ...PATIENTLY, interval: 2_000 })
      .toContain('account.1.label = Porter')
    await page.locator('.head-line').getByText('In sync').waitFor({ timeout: 60_000 })
    await page.getByRole('navigation', { name: 'Parts of the phone' }).getByRole('link', { name: 'History' }).click()
    await page.locator('.history code', { hasText: 'lines' }).first().waitFor()
  }, 150_000)

  it('edits many: shows what changes, and again when somebody was faster', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Fleet' }).click()
    await page.getByRole('checkbox', { name: 'Choose all' }).check()
    await button('Edit them').click()
    const dialog = page.getByRole('dialog', { name: 'Edit many phones' })
    await dialog.getByLabel('What shall be changed').selectOption({ label: 'Group' })
    await dialog.getByLabel('Group', { exact: true }).fill('lobby')
    await dialog.getByRole('button', { name: 'See what changes' }).click()
    await dialog.getByText('for 1 of them something changes').waitFor()
    await shoot(page, 'cloud-bulk-desktop-light')
    const { sites } = await cloud.inAccount<{ sites: readonly { id: string }[] }>('GET', '/sites')
    await cloud.inAccount('PATCH', `/sites/${sites[0]?.id}/devices/${MAC}`, { notes: 'behind the plant' })
    await browser.refused(async () => {
      await dialog.getByRole('button', { name: 'Change 1 record' }).click()
      await dialog.getByText('Something of it was changed meanwhile.').waitFor()
    })
    await dialog.getByRole('button', { name: 'Change 1 record' }).click()
    await page.getByText('1 record is changed.').waitFor()
    await expect.poll(async () => (await box.api<{ group?: string }>(`/devices/${MAC}`)).group, PATIENTLY).toBe('lobby')
  })

  it('has the box tell what it knows: a file of the phone without its secret, and how it is itself', async () => {
    await page.getByRole('link', { name: 'Lobby desk' }).click()
    await button('See its file').click()
    await page.locator('.outcome').getByText('account.1.user_name = 201').waitFor()
    expect(await page.locator('.outcome').textContent()).not.toContain('Qz9-typed-on-the-page')
    await button('Ask the box about it').click()
    await page.locator('.outcome .history li').first().waitFor()
    await shoot(page, 'cloud-hands-desktop-light')
    await page.getByRole('link', { name: 'Lobby', exact: true }).click()
    await page.getByRole('navigation', { name: 'Parts of the site' }).getByRole('link', { name: 'Box' }).click()
    await button('Have the box look itself over').click()
    await page.locator('.outcome .history li').first().waitFor({ timeout: 60_000 })
    expect(await violations(page)).toEqual([])
    await shoot(page, 'cloud-checks-desktop-light')
  }, 120_000)

  it('gives a file to boxes, and rolls firmware out ring by ring after a look at what it would do', async () => {
    const rom = 'T46U(T43U,T46U,T41U,T48U,T42U)-108.87.0.15.rom'
    await writeFile(join(box.folder, rom), 'firmware')
    await cloud.upload(rom, join(box.folder, rom))
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Files' }).click()
    await page.getByRole('button', { name: `Give to boxes: ${rom}` }).click()
    await page.getByRole('dialog').getByLabel('Name at the boxes').fill('fw/T46U.rom')
    expect(await violations(page)).toEqual([])
    await button('Give it to all sites').click()
    await page.getByRole('region', { name: 'At boxes' }).getByText('Site by site').click()
    await page.getByRole('region', { name: 'At boxes' }).getByText('Lobby').waitFor()
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Rollouts' }).click()
    await button('New rollout').click()
    await page.getByRole('dialog').getByLabel('Models').fill('yealink')
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('May')
    await button('See what it would do').click()
    await page.getByRole('dialog').getByText('ring 1: 1 site, 1 phone').waitFor()
    expect(await violations(page)).toEqual([])
    await shoot(page, 'cloud-rollout-new-desktop-light')
    await button('Begin with 1 site').click()
    await page.getByRole('heading', { name: 'May', level: 1 }).waitFor()
    await page.getByRole('region', { name: 'Site by site' }).getByText('Phone by phone (1)').click({ timeout: 60_000 })
    await page.getByRole('region', { name: 'Site by site' }).getByText(MAC).waitFor()
    await shoot(page, 'cloud-rollout-desktop-light')
    await button('Cancel').click()
    await button('Cancel the rollout').click()
    await page.locator('main .page-head').getByText('Cancelled').waitFor()
  }, 150_000)

  it('says for all sites what holds there, and shows first which phones it changes', async () => {
    await link('Pages', 'Settings').click()
    await page.getByLabel('Find a setting').fill('display.idleText')
    await page.getByRole('button', { name: 'Change here: display.idleText' }).click()
    await page.getByLabel('display.idleText', { exact: true }).fill('Branchline')
    await button('See what changes, then save').click()
    await page.getByRole('dialog').getByText('1 phone gets something else.').waitFor()
    await shoot(page, 'cloud-settings-effect-desktop-light')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved. Phones get it when they fetch again.').waitFor()
    type Layers = { layers: readonly { settings: Record<string, string> }[] }
    const idle = async () => (await box.api<Layers>('/layers/site')).layers[0]?.settings['display.idleText']
    await expect.poll(idle, PATIENTLY).toBe('Branchline')
    await link('Pages', 'Sites').click()
    await page.getByRole('link', { name: 'Lobby', exact: true }).click()
    await link('Parts of the site', 'Settings').click()
    await page.getByText('This is what the account says for all of its sites.').waitFor()
    await page.getByLabel('Find a setting').fill('display.idleText')
    await page.getByRole('button', { name: 'Change here: display.idleText' }).click()
    await page.getByLabel('display.idleText', { exact: true }).fill('Lobby')
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByText('1 phone gets something else.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await expect.poll(idle, PATIENTLY).toBe('Lobby')
    await button('Take it away').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click()
    await expect.poll(idle, PATIENTLY).toBe('Branchline')
  }, 90_000)

  it('sets a key of a phone by keyboard alone, sees the file before it is saved, and takes the change back', async () => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type('lobby desk')
    await page.getByRole('option', { name: 'Keys: Lobby desk' }).waitFor()
    const chosen = page.locator('[role=option][aria-selected=true]')
    while (!(await chosen.textContent())?.startsWith('Keys:')) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('.keypad .key').first().waitFor()
    const focused = (selector: string) => page.evaluate((of) => document.activeElement?.matches(of), selector)
    while (!(await focused('.keypad .key'))) await page.keyboard.press('Tab')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.keyboard.type('Speed')
    await page.keyboard.press('Tab')
    await page.keyboard.type('0301')
    while (!(await focused('.save-bar button'))) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('.line.new', { hasText: 'linekey.2.value = 0301' }).waitFor()
    await shoot(page, 'cloud-difference-desktop-light')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+s')
    await page.getByText('Saved. The box gets it within seconds').waitFor()
    const keys = async () => (await box.api<{ keys: readonly { value?: string }[] }>(`/devices/${MAC}`)).keys
    await expect.poll(async () => (await keys())[0]?.value, PATIENTLY).toBe('0301')
    await link('Parts of the phone', 'History').click()
    await button('Take a change back …').click()
    await page.locator('ol.history li', { hasText: 'keys' }).getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('The change is taken back.').waitFor()
    await expect.poll(async () => (await keys()).length, PATIENTLY).toBe(0)
  }, 90_000)

  it('writes a text of its own: told where it is wrong, tried at a phone, then in use at the branch', async () => {
    await link('Pages', 'Templates').click()
    await page.getByText('Yealink', { exact: true }).click()
    await page.getByRole('link', { name: 'settings.liquid' }).first().click()
    const text = page.getByLabel('Text of settings.liquid')
    const before = await text.inputValue()
    await text.fill(`${before}\n{% if %}`)
    await page.locator('.template-faults .fault').first().waitFor()
    expect(await button('Put it into use').isDisabled()).toBe(true)
    await text.fill(`${before}\nphone.made_up = 7\n`)
    await expect.poll(() => button('Put it into use').isEnabled(), PATIENTLY).toBe(true)
    await button('See it at this phone').click()
    await page.locator('.line.new', { hasText: 'phone.made_up = 7' }).waitFor()
    await shoot(page, 'cloud-template-tried-desktop-light')
    await button('Put it into use').click()
    await page.getByText('In use: the next file').waitFor()
    await expect.poll(() => box.rendered(MAC), PATIENTLY).toContain('phone.made_up = 7')
    await button('Take it away').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click()
    await expect.poll(() => box.rendered(MAC), PATIENTLY).not.toContain('made_up')
    await button('Versions').click()
    await button('See the texts that Lobby had').click()
    await page.getByRole('button', { name: /^Look at it/ }).click()
    await button('Put it into the editor').click()
    expect(await text.inputValue()).toContain('phone.made_up = 7')
    await button('Discard').click()
  }, 90_000)

  it('gives the sites a pack, sees it in use, and takes it away', async () => {
    const file = join(box.folder, 'acme-1.pack')
    await writeFile(file, packOf(signing.pem, inFolder('acme', madeUpVendor('x = 1\n'))))
    await link('Pages', 'Templates').click()
    await button('Give all sites a pack').click()
    const dialog = page.getByRole('dialog', { name: 'Give all sites a pack' })
    await dialog.getByLabel('Or store another').setInputFiles(file)
    await dialog.getByText('Signed by key').waitFor()
    await button('Check it and give it').click()
    await page.getByText('acme 1 goes to the boxes.').waitFor()
    await button('How far each site is').click()
    const again = async () => {
      // The box tells what it has now rather than with its next report.
      await box.told('cloud', 'sync')
      await button('Look again').click()
      return page.locator('.history .badge').first().textContent()
    }
    await expect.poll(again, PATIENTLY).toBe('in use')
    await shoot(page, 'cloud-packs-desktop-light')
    await page.getByRole('button', { name: 'Take it away acme' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click()
    const packs = async () => (await box.api<{ packs: readonly unknown[] }>('/packs')).packs.length
    await expect.poll(packs, PATIENTLY).toBe(0)
  }, 90_000)

  it('draws a network for the branch by keyboard: asks before it changes anything, and says what waits for the box', async () => {
    const keys = new ByKeyboard(page)
    const drawn = ['198.51.100.65-198.51.100.191', '198.51.100.10-198.51.100.19']
    type Networks = { networks: readonly { id: string; pools: readonly string[] }[] }
    const pools = async () =>
      (await box.api<Networks>('/dhcp/networks')).networks.find(({ id }) => id === 'annex')?.pools[0]
    await keys.press(link('Pages', 'Sites'))
    await keys.press(page.getByRole('link', { name: 'Lobby', exact: true }))
    await keys.press(link('Parts of the site', 'Networks'))
    await page.getByRole('region', { name: 'Set in the configuration file of the box' }).getByText('office').waitFor()
    await keys.press(button('Add a network'))
    const form = page.getByRole('dialog', { name: 'Add a network' })
    await keys.type(form.getByLabel('Name', { exact: true }), 'Annex')
    await keys.type(form.getByLabel('Subnet'), '198.51.100.0/24')
    await keys.press(form.getByRole('button', { name: 'Add it' }))
    const asked = page.getByRole('dialog', { name: 'Add the network 198.51.100.0/24?' })
    await asked.getByText('The box gives addresses of it through a relay.').waitFor()
    await keys.press(asked.getByRole('button', { name: 'Add it' }))
    await expect.poll(pools, PATIENTLY).toBe(drawn[0])
    await box.stop()
    await keys.press(page.getByRole('button', { name: 'Change annex' }))
    const edit = page.getByRole('dialog', { name: 'Network 198.51.100.0/24' })
    await keys.type(edit.getByLabel('Ranges of addresses'), drawn[1] ?? '')
    await keys.press(edit.getByRole('button', { name: 'Save' }))
    const change = page.getByRole('dialog', { name: 'Change the network 198.51.100.0/24?' })
    await change.getByText(`Ranges of addresses: ${drawn.join(' → ')}`).waitFor()
    await shoot(page, 'cloud-network-change-desktop-light')
    expect(await violations(page)).toEqual([])
    await keys.press(change.getByRole('button', { name: 'Change it' }))
    const waits = page.locator('.network').getByText('Waits for the box')
    await waits.waitFor()
    await box.start()
    await expect.poll(pools, PATIENTLY).toBe(drawn[1])
    const { sites } = await cloud.inAccount<{ sites: readonly { id: string }[] }>('GET', '/sites')
    type Reached = { networks: readonly { reached: boolean }[] }
    const reached = async () => {
      // It says how far it is when it asks the next time: now rather than in its turn among all that start.
      await box.told('cloud', 'sync')
      const { networks } = await cloud.inAccount<Reached>('GET', `/sites/${sites[0]?.id}/networks`)
      return networks.every((one) => one.reached)
    }
    await expect.poll(reached, { ...PATIENTLY, interval: 500 }).toBe(true)
    // The page would look again by itself; this is sooner.
    await keys.press(link('Parts of the site', 'Box'))
    await keys.press(link('Parts of the site', 'Networks'))
    await page.locator('.network').waitFor()
    expect(await waits.count()).toBe(0)
    await keys.press(page.getByRole('button', { name: 'Remove annex' }))
    const question = page.getByRole('dialog', { name: 'Remove 198.51.100.0/24?' })
    await question.getByText('No phone was last heard of at an address of it.').waitFor()
    await keys.press(question.getByRole('button', { name: 'Cancel' }))
  }, 120_000)

  it('settles two edits that did not fit together: the branch while it was cut off, and the account', async () => {
    const edit = (label: string) => ({ lines: [{ index: 1, user: '201', label, server: 'pbx.example' }] })
    await cloud.stop()
    await box.api(`/devices/${MAC}`, edit('At the branch'), 'PATCH')
    await box.stop()
    await cloud.start()
    const { sites } = await cloud.inAccount<{ sites: readonly { id: string }[] }>('GET', '/sites')
    await cloud.inAccount('PATCH', `/sites/${sites[0]?.id}/devices/${MAC}`, edit('In the account'))
    await box.start()
    browser.complaints.length = 0
    await page.goto('about:blank')
    await page.goto(PAGE_URL)
    await page.getByRole('link', { name: 'Lobby', exact: true }).click()
    const open = async () =>
      (await cloud.inAccount<{ conflicts: readonly unknown[] }>('GET', CONFLICTS(sites))).conflicts
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBe(1)
    // Its name says how many there are, too.
    await page
      .getByRole('navigation', { name: 'Parts of the site' })
      .getByRole('link', { name: /^Conflicts/ })
      .click()
    await page.locator('mark', { hasText: 'label: In the account' }).waitFor()
    await shoot(page, 'cloud-conflict-desktop-light')
    expect(await violations(page)).toEqual([])
    await button('Take the other value').click()
    await page.getByText('The other value holds now.').waitFor()
    await page.getByText('No conflicts: every edit found its place.').waitFor()
    const label = async () =>
      (await box.api<{ lines: readonly { label?: string }[] }>(`/devices/${MAC}`)).lines[0]?.label
    await expect.poll(label, PATIENTLY).toBe('At the branch')
  }, 120_000)

  it('saves everything of the account as a file, and shows what taking it in would do', async () => {
    await link('Pages', 'Account').click()
    await link('Parts of the account', 'Out and in').click()
    const saved = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Save the file' }).click()
    await page.getByLabel('File of an account').setInputFiles(await (await saved).path())
    await button('See what would come of it').click()
    await page.locator('.outcome').getByText('is so already').first().waitFor()
  })

  it('keeps a passkey, which lets in alone from then on', async () => {
    const devices = await page.context().newCDPSession(page)
    await devices.send('WebAuthn.enable')
    const inside = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true }
    const options = { protocol: 'ctap2', transport: 'internal', automaticPresenceSimulation: true, ...inside } as const
    await devices.send('WebAuthn.addVirtualAuthenticator', { options })
    await page.getByRole('link', { name: 'Your sign-in' }).click()
    await button('Add a passkey').click()
    const form = page.getByRole('form', { name: 'Add a passkey' })
    await form.getByLabel('Name').fill('Laptop')
    // The proof of the sign-in may be too old by now, and is asked for again.
    browser.complaints.length = 0
    await form.getByRole('button', { name: 'Go on at the device' }).click()
    const again = page.getByRole('form', { name: 'Your password, please' })
    const kept = page.getByText('The passkey is kept')
    await again.or(kept).first().waitFor()
    if (await again.isVisible()) {
      await again.getByLabel('Password').fill(PASSWORD)
      await again.getByRole('button', { name: 'Go on' }).click()
      await kept.waitFor()
    }
    await page.locator('.history').getByText('Laptop').waitFor()
    await page.locator('.top .sign-out').click()
    await button('Sign in with a passkey').click()
    await page.getByRole('link', { name: 'Lobby', exact: true }).waitFor()
    browser.complaints.length = 0
  })

  it('invites somebody, who comes in by the link', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'People' }).click()
    await button('Invite somebody').click()
    const form = page.getByRole('form', { name: 'Invite somebody' })
    await form.getByLabel('E-mail address').fill('grace@example.net')
    await form.getByLabel('Lobby').check()
    await form.getByRole('button', { name: 'Invite' }).click()
    const link = (await page.getByRole('dialog').locator('.code pre').textContent()) ?? ''
    await button('Done').click()
    const guest = await browser.openAnyway(new URL(link).pathname.slice(1) + new URL(link).hash)
    await guest.getByLabel('Your name').fill('Grace')
    await guest.getByLabel('A new password').fill('another horse battery')
    await guest.getByRole('button', { name: 'Join' }).click()
    await guest.getByRole('link', { name: 'Lobby' }).waitFor()
    expect(await guest.getByRole('button', { name: 'Add a site' }).count()).toBe(0)
    await guest.close()
  })

  it.each(FORMS)(
    '$name: a picture of every screen, and axe ($axe) finds nothing',
    async ({ name, axe, ...form }) => {
      const { sites } = await cloud.inAccount<{ sites: readonly { id: string }[] }>('GET', '/sites')
      const { accounts } = await cloud.api<{ accounts: readonly { id: string }[] }>('GET', '/accounts')
      const base = `#/${accounts[0]?.id}`
      const site = `${base}/sites/${sites[0]?.id}`
      const device = `${site}/devices/${MAC}`
      const { rollouts } = await cloud.inAccount<{ rollouts: readonly { id: string }[] }>('GET', '/rollouts')
      const screens: readonly (readonly [string, string])[] = [
        ...([
          ['sites', base],
          ['choose', '#/choose'],
          ['claim', `${base}/claim`],
        ] as const),
        ...([
          ['site', site],
          ['site-box', `${site}/box`],
          ['site-conflicts', `${site}/conflicts`],
        ] as const),
        ...['people', 'settings', 'networks', 'templates'].map((tab) => [`site-${tab}`, `${site}/${tab}`] as const),
        ['template', `${base}/templates/yealink/settings.liquid`],
        ['me', '#/me'],
        ['fleet', `${base}/fleet`],
        ['rollout', `${base}/rollouts/${rollouts[0]?.id}`],
        ...['state', 'journey', 'record', 'lines', 'keys', 'settings', 'files', 'history'].map(
          (tab) => [`device-${tab}`, `${device}/${tab}`] as const,
        ),
        ...['', '/ended', '/rules', '/channels'].map(
          (tab) => [`alerts${tab.replace('/', '-')}`, `${base}/alerts${tab}`] as const,
        ),
        ...['settings', 'settings/group/lobby', 'templates', 'account', 'account/boxes', 'account/transfer'].map(
          (id) => [id.replaceAll('/', '-'), `${base}/${id}`] as const,
        ),
        ...['customers', 'people', 'reports', 'files', 'rollouts', 'tokens', 'audit', 'more', 'nowhere'].map(
          (id) => [id, `${base}/${id}`] as const,
        ),
      ]
      const storageState = await page.context().storageState()
      const looking = await browser.openAnyway(base, { ...form, storageState })
      const found: string[] = []
      for (const [screen, path] of screens) {
        await looking.goto(`${PAGE_URL}${path}`)
        await looking.locator('main h1').first().waitFor()
        await looking.waitForFunction(() => document.querySelector('.skeleton') === null)
        if (axe) for (const violation of await violations(looking)) found.push(`${screen}: ${violation}`)
        await shoot(looking, `cloud-${screen}-${name}`)
      }
      await looking.close({ runBeforeUnload: false })
      expect([...new Set(found)]).toEqual([])
    },
    300_000,
  )

  it('speaks German where the browser does', async () => {
    const storageState = await page.context().storageState()
    const german = await browser.openAnyway('', { locale: 'de-DE', storageState: { ...storageState, origins: [] } })
    await german.getByRole('heading', { name: 'Standorte', level: 1 }).waitFor()
    await shoot(german, 'cloud-sites-german')
    await german.close()
  })

  it('lets whoever signed out in no more, without a complaint on the way', async () => {
    expect(browser.complaints).toEqual([])
    await button('Sign out').click()
    await page.getByRole('form', { name: 'Sign in' }).waitFor()
  })

  it('weighs less than 150 KB gzip at the first load', () => {
    const first = readdirSync(BUILT).filter((name) => !name.startsWith('part-'))
    const bytes = first.reduce((sum, name) => sum + gzipSync(readFileSync(`${BUILT}${name}`)).length, 0)
    expect(first.length).toBe(4)
    expect(bytes).toBeLessThan(150_000)
  })
})
