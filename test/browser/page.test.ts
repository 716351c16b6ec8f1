import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAdminApp } from '../../services/admin/app.ts'
import { loadAssets } from '../../services/admin/assets.ts'
import { type AdminListener, serveAdmin } from '../../services/admin/serve.ts'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { DESK, device, type FakeSite, LOBBY, makeFakeSite, STRANGER } from '../support/admin-fakes.ts'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const ROOT = new URL('../../', import.meta.url)
const ARTEFACTS = fileURLToPath(new URL('test/artefacts/', ROOT))
const HOSTILE = '<img src=x onerror=alert(1)>"><script>alert(2)</script>'

describe.skipIf(!existsSync(CHROMIUM))('the page in a real browser (skipped without /usr/bin/chromium)', () => {
  let site: FakeSite
  let listener: AdminListener
  let browser: Browser
  const complaints: string[] = []

  beforeAll(async () => {
    const build = Bun.spawn([process.execPath, '--bun', 'node_modules/.bin/rollup', '-c', '--silent'], {
      cwd: fileURLToPath(ROOT),
    })
    expect(await build.exited).toBe(0)
    mkdirSync(ARTEFACTS, { recursive: true })
    site = makeFakeSite({ realTime: true })
    furnish(site)
    const assets = await loadAssets(fileURLToPath(new URL('dist/web', ROOT)))
    listener = await serveAdmin({ app: makeAdminApp(site.deps), port: 0, assets })
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  })
  afterAll(async () => {
    await browser?.close()
    await listener?.[Symbol.asyncDispose]()
  })

  async function open(path = '', options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage(options)
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('requestfailed', (request) => {
      // A stream ends when its page is closed.
      if (!request.url().includes('/events')) complaints.push(`failed: ${request.url()}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
    })
    await page.goto(`${listener.url}${path}`)
    await page.getByText('Live', { exact: true }).waitFor()
    return page
  }

  it('lists trouble first and shows hostile names as text', async () => {
    const page = await open()
    const names = page.locator('section:has(#devices) .who strong')
    await names.first().waitFor()
    expect((await names.allTextContents()).slice(0, 2)).toEqual([HOSTILE, 'Lobby door phone'])
    expect(await page.locator('img').count()).toBe(0)
    await page.close()
  })

  it('adopts a new device', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Adopt 00:00:5e:00:53:03' }).click()
    const form = page.getByRole('form', { name: 'Adopt this device' })
    await form.getByLabel('Name').fill('Meeting room')
    await form.getByLabel('SIP user').fill('117')
    await form.getByLabel('SIP password').fill('not-to-be-shown')
    await form.getByRole('button', { name: 'Adopt this device' }).click()
    await page.locator('section:has(#devices)').getByText('Meeting room').waitFor()
    await page.getByText('No unknown device was seen').waitFor()
    expect(site.devices.get(STRANGER)).toMatchObject({
      name: 'Meeting room',
      lines: [{ index: 1, user: '117', secret: 'not-to-be-shown' }],
    })
    expect(await page.content()).not.toContain('not-to-be-shown')
    await page.close()
  })

  it('shows a verdict that changes while it is open', async () => {
    const page = await open()
    await page.getByText('refused: the address holds no lease of ours').first().waitFor()
    site.see(LOBBY, { state: 'configured', text: 'configured over HTTP, and live' })
    site.happen({ at: Date.now(), mac: LOBBY, step: { kind: 'neighbour.seen' } })
    await page.getByText('configured over HTTP, and live').waitFor()
    await page.close()
  })

  it('shows one device: its journey, its files masked, its settings and where they came from', async () => {
    const page = await open('#/devices/00:00:5e:00:53:01')
    await page.getByText('fetched all of').first().waitFor()
    await page.getByRole('button', { name: '00005e005301.cfg' }).click()
    await page.locator('pre').getByText('account.1.password = ••••••••').waitFor()
    await page.getByRole('row', { name: 'language de group lobby' }).waitFor()
    await page.getByRole('button', { name: 'Fetch configuration again' }).click()
    await page.getByText('the phone accepted it').waitFor()
    await page.close()
  })

  it('adds a device and says at the field what is wrong with it', async () => {
    const page = await open('#/add')
    await page.getByLabel('MAC address').fill('00-00-5E-00-53-99')
    await page.getByLabel('Name').fill('bad')
    const before = complaints.length
    await page.getByRole('button', { name: 'Add device' }).click()
    await page.getByText('bad is no good name').waitFor()
    // The browser logs the refusal that this test provoked.
    complaints.length = before
    await page.getByLabel('Name').fill('Workshop')
    await page.getByRole('button', { name: 'Add device' }).click()
    await page.getByRole('heading', { name: 'Workshop' }).waitFor()
    await page.close()
  })

  it.each([
    ['desktop', 'light', 1280, 900],
    ['desktop', 'dark', 1280, 900],
    ['phone', 'light', 390, 844],
    ['phone', 'dark', 390, 844],
  ] as const)('fits a %s screen in %s', async (name, colorScheme, width, height) => {
    const page = await open('', { colorScheme, viewport: { width, height } })
    await page.locator('section:has(#devices) .row').first().waitFor()
    if (site.devices.delete(STRANGER)) await page.reload()
    await page.getByRole('button', { name: 'Adopt 00:00:5e:00:53:03' }).click()
    await shoot(page, `overview-${name}-${colorScheme}`)
    await page.goto(`${listener.url}#/devices/00:00:5e:00:53:01`)
    await page.getByText('fetched all of').first().waitFor()
    await page.getByRole('button', { name: '00005e005301.cfg' }).click()
    await page.locator('pre').waitFor()
    await shoot(page, `device-${name}-${colorScheme}`)
    await page.goto(`${listener.url}#/add`)
    await page.getByLabel('MAC address').waitFor()
    await shoot(page, `add-${name}-${colorScheme}`)
    await page.close()
  })

  it('says so when the box is gone, and keeps what it knew', async () => {
    expect(complaints).toEqual([])
    const page = await open()
    await listener[Symbol.asyncDispose]()
    await page.getByText('Not connected').waitFor()
    expect(await page.locator('section:has(#devices) .row').count()).toBeGreaterThan(0)
    await page.screenshot({ path: `${ARTEFACTS}lost.png` })
    await page.close()
  })

  async function shoot(page: Page, name: string): Promise<void> {
    const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
    expect(wider, `${name} scrolls sideways`).toBe(false)
    await page.screenshot({ path: `${ARTEFACTS}${name}.png`, fullPage: true })
  }
})

/** A small office: one in trouble, one hostile name, one configured, some waiting, one stranger. */
function furnish(site: FakeSite): void {
  const now = Date.now()
  const at = (seconds: number) => now - seconds * 1000
  const http = { protocol: 'http', file: '00005e005301.cfg', size: 2100, own: true } as const
  site.see(
    DESK,
    { state: 'configured', text: 'configured: fetched all of 00005e005301.cfg', since: at(12) },
    {
      vendor: 'yealink',
      model: 'SIP-T46U',
      firmware: '108.86.0.20',
      address: parseIpv4('192.0.2.51'),
      lastSeen: at(12),
      interface: 'eth0',
      happenings: [
        {
          at: at(31),
          mac: DESK,
          interface: 'eth0',
          step: { kind: 'dhcp.asked', message: 'discover', parameters: [66] },
        },
        { at: at(30), mac: DESK, interface: 'eth0', step: { kind: 'dhcp.answered', message: 'ack', options: [] } },
        {
          at: at(15),
          mac: DESK,
          step: {
            kind: 'file.missing',
            protocol: 'http',
            file: 'y000000000108.cfg',
            reason: 'no template',
            expected: true,
          },
        },
        { at: at(13), mac: DESK, step: { kind: 'file.served', hash: 'ab', secret: true, ...http } },
        { at: at(12), mac: DESK, step: { kind: 'file.completed', ms: 40, ...http } },
      ],
    },
  )
  site.see(
    LOBBY,
    {
      state: 'trouble',
      text: 'asked for its configuration and was refused: the address holds no lease of ours',
      advice: 'Let it take its address from this box, or reserve one for it.',
    },
    { vendor: 'snom', model: 'D785', address: parseIpv4('192.0.2.77'), lastSeen: at(95) },
  )
  site.see(
    STRANGER,
    { state: 'unknown-device', text: 'asked for a configuration, but has no record here' },
    { vendor: 'grandstream', model: 'GRP2614', address: parseIpv4('192.0.2.80'), lastSeen: at(40) },
  )
  site.devices.set(DESK, device(DESK))
  site.devices.set(LOBBY, device(LOBBY, { name: 'Lobby door phone', vendor: 'snom', model: 'D785' }))
  for (let i = 0x10; i < 0x1a; i++) {
    const mac = `00005e0053${i.toString(16)}` as typeof DESK
    const name = i === 0x10 ? HOSTILE : `Desk ${i - 0x0f}`
    site.devices.set(mac, device(mac, { name, lines: [{ index: 1, user: String(100 + i) }] }))
    site.see(
      mac,
      i === 0x10
        ? { state: 'trouble', text: `calls itself ${HOSTILE}` }
        : { state: 'configured', text: 'configured 3 min ago' },
      { lastSeen: at(180) },
    )
  }
  site.alarms.push({
    kind: 'foreign-dhcp',
    subject: 'eth1',
    text: 'another DHCP server (198.51.100.9) answers on eth1: DHCP stays off there',
    firstAt: at(600),
    lastAt: at(60),
    count: 3,
  })
}
