import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { buildPage, CHROMIUM, PageBrowser, shoot } from '../support/page-browser.ts'

const PASSWORD = 'correct horse battery'

//   box 192.0.2.1 ──┬── router 192.0.2.254, a DHCP server (dnsmasq)
//                   └── desk 192.0.2.7, the browser of whoever sets the box up
describeOrSkip('the first run on a network with a DHCP server', ['namespaces', 'dnsmasq', 'chromium'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let browser: PageBrowser
  let page: Page

  beforeAll(async () => {
    await buildPage()
    await office(lab, { router: { address: '192.0.2.254/24' }, desk: { address: '192.0.2.7/24' } })
    box = await BoxUnderTest.make(lab, { admin: { listen: 'lan' } })
    const leases = join(box.folder, 'leases')
    lab.start('router', [
      ...['dnsmasq', '--no-daemon', '--port=0', '--interface=eth0', '--bind-interfaces', '--no-ping'],
      ...['--dhcp-range=192.0.2.200,192.0.2.220,1h', `--dhcp-leasefile=${leases}`, '--conf-file=/dev/null'],
    ])
    await box.start()
    // The browser is a machine of that network: it sees the box as an installer's notebook does.
    const program = join(box.folder, 'browser')
    await writeFile(program, `#!/bin/sh\nexec ip netns exec ${lab.nameOf('desk')} ${CHROMIUM} "$@"\n`)
    await chmod(program, 0o755)
    browser = await PageBrowser.start('https://192.0.2.1:8443/', { program })
    page = await browser.openAnyway('', { ignoreHTTPSErrors: true })
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
    await form.getByLabel('Name').fill('maria')
    await form.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await form.getByLabel('Password again').fill('something else')
    await form.getByLabel('Setup code').fill('AAAA-AAAA')
    await form.getByRole('button', { name: 'Make the account' }).click()
    await form.getByText('The two passwords differ.').waitFor()
    await form.getByLabel('Password again').fill(PASSWORD)
    await shoot(page, 'first-account-desktop-light')
    await browser.refused(async () => {
      await form.getByRole('button', { name: 'Make the account' }).click()
      await form.getByText('The setup code is not right.').waitFor()
    })
    await form.getByLabel('Setup code').fill(setupCode)
    await form.getByRole('button', { name: 'Make the account' }).click()
    await page.getByRole('heading', { name: 'First steps', level: 1 }).waitFor()
    const { accounts } = await box.api<{ accounts: { name: string; role: string }[] }>('/accounts')
    expect(accounts).toMatchObject([{ name: 'maria', role: 'owner' }])
  })

  it('hears the other server, recommends to leave it everything but phones, and does that', async () => {
    await page.getByRole('heading', { name: 'Network', level: 2 }).waitFor()
    await page.getByText('Another DHCP server answers here: 192.0.2.254').first().waitFor()
    const choice = page.locator('.choice', { hasText: 'Recommended' })
    await choice.getByText('Another server (192.0.2.254) gives addresses here').waitFor()
    expect(await choice.getByRole('radio').isChecked()).toBe(true)
    await shoot(page, 'first-network-desktop-light')
    expect((await dhcp())[0]?.mode).toBe('off')
    await page.getByRole('button', { name: 'Do it and go on' }).click()
    await page.getByRole('heading', { name: 'Telephone system', level: 2 }).waitFor()
    await expect.poll(dhcp, PATIENTLY).toContainEqual(expect.objectContaining({ name: 'eth0', mode: 'phones-only' }))
  })

  it('can be left, says on the overview how far it is, and goes on where it was', async () => {
    await page.getByRole('link', { name: 'Later' }).click()
    await page.getByText('This box is not set up yet: 3 of 4 steps are done.').waitFor()
    await page.reload()
    await page.getByText('Next: Telephone system.').waitFor()
    await page.getByRole('link', { name: 'Go on with it' }).click()
    await page.getByRole('heading', { name: 'Telephone system', level: 2 }).waitFor()
  })

  it('says at the field what is wrong with it, and stores the SIP server for the whole site', async () => {
    await page.getByLabel('SIP server', { exact: true }).fill('not a host')
    await browser.refused(async () => {
      await page.getByRole('button', { name: 'Save and go on' }).click()
      await page.locator('.field .fault').first().waitFor()
    })
    expect(await page.getByLabel('SIP server', { exact: true }).getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('SIP server', { exact: true }).fill('pbx.example.net')
    await page.getByLabel('Time zone').fill('Europe/Berlin')
    await page.getByRole('button', { name: 'Save and go on' }).click()
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
    await page.getByRole('button', { name: 'Work alone for now' }).click()
    await page.getByRole('heading', { name: 'The box is ready.' }).waitFor()
    await page.getByRole('button', { name: 'To the overview' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    expect(await page.locator('.reminder').count()).toBe(0)
  })

  it('lets each choice be changed later: another range, a reservation, another mode', async () => {
    await page.locator('.places').getByRole('link', { name: 'Network' }).click()
    await page.getByRole('button', { name: 'Change eth0' }).last().click()
    const edit = page.getByRole('dialog', { name: 'Network 192.0.2.0/24' })
    await edit.getByLabel('Ranges of addresses').fill('198.51.100.1-198.51.100.9')
    await browser.refused(async () => {
      await edit.getByRole('button', { name: 'Save' }).click()
      await edit.getByText('range lies outside 192.0.2.0/24', { exact: true }).waitFor()
    })
    await edit.getByLabel('Ranges of addresses').fill('192.0.2.30-192.0.2.49')
    await edit.getByRole('button', { name: 'Save' }).click()
    await page.getByText('0 of 20 addresses leased').waitFor()

    await page.getByText('Reservations').click()
    const form = page.getByRole('form', { name: 'Keep an address for a device' })
    await form.getByLabel('MAC address').fill('80-5E-C0-12-34-56')
    await form.getByLabel('Address', { exact: true }).fill('192.0.2.40')
    await form.getByRole('button', { name: 'Keep it' }).click()
    await page.getByRole('link', { name: '80:5e:c0:12:34:56' }).waitFor()
    await shoot(page, 'network-real-desktop-light')

    await page.getByRole('button', { name: 'Change eth0' }).first().click()
    const mode = page.getByRole('dialog', { name: 'DHCP on eth0' })
    await mode.getByLabel('The box gives no addresses').check()
    await mode.getByRole('button', { name: 'Do it' }).click()
    await page.getByText('DHCP on eth0 is changed.').waitFor()
    await expect.poll(dhcp, PATIENTLY).toContainEqual(expect.objectContaining({ name: 'eth0', mode: 'off' }))
    await page.getByRole('button', { name: 'Who else gives addresses?' }).click()
    await page.getByText('Heard: 192.0.2.254').waitFor()
    const lines = page.locator('section:has(#own-server)')
    for (const [kind, text] of [
      ['ISC dhcpd', 'option tftp-server-name "http://192.0.2.1/";'],
      ['dnsmasq, OpenWrt', 'dhcp-option-force=66,"http://192.0.2.1/"'],
    ] as const) {
      await lines.getByLabel('Kind of server').selectOption({ label: kind })
      await lines.getByText(text).waitFor()
    }
  })

  it('never complained: no console error, no failed request', () => {
    expect(browser.complaints).toEqual([])
  })
})
