import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violations } from '../support/axe.ts'
import type { DemoBox } from '../support/box-process.ts'
import { ByKeyboard } from '../support/by-keyboard.ts'
import { buildPage, HAS_BROWSER, PageBrowser, shoot } from '../support/page-browser.ts'
import { HOSTILE, officeBox } from '../support/page-site.ts'

describe.skipIf(!HAS_BROWSER)('settings, templates, activity and lists (skipped without /usr/bin/chromium)', () => {
  let box: DemoBox
  let browser: PageBrowser
  let folder: string
  let desk = ''
  const site = async () =>
    (await box.api<{ layers: { settings: Record<string, unknown>; locked?: string[] }[] }>('/layers/site')).layers[0]
  const fileOfDesk = async () => (await box.api<{ text: string }>(`/devices/${encodeURIComponent(desk)}/file`)).text

  beforeAll(async () => {
    await buildPage()
    folder = await mkdtemp(join(tmpdir(), 'branchline-page-'))
    box = await officeBox()
    browser = await PageBrowser.start(box.page)
    const { devices } = await box.api<{ devices: { mac: string; name?: string }[] }>('/devices')
    desk = devices.find((one) => one.name === 'Front desk')?.mac ?? ''
  })
  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]()
    await box?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const setting = (page: Page, name: string) => page.locator('.setting', { has: page.getByText(name, { exact: true }) })

  it('is reached by keyboard alone: g and a letter goes to a page, ? lists the keys', async () => {
    const page = await browser.open()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).getByText('find on this page').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByLabel('Find a setting').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('conference.uri')
    await page.waitForFunction(() => document.querySelectorAll('.setting').length === 1)
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
      )
    /** Tab, as often as it takes. */
    const tabTo = async (name: string) => {
      for (let i = 0; i < 12 && !(await focused()).startsWith(name); i++) await page.keyboard.press('Tab')
      expect(await focused()).toContain(name)
    }
    await tabTo('Change here: conference.uri')
    await page.keyboard.press('Enter')
    // The keyboard is in the field that came in place of the button.
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('meet-me')
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByText('meet-me').first().waitFor()
    await tabTo('Save')
    await page.keyboard.press('Enter')
    await page.getByText('Saved. Phones get it when they fetch again.').waitFor()
    expect((await site())?.settings['conference.uri']).toBe('meet-me')
    await page
      .locator('.setting', { hasText: 'conference.uri' })
      .getByRole('button', { name: 'Back to inherited' })
      .focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Change here'))
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByRole('status').waitFor()
    await tabTo('Save')
    await page.keyboard.press('Enter')
    await expect.poll(async () => (await site())?.settings['conference.uri']).toBeUndefined()
    await page.close()
  })

  it('shows which phones a setting changes before it is saved, and saves it with a lock', async () => {
    const page = await browser.open('#/settings')
    await page.getByLabel('Find a setting').fill('timeFormat')
    const row = setting(page, 'timeFormat')
    await row.getByRole('button', { name: 'Change here: timeFormat' }).click()
    await row.getByLabel('timeFormat', { exact: true }).selectOption('12h')
    await row.getByRole('checkbox', { name: 'Nobody may say otherwise: timeFormat' }).check()
    await page.keyboard.press('Control+s')
    const dialog = page.getByRole('dialog', { name: 'What changes on which phones' })
    await dialog.getByText(/phones get something else/).waitFor()
    await dialog.getByText('5 phones', { exact: true }).waitFor()
    await dialog.getByRole('link', { name: HOSTILE, exact: true }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
    expect((await site())?.settings.timeFormat).toBeUndefined()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved. Phones get it when they fetch again.').waitFor()
    expect(await site()).toMatchObject({
      settings: { timeFormat: '12h', timezone: 'Europe/Berlin' },
      locked: ['timeFormat'],
    })
    await page.close()
  })

  it('tells that a group changes its own phone alone, and that a value which is set already changes none', async () => {
    const page = await browser.open('#/settings/group/lobby')
    const say = async (name: string, value: string) => {
      await page.getByLabel('Find a setting').fill(name)
      await page.getByRole('button', { name: `Change here: ${name}` }).click()
      await page.getByLabel(name, { exact: true }).fill(value)
    }
    await say('voicemail', '*98')
    await page.getByRole('button', { name: 'See what changes, then save' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 phone gets something else.').waitFor()
    await dialog.getByRole('link', { name: 'Front desk' }).waitFor()
    await dialog.getByRole('button', { name: 'Back to editing' }).click()
    await page.getByRole('button', { name: 'Discard' }).click()
    await say('timezone', 'Europe/Berlin')
    await page.getByRole('button', { name: 'See what changes, then save' }).click()
    await dialog.getByText('No phone changes').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.places').getByRole('link', { name: 'People' }).click()
    await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('heading', { name: 'People', level: 1 }).waitFor()
    await page.close()
  })

  it('says at the field what is wrong with a setting, and keeps what was typed', async () => {
    const page = await browser.open('#/settings')
    await page.getByLabel('Find a setting').fill('sip.expires')
    await page.getByRole('button', { name: 'Change here: sip.expires' }).click()
    const field = page.getByLabel('sip.expires', { exact: true })
    await field.fill('5')
    await browser.refused(async () => {
      await page.getByRole('button', { name: 'See what changes, then save' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('alert').waitFor()
      await dialog.getByRole('button', { name: 'Save' }).click()
      await page.locator('.save-bar').getByText('settings.sip.expires', { exact: true }).waitFor()
    })
    expect([await field.inputValue(), await field.getAttribute('aria-invalid')]).toEqual(['5', 'true'])
    await page.close({ runBeforeUnload: false })
  })

  it('takes a raw parameter for all phones of a vendor', async () => {
    const page = await browser.open('#/settings')
    await page.getByText('Raw parameters').click()
    const form = page.getByRole('form', { name: 'Add a raw parameter' })
    await form.getByLabel('Vendor').selectOption('yealink')
    await form.getByLabel('Parameter').fill('features.dnd.allow')
    await form.getByLabel('Value').fill('0')
    await form.getByRole('button', { name: 'Add' }).click()
    await page.getByRole('button', { name: 'See what changes, then save' }).click()
    await page.getByRole('dialog').getByText('2 phones get something else.').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect(await fileOfDesk()).toContain('features.dnd.allow = 0')
    await page.close()
  })

  it('edits a template by keyboard alone: a fault has its line and cannot be stored, a good text is seen in a phone’s file first', async () => {
    const page = await browser.open('#/templates/yealink/settings.liquid')
    const keys = new ByKeyboard(page)
    const text = page.getByLabel('Text of settings.liquid')
    const before = await text.inputValue()
    await keys.reach(text)
    await page.keyboard.press('Control+End')
    // In one piece, as from the clipboard: typed it would offer words at each letter.
    await page.keyboard.insertText('\nfeatures.hotline = {{ settings.language | nosuch }}\n')
    const lines = before.split('\n').length
    const fault = page.locator('.template-faults .fault')
    await fault.getByText(`line ${lines + 1},`).waitFor()
    expect(await page.getByRole('button', { name: 'Put it into use' }).isDisabled()).toBe(true)
    await keys.press(fault.getByRole('button').first())
    await page.waitForFunction(() => document.activeElement?.tagName === 'TEXTAREA')

    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(`${before}\nfeatures.hotline = {{ settings.langu`)
    await page.keyboard.type('a')
    await page.locator('.editor-words').getByRole('button', { name: 'settings.language', exact: true }).waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.type(' }}')
    await page.waitForFunction(() => document.querySelector('.template-faults .fault') === null)
    await page.keyboard.press('Escape')
    await keys.choose(page.getByLabel('Phone', { exact: true }), 'Front desk')
    await page.locator('.bench-see .line.new').filter({ hasText: 'features.hotline = de' }).waitFor()
    expect(await fileOfDesk()).not.toContain('features.hotline = de')
    await keys.press(page.getByRole('button', { name: 'Put it into use' }))
    await page.getByText('In use: the next file').waitFor()
    expect(await fileOfDesk()).toContain('features.hotline = de')

    await keys.press(page.getByRole('button', { name: 'Comparison' }))
    await page.locator('.bench-see .line.new').filter({ hasText: 'features.hotline' }).waitFor()
    await keys.press(page.getByRole('button', { name: 'Take it away' }))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Take it away' }))
    await expect.poll(() => text.inputValue()).toBe(before)
    expect(await fileOfDesk()).not.toContain('features.hotline = de')
    await keys.press(page.getByRole('button', { name: 'Versions' }))
    await keys.press(page.locator('.history').getByRole('button', { name: 'Look at it' }))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Bring it back' }))
    await page.getByText(/The text of version \d+ is in use again/).waitFor()
    expect(await fileOfDesk()).toContain('features.hotline = de')
    await page.close()
  })

  it('lists who changed what, takes one change of the site back, and gives the list as CSV', async () => {
    const page = await browser.open('#/activity')
    await page.getByLabel('Kind').selectOption({ label: 'Settings of the site' })
    const row = page.locator('.activity li').filter({ hasText: 'timeFormat' })
    await row.getByRole('button', { name: /^Take it back/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await page.getByText('The change is taken back.').waitFor()
    expect((await site())?.settings).toEqual({ timezone: 'Europe/Berlin', 'sip.server': 'pbx.example.net' })
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('section:has(#changes)').getByRole('button', { name: 'Export CSV' }).click(),
    ])
    expect(await readFile(await download.path(), 'utf8')).toContain('settings.timeFormat')
    await page.close()
  })

  it('imports a list by keyboard alone: refuses one with faults, lets columns be named, and remembers them', async () => {
    const bad = join(folder, 'bad.csv')
    await writeFile(bad, `mac,name,user,secret\n8.05E+11,Kitchen,501,x-1234567\n`)
    const good = join(folder, 'good.csv')
    const name = HOSTILE.replaceAll('"', '')
    await writeFile(good, `Kiste;Wer;Konto;Wort\n80:5e:c0:00:05:01;${name};501;x-1234567\n`)
    const page = await browser.open('#/import')
    const keys = new ByKeyboard(page)
    const see = () => keys.press(page.getByRole('button', { name: 'See what would come of it' }))
    await keys.file(page.getByLabel('CSV file'), bad)
    await see()
    await page.getByText('Nothing is imported while there are faults').waitFor()
    await page.getByText(/line 2, column mac: .*8\.05E\+11.*turned into a number by a spreadsheet/).waitFor()
    expect(await page.getByRole('button', { name: /^Import / }).count()).toBe(0)
    await keys.file(page.getByLabel('CSV file'), good)
    await page.getByText('4 are not taken over').waitFor()
    await browser.refused(async () => {
      await see()
      await page.getByText('Say which column is which').waitFor()
    })
    await keys.choose(page.getByLabel('Kiste'), 'MAC address')
    await keys.choose(page.getByLabel('Wer', { exact: true }), 'Name')
    await keys.choose(page.getByLabel('Konto'), 'SIP user')
    await keys.choose(page.getByLabel('Wort'), 'SIP password')
    await see()
    await keys.press(page.getByRole('button', { name: 'Import 1 row' }))
    await page.getByText('1 row is imported.').waitFor()
    expect(await page.locator('img').count()).toBe(0)
    const device = await box.api<object>('/devices/80:5e:c0:00:05:01')
    expect(device).toMatchObject({ name, lines: [{ user: '501', hasSecret: true }] })
    await keys.file(page.getByLabel('CSV file'), good)
    await page.getByLabel('Kiste').waitFor()
    expect(await page.getByLabel('Kiste').inputValue()).toBe('mac')
    await page.close()
  })

  it('gives a kind of phone a DHCP option, which says what is wrong with its value, and shows what a phone is told', async () => {
    const page = await browser.open('#/settings/vendor/yealink')
    const keys = new ByKeyboard(page)
    await keys.press(page.locator('summary', { hasText: 'DHCP options' }))
    await keys.press(page.getByRole('button', { name: 'Add a DHCP option' }))
    const dialog = page.getByRole('dialog', { name: 'Add a DHCP option' })
    await keys.choose(dialog.getByLabel('Option', { exact: true }), '43')
    await keys.press(dialog.getByRole('button', { name: 'Add a sub-option' }))
    const sub = dialog.locator('.sub')
    await keys.type(sub.getByLabel('Number'), '2')
    await keys.choose(sub.getByLabel('Type'), 'IPv4')
    await keys.type(sub.getByLabel('Value'), '192.0.2')
    await page.keyboard.press('Enter')
    await sub.getByText('192.0.2 is no IPv4 address.').waitFor()
    await keys.type(sub.getByLabel('Value'), '192.0.2.7')
    await page.keyboard.press('Enter')
    await page.getByText('2: 192.0.2.7').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog').getByText('2 phones get something else.').waitFor()
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Save' }))
    await page.getByText('Saved. Phones get it').waitFor()
    await page.goto(`${browser.url}#/network`)
    await keys.press(page.locator('summary', { hasText: 'DHCP options' }))
    await keys.pick(page.getByRole('combobox', { name: 'What one phone would be told' }), 'front', /Front desk/)
    const told = page.locator('.dhcp-options li', { hasText: '43 Vendor information' })
    await told.getByText('2: 192.0.2.7').waitFor()
    await told.getByText('for this kind of phone').waitFor()
    await page.close()
  })

  it('rolls a firmware out by keyboard alone: stores it, shows what would be done, begins, and cancels', async () => {
    const firmware = join(folder, '108.86.0.99.rom')
    await writeFile(firmware, 'firmware of a test')
    const page = await browser.open('#/files')
    const keys = new ByKeyboard(page)
    await keys.file(page.getByLabel(/^Store files/), firmware)
    await page.getByText('108.86.0.99.rom is stored.').waitFor()
    await keys.press(page.getByRole('button', { name: 'New rollout' }))
    const dialog = page.getByRole('dialog', { name: 'New rollout' })
    await keys.choose(dialog.getByLabel('For', { exact: true }), 'Group lobby')
    await keys.press(dialog.getByRole('button', { name: 'See what it would do' }))
    await keys.press(dialog.getByRole('button', { name: 'Begin with 1 phone' }))
    await page.getByText('108.86.0.99.rom has begun.').waitFor()
    const card = page.locator('section:has(#rollouts) .card')
    await card.getByRole('link', { name: 'Front desk' }).waitFor()
    await keys.press(card.getByRole('button', { name: 'Cancel' }))
    await keys.press(page.getByRole('dialog').getByRole('button', { name: 'Cancel the rollout' }))
    await card.getByText('Cancelled', { exact: true }).waitFor()
    await page.close()
  })

  it('takes new phones in by themselves once the site says so, and says who did it', async () => {
    const page = await browser.open('#/new')
    const keys = new ByKeyboard(page)
    await page.locator('.fresh').waitFor()
    const rule = page.getByRole('form', { name: 'By themselves' })
    await keys.type(rule.getByLabel('Group'), 'arrived')
    await keys.press(rule.getByRole('button', { name: 'Take them in by themselves' }))
    await page.getByText('The rule holds from now on.').waitFor()
    await page.getByText('No unknown phone was seen.').waitFor()
    const { devices } = await box.api<{ devices: { group?: string }[] }>('/devices')
    expect(devices.filter(({ group }) => group === 'arrived').length).toBe(1)
    await keys.press(rule.getByRole('button', { name: 'Switch it off' }))
    await page.getByText('New phones wait for you again.').waitFor()
    await page.goto(`${browser.url}#/activity`)
    await page.locator('.activity li', { hasText: 'a rule of this site' }).first().waitFor()
    await page.close()
  })

  it('begins and ends a round of claims with its PIN, and gives one person a PIN of their own', async () => {
    const page = await browser.open('#/new')
    const claims = page.locator('section:has(#claims)')
    await claims.getByRole('button', { name: 'Switch it on' }).click()
    await claims.getByRole('button', { name: 'Begin a round' }).click()
    const pin = await claims.locator('.pin').textContent()
    expect(pin).toMatch(/^\d{4,}$/)
    expect((await box.api<{ round?: { pin: string } }>('/claim')).round?.pin).toBe(pin)
    await claims.getByRole('button', { name: 'End the round' }).click()
    await claims.getByRole('button', { name: 'Begin a round' }).waitFor()
    await claims.getByRole('button', { name: 'Give somebody one' }).click()
    const dialog = page.getByRole('dialog', { name: 'A PIN for one person' })
    await dialog.getByRole('combobox').fill('grace')
    await dialog.getByRole('option', { name: /Grace Hopper/ }).click()
    expect(await dialog.locator('.pin').textContent()).toMatch(/^\d{4,}$/)
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await claims.getByText('1 person has a PIN of their own.').waitFor()
    await page.close()
  })

  it('adds a network by keyboard from what it proposes, says whom a removal concerns, and takes it back', async () => {
    const page = await browser.open('#/network')
    const keys = new ByKeyboard(page)
    const known = async () =>
      (await box.api<{ networks: { id: string; subnet: string; pools: string[] }[] }>('/dhcp/networks')).networks
    const before = await known()
    await page.getByRole('button', { name: 'Add a network' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find a phone or a command' }).waitFor()
    await page.keyboard.type('add a net')
    // Half of what was typed finds "Add a phone" too: it is the one that Enter would take.
    await page.locator('[role=option][aria-selected=true]', { hasText: 'Add a network' }).waitFor()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Add a network' })
    await keys.type(dialog.getByLabel('Name', { exact: true }), 'Annex')
    await keys.choose(dialog.getByLabel('Where its devices are'), 'behind a relay')
    const subnet = dialog.getByLabel('Subnet')
    await keys.type(subnet, before[0]?.subnet ?? '')
    await browser.refused(async () => {
      await page.keyboard.press('Enter')
      await dialog.getByText(`overlaps network ${before[0]?.id}`).first().waitFor()
    })
    await keys.type(subnet, '198.51.100.0/24')
    expect(await dialog.getByLabel('Ranges of addresses').inputValue()).toBe('198.51.100.65-198.51.100.191')
    await shoot(page, 'network-add-desktop-light')
    expect(await violations(page)).toEqual([])
    await keys.press(dialog.getByRole('button', { name: 'Add it' }))
    await page.getByText('Network 198.51.100.0/24 is added.').waitFor()
    expect((await known()).at(-1)).toMatchObject({ id: 'annex', pools: ['198.51.100.65-198.51.100.191'] })
    await keys.press(page.getByRole('button', { name: 'Remove annex' }))
    const question = page.getByRole('dialog', { name: 'Remove 198.51.100.0/24?' })
    await question.getByText('Nobody has an address of it now.').waitFor()
    await keys.press(question.getByRole('button', { name: 'Remove' }))
    await page.getByText('Network 198.51.100.0/24 is removed.').waitFor()
    expect(await known()).toEqual(before)
    await keys.press(page.getByRole('button', { name: 'Take it back' }))
    await page.getByRole('button', { name: 'Remove annex' }).waitFor()
    await page.close()
  })

  it('tells one phone an option of its own, which goes before what its vendor says', async () => {
    const page = await browser.open(`#/phones/${desk}/settings`)
    const keys = new ByKeyboard(page)
    await keys.press(page.locator('summary', { hasText: 'DHCP options' }))
    await keys.press(page.getByRole('button', { name: 'Add a DHCP option' }))
    const dialog = page.getByRole('dialog', { name: 'Add a DHCP option' })
    await keys.type(dialog.getByLabel('Value'), 'http://192.0.2.77/')
    await page.keyboard.press('Enter')
    await page.locator('.dhcp-options').getByText('http://192.0.2.77/').waitFor()
    await page.keyboard.press('Control+s')
    await page.getByText('Saved. The phone gets it').waitFor()
    await page.goto(`${browser.url}#/phones/${desk}/files`)
    await page.locator('.dhcp-options li', { hasText: 'TFTP server or URL' }).getByText('http://192.0.2.77/').waitFor()
    await page.close()
  })

  it('gives a file for whoever helps, without any secret', async () => {
    const page = await browser.open('#/system/diagnosis')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the diagnosis file' }).click(),
    ])
    const text = await readFile(await download.path(), 'utf8')
    expect(Object.keys(JSON.parse(text))).toEqual(expect.arrayContaining(['about', 'counters', 'leases', 'devices']))
    expect(text).not.toMatch(/secret-of-|x-1234567/)
    await page.close()
  })

  it('makes a backup with a new recovery key, and restores the box from it', async () => {
    const page = await browser.open('#/system/backup')
    await page.getByRole('button', { name: 'Make a recovery key' }).click()
    const sheet = page.getByRole('dialog', { name: 'Your recovery key' })
    await sheet.getByRole('listitem').first().waitFor()
    const groups = await sheet.getByRole('listitem').allTextContents()
    expect(groups).toHaveLength(6)
    await sheet.getByLabel('Type group 4 of it').fill('wrong')
    await sheet.getByRole('button', { name: 'I have kept it' }).click()
    await sheet.getByText('That is not group 4 of this key.').waitFor()
    const found = await violations(page)
    await shoot(page, 'backup-key')
    await sheet.getByLabel('Type group 4 of it').fill(groups[3] ?? '')
    await sheet.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('button', { name: 'Back up now' }).click()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Download branchline-/ }).click(),
    ])
    const file = join(folder, 'a.backup')
    await saved.saveAs(file)
    const nameOf = async () => (await box.api<{ name: string }>(`/devices/${encodeURIComponent(desk)}`)).name
    await box.branchline('devices', 'remove', desk)
    await page.getByLabel('Choose a backup file').setInputFiles(file)
    await page.getByRole('textbox', { name: 'Recovery key' }).fill(groups.toReversed().join('-'))
    await browser.refused(async () => {
      await page.getByRole('button', { name: 'Check the whole backup' }).click()
      await page.getByText(/the recovery key is mistyped/).waitFor()
    })
    await page.getByRole('textbox', { name: 'Recovery key' }).fill(groups.join(' ').toLowerCase())
    await page.getByRole('button', { name: 'Check the whole backup' }).click()
    await page.getByText('The whole backup was checked and is sound.').waitFor()
    // What the bar at the top half covers counts as too small.
    await page.evaluate(() => scrollTo(0, 0))
    found.push(...(await violations(page)))
    await shoot(page, 'backup-ready')
    await page.getByRole('button', { name: 'Restore and start again' }).click()
    // Nobody answers while the box starts again.
    await browser.refused(async () => {
      await page.getByRole('dialog').getByRole('button', { name: 'Restore and start again' }).click()
      await page.getByText('This box was restored from the backup').waitFor()
    })
    expect(await nameOf()).toBe('Front desk')
    expect(found).toEqual([])
    await page.close()
  })

  it('never complained: no console error, no failed request', () => {
    expect(browser.complaints).toEqual([])
  })
})
