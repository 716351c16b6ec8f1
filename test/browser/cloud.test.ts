import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
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
import { buildPage, FORMS, look, PageBrowser, shoot } from '../support/page-browser.ts'
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
  // Whoever works with it needs no mouse.
  let keys: ByKeyboard
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
    browser = await PageBrowser.inNamespace(lab, 'box', PAGE_URL, box.folder)
    page = await browser.openAnyway()
    keys = new ByKeyboard(page)
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
    await keys.type(form.getByLabel('E-mail address'), 'ada@example.net')
    await keys.type(form.getByLabel('Password'), 'wrong horse battery')
    await shoot(page, 'cloud-sign-in-desktop-light')
    expect(await violations(page)).toEqual([])
    // Nobody was signed in, which is what the page asked at first.
    await browser.refused(async () => {
      await keys.press(form.getByRole('button', { name: 'Sign in' }))
      await form.locator('.failed').waitFor()
    })
    browser.complaints.length = 0
    await keys.type(form.getByLabel('Password'), PASSWORD)
    await keys.press(form.getByRole('button', { name: 'Sign in' }))
    await page.getByText('There is no site yet.').waitFor()
  })

  it('claims a box by the code and the words that it shows', async () => {
    await keys.press(button('Add a site'))
    const form = page.getByRole('form', { name: 'Add a site' })
    await keys.type(form.getByLabel('Name'), 'Lobby')
    await keys.type(form.getByLabel('Time zone'), 'Europe/Berlin')
    await keys.press(form.getByRole('button', { name: 'Add' }))
    await page.getByRole('heading', { name: 'Lobby', level: 1 }).waitFor()
    type Unclaimed = Extract<CloudView, { state: 'unclaimed' }>
    const shown = () => box.api<Unclaimed>('/cloud')
    await expect.poll(async () => (await shown()).code, PATIENTLY).toBeDefined()
    const { code = '', phrase = '' } = await shown()
    await keys.open(`${PAGE_URL}claim`)
    await keys.type(page.getByLabel('Code', { exact: true }), code.toLowerCase())
    await keys.press(button('Find the box'))
    await keys.type(page.getByLabel('The three words that the box shows'), 'not those words at all')
    await keys.choose(page.getByLabel('Site', { exact: true }), 'Lobby')
    await browser.refused(async () => {
      await keys.press(button('Claim it'))
      await page.getByText('Those are not the words that the box shows.').waitFor()
    })
    await shoot(page, 'cloud-claim-desktop-light')
    await keys.type(page.getByLabel('The three words that the box shows'), phrase)
    await keys.press(button('Claim it'))
    await page.getByText('The box belongs to Phones now.').waitFor()
    await keys.press(page.getByRole('link', { name: 'To the site' }))
    await page.getByText('Online').first().waitFor()
  })

  it('sets a phone up, and sees it in sync when it has fetched', async () => {
    await keys.press(button('Add a phone'))
    const form = page.getByRole('form', { name: 'Add a phone' })
    for (const [label, text] of [
      ['MAC address', '805EC0005321'],
      ['Name', 'Lobby desk'],
      ['Vendor', 'yealink'],
      ['Model', 'SIP-T46U'],
    ] as const)
      await keys.type(form.getByLabel(label), text)
    await keys.press(form.getByRole('button', { name: 'Add' }))
    await page.getByRole('heading', { name: 'Lobby desk', level: 1 }).waitFor()
    await keys.press(page.getByRole('navigation', { name: 'Parts of the phone' }).getByRole('link', { name: 'Lines' }))
    await keys.press(button('Add a line'))
    await keys.type(page.getByLabel('SIP user', { exact: true }), '201')
    await keys.type(page.getByLabel('SIP password'), 'Qz9-typed-on-the-page')
    await keys.type(page.getByLabel('SIP server', { exact: true }), 'pbx.example')
    await keys.press(button('Save'))
    await page.getByText('Saved. The box gets it within seconds').waitFor()
    const fetched = async () => (await phone()).stdout
    await expect.poll(fetched, { ...PATIENTLY, interval: 2_000 }).toContain('account.1.user_name = 201')
    await page.locator('.head-line').getByText('In sync').waitFor()
  }, 150_000)

  it('edits it: pending until it has fetched, then in sync again', async () => {
    await keys.type(page.getByLabel('Label on the phone'), 'Porter')
    await page.keyboard.press('Control+s')
    await page.locator('.head-line').getByText('Pending').waitFor()
    await expect
      .poll(async () => (await phone()).stdout, { ...PATIENTLY, interval: 2_000 })
      .toContain('account.1.label = Porter')
    await page.locator('.head-line').getByText('In sync').waitFor()
    await keys.press(
      page.getByRole('navigation', { name: 'Parts of the phone' }).getByRole('link', { name: 'History' }),
    )
    await page.locator('.history .quiet', { hasText: 'Lines' }).first().waitFor()
  }, 150_000)

  it('edits many: shows what changes, and again when somebody was faster', async () => {
    await keys.press(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Fleet' }))
    await keys.tick(page.getByRole('checkbox', { name: 'Choose all' }))
    await keys.press(button('Edit them'))
    const dialog = page.getByRole('dialog', { name: 'Edit many phones' })
    await keys.choose(dialog.getByLabel('What shall be changed'), 'Group')
    await keys.type(dialog.getByLabel('Group', { exact: true }), 'lobby')
    await keys.press(dialog.getByRole('button', { name: 'See what changes' }))
    await dialog.getByText('for 1 of them something changes').waitFor()
    await shoot(page, 'cloud-bulk-desktop-light')
    const { sites } = await cloud.inAccount<{ sites: readonly { id: string }[] }>('GET', '/sites')
    await cloud.inAccount('PATCH', `/sites/${sites[0]?.id}/devices/${MAC}`, { notes: 'behind the plant' })
    await browser.refused(async () => {
      await keys.press(dialog.getByRole('button', { name: 'Change 1 record' }))
      await dialog.getByText('Something of it was changed meanwhile.').waitFor()
    })
    await keys.press(dialog.getByRole('button', { name: 'Change 1 record' }))
    await page.getByText('1 record is changed.').waitFor()
    await expect.poll(async () => (await box.api<{ group?: string }>(`/devices/${MAC}`)).group, PATIENTLY).toBe('lobby')
    // No file of the phone is another one by that: account and box say so both.
    const known = async () => {
      await box.told('cloud', 'sync')
      return (await cloud.inAccount<{ devices: readonly object[] }>('GET', '/fleet/devices')).devices[0]
    }
    const verdictText = expect.stringContaining('which made no new file for it')
    await expect.poll(known, PATIENTLY).toMatchObject({ drift: 'in-sync', verdict: 'configured', verdictText })
  })

  it('has the box tell what it knows: a file of the phone without its secret, and how it is itself', async () => {
    await keys.press(page.getByRole('link', { name: 'Lobby desk' }))
    await keys.press(button('See its file'))
    await page.locator('.outcome').getByText('account.1.user_name = 201').waitFor()
    expect(await page.locator('.outcome').textContent()).not.toContain('Qz9-typed-on-the-page')
    await keys.press(button('Ask the box about it'))
    await page.locator('.outcome .history li').first().waitFor()
    await shoot(page, 'cloud-hands-desktop-light')
    await keys.press(page.getByRole('link', { name: 'Lobby', exact: true }))
    await keys.press(page.getByRole('navigation', { name: 'Parts of the site' }).getByRole('link', { name: 'Box' }))
    await keys.press(button('Have the box look itself over'))
    await page.locator('.outcome .history li').first().waitFor({ timeout: 60_000 })
    expect(await violations(page)).toEqual([])
    await shoot(page, 'cloud-checks-desktop-light')
  }, 120_000)

  it('gives a file to boxes, and rolls firmware out ring by ring after a look at what it would do', async () => {
    const rom = 'T46U(T43U,T46U,T41U,T48U,T42U)-108.87.0.15.rom'
    await writeFile(join(box.folder, rom), 'firmware')
    await cloud.upload(rom, join(box.folder, rom))
    await keys.press(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Files' }))
    await keys.press(page.getByRole('button', { name: `Give to boxes: ${rom}` }))
    await keys.type(page.getByRole('dialog').getByLabel('Name at the boxes'), 'fw/T46U.rom')
    expect(await violations(page)).toEqual([])
    await keys.press(button('Give it to all sites'))
    await keys.press(page.getByRole('region', { name: 'At boxes' }).locator('summary', { hasText: 'Site by site' }))
    await page.getByRole('region', { name: 'At boxes' }).getByText('Lobby').waitFor()
    await keys.press(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Rollouts' }))
    await keys.press(button('New rollout'))
    await keys.type(page.getByRole('dialog').getByLabel('Models'), 'yealink')
    await keys.type(page.getByRole('dialog').getByLabel('Name', { exact: true }), 'May')
    await keys.press(button('See what it would do'))
    await page.getByRole('dialog').getByText('ring 1: 1 site, 1 phone').waitFor()
    expect(await violations(page)).toEqual([])
    await shoot(page, 'cloud-rollout-new-desktop-light')
    await keys.press(button('Begin with 1 site'))
    await page.getByRole('heading', { name: 'May', level: 1 }).waitFor()
    const phones = page
      .getByRole('region', { name: 'Site by site' })
      .locator('summary', { hasText: 'Phone by phone (1)' })
    await phones.waitFor({ timeout: 60_000 })
    await keys.press(phones)
    await page.getByRole('region', { name: 'Site by site' }).getByText(MAC).waitFor()
    await shoot(page, 'cloud-rollout-desktop-light')
    await keys.press(button('Cancel'))
    await keys.press(button('Cancel the rollout'))
    await page.locator('main .page-head').getByText('Cancelled').waitFor()
  }, 150_000)

  it('says for all sites what holds there, and shows first which phones it changes', async () => {
    await keys.press(link('Pages', 'Settings'))
    await keys.type(page.getByLabel('Find a setting'), 'display.idleText')
    await keys.press(page.getByRole('button', { name: 'Change here: display.idleText' }))
    await keys.type(page.getByLabel('display.idleText', { exact: true }), 'Branchline')
    await keys.press(button('See what changes, then save'))
    await page.getByRole('dialog').getByText('1 phone gets something else.').waitFor()
    await shoot(page, 'cloud-settings-effect-desktop-light')
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Save' }))
    await page.getByText('Saved. Phones get it when they fetch again.').waitFor()
    type Layers = { layers: readonly { settings: Record<string, string> }[] }
    const idle = async () => (await box.api<Layers>('/layers/site')).layers[0]?.settings['display.idleText']
    await expect.poll(idle, PATIENTLY).toBe('Branchline')
    await keys.press(link('Pages', 'Sites'))
    await keys.press(page.getByRole('link', { name: 'Lobby', exact: true }))
    await keys.press(link('Parts of the site', 'Settings'))
    await page.getByText('This is what the account says for all of its sites.').waitFor()
    await keys.type(page.getByLabel('Find a setting'), 'display.idleText')
    await keys.press(page.getByRole('button', { name: 'Change here: display.idleText' }))
    await keys.type(page.getByLabel('display.idleText', { exact: true }), 'Lobby')
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByText('1 phone gets something else.').waitFor()
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Save' }))
    await expect.poll(idle, PATIENTLY).toBe('Lobby')
    await keys.press(button('Take it away'))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Take it away' }))
    await expect.poll(idle, PATIENTLY).toBe('Branchline')
  }, 90_000)

  it('sets a key of a phone by keyboard alone, sees the file before it is saved, and takes the change back', async () => {
    await keys.find('lobby desk', /^Keys: Lobby desk/)
    await keys.reach(page.locator('.keypad .key').first())
    await keys.keys('ArrowDown', 'Enter')
    await page.waitForFunction(() => document.activeElement?.tagName === 'SELECT')
    await keys.choose(page.getByLabel('What it does'), 'Speed')
    await keys.type(page.getByRole('combobox', { name: 'Number or person' }), '0301')
    await keys.press(button('What the phone will get'))
    await page.locator('.line.new', { hasText: 'linekey.2.value = 0301' }).waitFor()
    await shoot(page, 'cloud-difference-desktop-light')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+s')
    await page.getByText('Saved. The box gets it within seconds').waitFor()
    const stored = async () => (await box.api<{ keys: readonly { value?: string }[] }>(`/devices/${MAC}`)).keys
    await expect.poll(async () => (await stored())[0]?.value, PATIENTLY).toBe('0301')
    await keys.press(link('Parts of the phone', 'History'))
    await keys.press(button('Take a change back …'))
    await keys.press(page.locator('ol.history li', { hasText: 'keys' }).getByRole('button', { name: 'Take it back' }))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Take it back' }))
    await page.getByText('The change is taken back.').waitFor()
    await expect.poll(async () => (await stored()).length, PATIENTLY).toBe(0)
  }, 90_000)

  it('writes a text of its own: told where it is wrong, tried at a phone, then in use at the branch', async () => {
    await keys.press(link('Pages', 'Templates'))
    await keys.press(page.locator('summary', { hasText: 'Yealink' }))
    await keys.press(page.getByRole('link', { name: 'settings.liquid' }).first())
    const text = page.getByLabel('Text of settings.liquid')
    const before = await text.inputValue()
    await keys.paste(text, `${before}\n{% if %}`)
    await page.locator('.template-faults .fault').first().waitFor()
    expect(await button('Put it into use').isDisabled()).toBe(true)
    await keys.paste(text, `${before}\nphone.made_up = 7\n`)
    await expect.poll(() => button('Put it into use').isEnabled(), PATIENTLY).toBe(true)
    await keys.press(button('See it at this phone'))
    await page.locator('.line.new', { hasText: 'phone.made_up = 7' }).waitFor()
    await shoot(page, 'cloud-template-tried-desktop-light')
    await keys.press(button('Put it into use'))
    await page.getByText('In use: the next file').waitFor()
    await expect.poll(() => box.rendered(MAC), PATIENTLY).toContain('phone.made_up = 7')
    await keys.press(button('Take it away'))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Take it away' }))
    await expect.poll(() => box.rendered(MAC), PATIENTLY).not.toContain('made_up')
    await keys.press(button('Versions'))
    await keys.press(button('See the texts that Lobby had'))
    await keys.press(page.getByRole('button', { name: /^Look at it/ }))
    await keys.press(button('Put it into the editor'))
    expect(await text.inputValue()).toContain('phone.made_up = 7')
    await keys.press(button('Discard'))
  }, 90_000)

  it('gives the sites a pack, sees it in use, and takes it away', async () => {
    const file = join(box.folder, 'acme-1.pack')
    await writeFile(file, packOf(signing.pem, inFolder('acme', madeUpVendor('x = 1\n'))))
    await keys.press(link('Pages', 'Templates'))
    await keys.press(button('Give all sites a pack'))
    const dialog = page.getByRole('dialog', { name: 'Give all sites a pack' })
    await keys.file(dialog.getByLabel('Or store another'), file)
    await dialog.getByText('Signed by key').waitFor()
    await keys.press(button('Check it and give it'))
    await page.getByText('acme 1 goes to the boxes.').waitFor()
    await keys.press(button('How far each site is'))
    const again = async () => {
      // The box tells what it has now rather than with its next report.
      await box.told('cloud', 'sync')
      await keys.press(button('Look again'))
      return page.locator('.history .badge').first().textContent()
    }
    await expect.poll(again, PATIENTLY).toBe('in use')
    await shoot(page, 'cloud-packs-desktop-light')
    await keys.press(page.getByRole('button', { name: 'Take it away acme' }))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Take it away' }))
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
    const left = async () => {
      // It says how far it is when it asks the next time: now rather than in its turn among all that start.
      await box.told('cloud', 'sync')
      return waits.count()
    }
    await expect.poll(left, { ...PATIENTLY, interval: 500 }).toBe(0)
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
    await keys.open(PAGE_URL)
    await keys.press(page.getByRole('link', { name: 'Lobby', exact: true }))
    const open = async () =>
      (await cloud.inAccount<{ conflicts: readonly unknown[] }>('GET', CONFLICTS(sites))).conflicts
    await expect.poll(async () => (await open()).length, { timeout: 60_000 }).toBe(1)
    // Its name says how many there are, too.
    await keys.press(
      page.getByRole('navigation', { name: 'Parts of the site' }).getByRole('link', { name: /^Conflicts/ }),
    )
    await page.locator('mark', { hasText: 'label: In the account' }).waitFor()
    await shoot(page, 'cloud-conflict-desktop-light')
    expect(await violations(page)).toEqual([])
    await keys.press(button('Take the other value'))
    await page.getByText('The other value holds now.').waitFor()
    await page.getByText('No conflicts: every edit found its place.').waitFor()
    const label = async () =>
      (await box.api<{ lines: readonly { label?: string }[] }>(`/devices/${MAC}`)).lines[0]?.label
    await expect.poll(label, PATIENTLY).toBe('At the branch')
  }, 120_000)

  it('saves everything of the account as a file, and shows what taking it in would do', async () => {
    await keys.press(link('Pages', 'Account'))
    await keys.press(link('Parts of the account', 'Out and in'))
    const saved = await keys.save(page.getByRole('link', { name: 'Save the file' }))
    await keys.file(page.getByLabel('File of an account'), saved)
    await keys.press(button('See what would come of it'))
    await page.locator('.outcome').getByText('is so already').first().waitFor()
  })

  it('keeps a passkey, which lets in alone from then on', async () => {
    const devices = await page.context().newCDPSession(page)
    await devices.send('WebAuthn.enable')
    const inside = { hasResidentKey: true, hasUserVerification: true, isUserVerified: true }
    const options = { protocol: 'ctap2', transport: 'internal', automaticPresenceSimulation: true, ...inside } as const
    await devices.send('WebAuthn.addVirtualAuthenticator', { options })
    await keys.press(page.getByRole('link', { name: 'Your sign-in' }))
    await keys.press(button('Add a passkey'))
    const form = page.getByRole('form', { name: 'Add a passkey' })
    await keys.type(form.getByLabel('Name'), 'Laptop')
    // The proof of the sign-in may be too old by now, and is asked for again.
    browser.complaints.length = 0
    await keys.press(form.getByRole('button', { name: 'Go on at the device' }))
    const again = page.getByRole('form', { name: 'Your password, please' })
    const kept = page.getByText('The passkey is kept')
    await again.or(kept).first().waitFor()
    if (await again.isVisible()) {
      await keys.type(again.getByLabel('Password'), PASSWORD)
      await keys.press(again.getByRole('button', { name: 'Go on' }))
      await kept.waitFor()
    }
    await page.locator('.history').getByText('Laptop').waitFor()
    await keys.press(page.locator('.top .sign-out'))
    await keys.press(button('Sign in with a passkey'))
    await page.getByRole('link', { name: 'Lobby', exact: true }).waitFor()
    browser.complaints.length = 0
  })

  it('invites somebody, who comes in by the link', async () => {
    await keys.press(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'People' }))
    await keys.press(button('Invite somebody'))
    const form = page.getByRole('form', { name: 'Invite somebody' })
    await keys.type(form.getByLabel('E-mail address'), 'grace@example.net')
    await keys.tick(form.getByLabel('Lobby'))
    await keys.press(form.getByRole('button', { name: 'Invite' }))
    const link = (await page.getByRole('dialog').locator('.code pre').textContent()) ?? ''
    await keys.press(button('Done'))
    const guest = await browser.openAnyway(new URL(link).pathname.slice(1) + new URL(link).hash)
    const typing = new ByKeyboard(guest)
    await typing.type(guest.getByLabel('Your name'), 'Grace')
    await typing.type(guest.getByLabel('A new password'), 'another horse battery')
    await typing.press(guest.getByRole('button', { name: 'Join' }))
    await guest.getByRole('link', { name: 'Lobby' }).waitFor()
    expect(await guest.getByRole('button', { name: 'Add a site' }).count()).toBe(0)
    await guest.close()
  })

  it('says who is told of alerts and what opens one, and lets a program in and out', async () => {
    await keys.press(link('Pages', 'Alerts'))
    await keys.press(link('Parts of alerts', 'Rules'))
    const rule = page.locator('main').getByRole('form').first()
    const opens = rule.getByLabel('Opens an alert')
    const before = await opens.isChecked()
    await keys.reach(opens)
    await keys.keys('Space')
    await keys.press(rule.getByRole('button', { name: 'Save' }))
    await page.getByText('Saved.', { exact: true }).waitFor()
    await keys.press(link('Parts of alerts', 'Channels'))
    await keys.press(button('Add a channel'))
    const channel = page.getByRole('dialog').getByRole('form', { name: 'Add a channel' })
    await keys.type(channel.getByLabel('Name'), 'Night watch')
    await keys.type(channel.getByLabel('E-mail address'), 'watch@example.net')
    await keys.press(channel.getByRole('button', { name: 'Add' }))
    await keys.press(button('Switch off: Night watch'))
    await button('Switch on: Night watch').waitFor()
    type Alerting = { rules: readonly { enabled: boolean }[]; channels: readonly { name: string; enabled: boolean }[] }
    const { channels } = await cloud.inAccount<Alerting>('GET', '/alert-channels')
    expect(channels).toMatchObject([{ name: 'Night watch', enabled: false }])
    expect((await cloud.inAccount<Alerting>('GET', '/alert-rules')).rules[0]?.enabled).toBe(!before)
    await keys.press(button('Remove: Night watch'))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Remove' }))
    await page.getByText('Alerts go nowhere yet').waitFor()

    await keys.find('tokens', /API tokens/)
    await keys.press(button('Make a token'))
    await keys.type(page.getByRole('dialog').getByLabel('Name'), 'Inventory')
    await keys.choose(page.getByRole('dialog').getByLabel('It lasts'), '1 day')
    await keys.tick(page.getByRole('dialog').getByLabel('alerts:read'))
    await keys.press(button('Make it'))
    await page.getByRole('dialog', { name: 'The token' }).locator('pre').waitFor()
    await keys.press(button('Done'))
    await keys.press(button('End it: Inventory'))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'End it' }))
    await page.getByText('There is no token.').waitFor()
  })

  /** Every screen, by the name of its picture. */
  async function listScreens(): Promise<readonly (readonly [string, string])[]> {
    const { sites } = await cloud.inAccount<{ sites: readonly { id: string }[] }>('GET', '/sites')
    const { accounts } = await cloud.api<{ accounts: readonly { id: string }[] }>('GET', '/accounts')
    const base = `#/${accounts[0]?.id}`
    const site = `${base}/sites/${sites[0]?.id}`
    const device = `${site}/devices/${MAC}`
    const { rollouts } = await cloud.inAccount<{ rollouts: readonly { id: string }[] }>('GET', '/rollouts')
    return [
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
  }
  let screens: ReturnType<typeof listScreens> | undefined

  // At once: each has a page, and so a processor, of its own.
  it.concurrent.each(FORMS)(
    '$name: a picture of every screen, light and dark, and axe ($axe) finds nothing',
    async (form) => {
      screens ??= listScreens()
      const storageState = await page.context().storageState()
      const looking = await browser.openAnyway('', { viewport: form.viewport, storageState })
      const found: string[] = []
      for (const [screen, path] of await screens) {
        await looking.goto(`${PAGE_URL}${path}`)
        await looking.locator('main h1').first().waitFor()
        await looking.waitForFunction(() => document.querySelector('.skeleton') === null)
        found.push(...(await look(looking, `cloud-${screen}`, form)))
        if (form.name === 'phone') found.push(...(await new ByKeyboard(looking).round()))
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
    await keys.press(button('Sign out'))
    await page.getByRole('form', { name: 'Sign in' }).waitFor()
  })

  it('weighs less than 150 KB gzip at the first load', () => {
    const first = readdirSync(BUILT).filter((name) => !name.startsWith('part-'))
    const bytes = first.reduce((sum, name) => sum + gzipSync(readFileSync(`${BUILT}${name}`)).length, 0)
    expect(first.length).toBe(4)
    expect(bytes).toBeLessThan(150_000)
  })
})
