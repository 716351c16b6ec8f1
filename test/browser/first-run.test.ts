import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { buildPage, PageBrowser, shoot } from '../support/page-browser.ts'

const PASSWORD = 'correct horse battery'

//   box 192.0.2.1 ──┬── router 192.0.2.254, a DHCP server (dnsmasq)
//                   └── desk 192.0.2.7, the browser of whoever sets the box up
describeOrSkip('the first run on a network with a DHCP server', ['namespaces', 'dnsmasq', 'lldpd', 'chromium'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let browser: PageBrowser
  let page: Page
  let keys: ByKeyboard

  beforeAll(async () => {
    await buildPage()
    await office(lab, { router: { address: '192.0.2.254/24' }, desk: { address: '192.0.2.7/24' } })
    box = await BoxUnderTest.make(lab, { admin: { listen: 'lan' } })
    const leases = join(box.folder, 'leases')
    lab.start('router', [
      ...['dnsmasq', '--no-daemon', '--port=0', '--interface=eth0', '--bind-interfaces', '--no-ping'],
      ...['--dhcp-range=192.0.2.200,192.0.2.220,1h', `--dhcp-leasefile=${leases}`, '--conf-file=/dev/null'],
    ])
    await plugIntoSwitch(lab, box.folder)
    await box.start()
    // The browser is a machine of that network: it sees the box as an installer's notebook does.
    browser = await PageBrowser.inNamespace(lab, 'desk', 'https://192.0.2.1:8443/', box.folder)
    page = await browser.openAnyway('', { ignoreHTTPSErrors: true })
    // Whoever sets it up needs no mouse.
    keys = new ByKeyboard(page)
  })
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await box?.[Symbol.asyncDispose]()
    await lab[Symbol.asyncDispose]()
  })
  const dhcp = async () => (await box.api<{ interfaces: { name: string; mode: string }[] }>('/dhcp')).interfaces

  it('makes the first account with the code that the box printed, and with no other', async () => {
    const form = page.getByRole('form', { name: 'First account' })
    const { setupCode = '' } = await box.api<{ setupCode?: string }>('/trust')
    await keys.type(form.getByLabel('Name'), 'maria')
    await keys.type(form.getByLabel('Password', { exact: true }), PASSWORD)
    await keys.type(form.getByLabel('Password again'), 'something else')
    await keys.type(form.getByLabel('Setup code'), 'AAAA-AAAA')
    await keys.press(form.getByRole('button', { name: 'Make the account' }))
    await form.getByText('The two passwords differ.').waitFor()
    await keys.type(form.getByLabel('Password again'), PASSWORD)
    await shoot(page, 'first-account-desktop-light')
    await browser.refused(async () => {
      await keys.press(form.getByRole('button', { name: 'Make the account' }))
      await form.getByText('The setup code is not right.').waitFor()
    })
    await keys.type(form.getByLabel('Setup code'), setupCode)
    await keys.press(form.getByRole('button', { name: 'Make the account' }))
    await page.getByRole('heading', { name: 'First steps', level: 1 }).waitFor()
    const { accounts } = await box.api<{ accounts: { name: string; role: string }[] }>('/accounts')
    expect(accounts).toMatchObject([{ name: 'maria', role: 'owner' }])
  })

  it('hears the other server, recommends to leave it everything but phones, and does that', async () => {
    await page.getByRole('heading', { name: 'Network', level: 2 }).waitFor()
    await page.getByText('Another DHCP server answers here: 192.0.2.254').first().waitFor()
    await page.getByText('Plugged into sw-lobby, port box.').waitFor()
    await page.getByText('Phones at such a port go to VLAN 20, where they do not hear this box.').waitFor()
    const choice = page.locator('.choice', { hasText: 'Recommended' })
    await choice.getByText('Another server (192.0.2.254) gives addresses here').waitFor()
    expect(await choice.getByRole('radio').isChecked()).toBe(true)
    await shoot(page, 'first-network-desktop-light')
    expect((await dhcp())[0]?.mode).toBe('off')
    await keys.press(page.getByRole('button', { name: 'Do it and go on' }))
    await page.getByRole('heading', { name: 'Telephone system', level: 2 }).waitFor()
    await expect.poll(dhcp, PATIENTLY).toContainEqual(expect.objectContaining({ name: 'eth0', mode: 'phones-only' }))
  })

  it('can be left, says on the overview how far it is, and goes on where it was', async () => {
    await keys.press(page.getByRole('link', { name: 'Later' }))
    await page.getByText('This box is not set up yet: 3 of 4 steps are done.').waitFor()
    await page.reload()
    await page.getByText('Next: Telephone system.').waitFor()
    await keys.press(page.getByRole('link', { name: 'Go on with it' }))
    await page.getByRole('heading', { name: 'Telephone system', level: 2 }).waitFor()
  })

  it('says at the field what is wrong with it, and stores the SIP server for the whole site', async () => {
    await keys.type(page.getByLabel('SIP server', { exact: true }), 'not a host')
    await browser.refused(async () => {
      await keys.press(page.getByRole('button', { name: 'Save and go on' }))
      await page.locator('.field .fault').first().waitFor()
    })
    expect(await page.getByLabel('SIP server', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    await keys.type(page.getByLabel('SIP server', { exact: true }), 'pbx.example.net')
    await keys.type(page.getByLabel('Time zone'), 'Europe/Berlin')
    await keys.press(page.getByRole('button', { name: 'Save and go on' }))
    await page.getByRole('heading', { name: 'Central account', level: 2 }).waitFor()
    const { settings } = await box.api<{ settings: Record<string, unknown> }>('/layers/site/site')
    expect(settings).toMatchObject({
      'sip.server': 'pbx.example.net',
      timezone: 'Europe/Berlin',
      'sip.transport': 'udp',
    })
  })

  it('works alone, and says what comes next', async () => {
    await page.getByText('This box works alone.').waitFor()
    await keys.type(page.getByLabel('Address of the account'), 'http://cloud.example')
    await browser.refused(async () => {
      await keys.press(page.getByRole('button', { name: 'Join this account' }))
      await page.getByText('must begin with https://').waitFor()
    })
    await keys.press(page.getByRole('button', { name: 'Work alone for now' }))
    await page.getByRole('heading', { name: 'The box is ready.' }).waitFor()
    await keys.press(page.getByRole('button', { name: 'To the overview' }))
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    expect(await page.locator('.reminder').count()).toBe(0)
  })

  it('lets each choice be changed later: another range, a reservation, another mode', async () => {
    await keys.press(page.locator('.places').getByRole('link', { name: 'Network' }))
    await keys.press(page.getByRole('button', { name: 'Change eth0' }).last())
    const edit = page.getByRole('dialog', { name: 'Network 192.0.2.0/24' })
    await keys.type(edit.getByLabel('Ranges of addresses'), '198.51.100.1-198.51.100.9')
    await browser.refused(async () => {
      await keys.press(edit.getByRole('button', { name: 'Save' }))
      await edit.getByText('range lies outside 192.0.2.0/24', { exact: true }).waitFor()
    })
    await keys.type(edit.getByLabel('Ranges of addresses'), '192.0.2.30-192.0.2.49')
    await keys.press(edit.getByRole('button', { name: 'Save' }))
    await page.getByText('0 of 20 addresses leased').waitFor()
    await keys.press(page.getByRole('button', { name: 'Take it back' }))
    await page.getByText('The change is taken back.').waitFor()
    await page.getByText('0 of 20 addresses leased').waitFor({ state: 'detached' })

    const network = page.locator('.network')
    await keys.press(network.locator('summary', { hasText: 'DHCP options' }))
    await keys.press(network.getByRole('button', { name: 'Add a DHCP option' }))
    const option = page.getByRole('dialog', { name: 'Add a DHCP option' })
    await keys.type(option.getByLabel('Number'), '51')
    await keys.type(option.getByLabel('Value'), 'x')
    await page.keyboard.press('Enter')
    await option.getByText('Option 51 is set by the protocol itself.').waitFor()
    await keys.type(option.getByLabel('Number'), '160')
    await keys.type(option.getByLabel('Value'), 'http://192.0.2.1/poly')
    await keys.tick(option.getByLabel('Send it also to devices that do not ask for it'))
    await keys.press(option.getByRole('button', { name: 'Save' }))
    await network.getByText('http://192.0.2.1/poly').waitFor()
    const { networks } = await box.api<{ networks: { options: object[] }[] }>('/dhcp/networks')
    const stored = { code: 160, type: 'text', value: 'http://192.0.2.1/poly', always: true }
    expect(networks[0]?.options).toEqual([stored])

    await keys.press(network.locator('summary', { hasText: 'Reservations' }))
    const form = page.getByRole('form', { name: 'Keep an address for a device' })
    await keys.type(form.getByLabel('MAC address'), '80-5E-C0-12-34-56')
    await keys.type(form.getByLabel('Address', { exact: true }), '192.0.2.40')
    await keys.press(form.getByRole('button', { name: 'Keep it' }))
    await page.getByRole('link', { name: '80:5e:c0:12:34:56' }).waitFor()
    await shoot(page, 'network-real-desktop-light')

    await keys.press(page.getByRole('button', { name: 'Change eth0' }).first())
    const mode = page.getByRole('dialog', { name: 'DHCP on eth0' })
    await keys.one(mode.getByLabel('The box gives no addresses'))
    await keys.press(mode.getByRole('button', { name: 'Do it' }))
    await page.getByText('DHCP on eth0 is changed.').waitFor()
    await expect.poll(dhcp, PATIENTLY).toContainEqual(expect.objectContaining({ name: 'eth0', mode: 'off' }))
    await keys.press(page.getByRole('button', { name: 'Who else gives addresses?' }))
    await page.getByText('Heard: 192.0.2.254').waitFor()
    const lines = page.locator('section:has(#own-server)')
    for (const [kind, text] of [
      ['ISC dhcpd', 'option tftp-server-name "http://192.0.2.1/";'],
      ['dnsmasq, OpenWrt', 'dhcp-option-force=66,"http://192.0.2.1/"'],
    ] as const) {
      await keys.choose(lines.getByLabel('Kind of server'), kind)
      await lines.getByText(text).waitFor()
    }
  })

  it('never complained: no console error, no failed request', () => {
    expect(browser.complaints).toEqual([])
  })
})

/** The switch tells of itself, and of a VLAN for voice, as one by Cisco, HPE or Ubiquiti does. */
async function plugIntoSwitch(lab: Namespaces, folder: string): Promise<void> {
  const socket = join(folder, 'lldp')
  // Its command line belongs to a user of its own (setuid), who has to get there.
  await chmod(folder, 0o755)
  lab.start('switch', ['lldpd', '-d', '-u', socket, '-M', '4', '-I', 'box', '-S', 'A switch'])
  const say = (words: string) => lab.run('switch', ['lldpcli', '-u', socket, ...words.split(' ')])
  for (let tries = 0; (await say('show chassis')).code !== 0 && tries < 100; tries++) await Bun.sleep(100)
  await say('configure system hostname sw-lobby')
  await say('configure med policy application voice vlan 20 tagged priority voice dscp 46')
  await say('configure lldp tx-interval 1')
}
