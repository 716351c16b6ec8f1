import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExplainView } from '../../services/admin/schema.ts'
import { BoxUnderTest, MAIN, office, PATIENTLY } from '../support/box-under-test.ts'
import { colons } from '../support/colons.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { DhcpClients, type Learned } from './dhcp-clients.ts'

const SECRET = 'Kx7-only-for-101'
const ADMIN = 'st4ple-of-the-site'
const DESK = '805ec0005301'
const LOBBY = '000413005302'
const STRANGER = '805ec0005303'
const MINI = '805ec0005304'

//   box 192.0.2.1 ──┬── desk
//                   ├── lobby
//                   └── thief
describeOrSkip('branchline explain', ['namespaces', 'udhcpc', 'curl', 'tftp'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let clients: DhcpClients

  beforeAll(async () => {
    await office(lab, { desk: {}, lobby: {}, thief: {} })
    const eth0 = { mode: 'full', besideForeignServer: true }
    const network = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'] }
    box = await BoxUnderTest.make(lab, { dhcp: { interfaces: { eth0 }, networks: [network] } })
    clients = new DhcpClients(lab, box.folder)
    await box.start()
    const line = ['--user', '101', '--secret', SECRET, '--server', 'pbx.example']
    await box.told('devices', 'add', DESK, '--vendor', 'yealink', '--model', 'T46U', '--name', 'Desk', ...line)
    await box.told('devices', 'add', LOBBY, '--vendor', 'snom', '--model', 'D785', ...line)
    await box.told('devices', 'add', MINI, '--vendor', 'yealink', ...line)
    await box.api('/layers/site/site', { settings: { timezone: 'Europe/Berlin', adminPassword: ADMIN } })
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  async function plug(namespace: string, mac: string, address?: string): Promise<void> {
    await lab.ip(namespace, 'address', 'flush', 'dev', 'eth0')
    await lab.ip(namespace, 'link', 'set', 'eth0', 'address', colons(mac))
    if (address !== undefined) await lab.address(namespace, 'eth0', `${address}/24`)
  }

  async function boot(namespace: string, ...flags: readonly string[]): Promise<void> {
    const command = [process.execPath, MAIN, 'phone', '--interface', 'eth0', ...flags]
    const { code, stdout } = await lab.run(namespace, command)
    expect(`${code} ${stdout}`).toMatch(/^0 /)
  }

  async function leased(namespace: string, mac: string, vendorClass: string): Promise<Learned> {
    await plug(namespace, mac)
    const learned = await clients.udhcpc(namespace, '-V', vendorClass)
    await lab.address(namespace, 'eth0', `${learned.ip}/24`)
    return learned
  }

  /** The story without its times. It never holds a secret, in words or as JSON. */
  async function story(mac: string): Promise<readonly string[]> {
    const words = await box.told('explain', mac)
    const all = words + (await box.told('explain', mac, '--json')) + (await box.told('explain', mac, '--all'))
    for (const secret of [SECRET, ADMIN]) expect(all).not.toContain(secret)
    return words
      .split('\n')
      .map((line) => line.replace(/^ +(\d{4}-\S+Z)? */, '').replaceAll(/\d+ (m?s)\b/g, 'N $1'))
      .map((line, index) => (index === 0 ? line.replace(/^[\da-f:]{17}/, mac) : line))
  }

  /** Holds when these lines stand in the story in this order, others between them. */
  async function expectInOrder(mac: string, wanted: readonly string[]): Promise<void> {
    // What the last packet of a client tells may be noted a moment after the client has ended.
    const told = async () => (await story(mac)).filter((line) => wanted.includes(line))
    await expect.poll(told, PATIENTLY).toEqual(wanted)
  }

  it('tells a Yealink’s way by DHCP and HTTP from its first packet to its verdict', async () => {
    await plug('desk', DESK)
    await boot('desk', '--vendor', 'yealink', '--model', 'SIP-T46U', '--mac', DESK, '--configure', '--no-pnp')
    const { length } = await box.rendered(DESK)
    const common = (await box.rendered(DESK, 'y000000000108.cfg')).length
    const agent = 'Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:53:01'
    const asked = '(class yealink, name SIP-T46U, wants options 1, 3, 6, 12, 15, 42, 43, 66, 120, 132, 160 and 161)'
    const boot0 = 'which is not there, as is usual'
    await expectInOrder(DESK, [
      `${DESK}: configured N s ago, fetched ${DESK}.cfg by HTTP`,
      'who it is: yealink T46U 108.86.0.90',
      `asked by DHCP for an address ${asked}`,
      'was offered 192.0.2.100 (option 66 http://192.0.2.1/yealink/)',
      `asked by DHCP for the lease of its address ${asked}`,
      'leased 192.0.2.100 (option 66 http://192.0.2.1/yealink/)',
      `asked for ${DESK}.boot by HTTP, ${boot0} (${agent})`,
      `asked for y000000000000.boot by HTTP, ${boot0} (${agent})`,
      `is sent y000000000108.cfg by HTTP (${common} bytes, ${agent})`,
      'fetched y000000000108.cfg by HTTP in N ms',
      `is sent ${DESK}.cfg by HTTP (${length} bytes, its own configuration, ${agent})`,
      `fetched ${DESK}.cfg by HTTP in N ms: configured`,
    ])
  })

  it('tells each setting, where it comes from, and that a secret is one', async () => {
    const lines = (await story(DESK)).map((line) => line.replaceAll(/ {2,}/g, ' | '))
    expect(lines).toContain('timezone | Europe/Berlin | site')
    expect(lines).toContain('adminPassword | (secret) | site')
    expect(lines).toContain(`${DESK}.cfg | its own, secret`)
  })

  it('tells a Snom’s way by PnP', async () => {
    await plug('lobby', LOBBY, '192.0.2.31')
    await boot('lobby', '--vendor', 'snom', '--model', 'D785', '--mac', LOBBY, '--no-dhcp', '--address', '192.0.2.31')
    const url = `http://192.0.2.1/snom/${LOBBY.toUpperCase()}.xml`
    const { length } = await box.rendered(LOBBY, `${LOBBY.toUpperCase()}.xml`)
    const agent = `Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.16 2010.12-00004-g9ba52f5 ${LOBBY.toUpperCase()} SXM:0 UXM:0)`
    await expectInOrder(LOBBY, [
      `${LOBBY}: configured N s ago, fetched ${LOBBY}.xml by HTTP`,
      'asked by SIP PnP for its URL (snom snomD785 10.1.169.16)',
      `was told ${url} by SIP PnP`,
      'confirmed the URL',
      `is sent ${LOBBY}.xml by HTTP (${length} bytes, its own configuration, ${agent})`,
      `fetched ${LOBBY}.xml by HTTP in N ms: configured`,
    ])
  })

  it('tells of one that leased and asked for nothing yet, and of each protocol by which it then fetched', async () => {
    expect(await leased('desk', MINI, 'yealink')).toMatchObject({ ip: '192.0.2.101' })
    expect((await story(MINI))[0]).toBe(`${MINI}: leased 192.0.2.101 N s ago`)
    const pem = join(box.folder, 'ca.pem')
    for (const url of ['http://192.0.2.1/ca.pem', `https://192.0.2.1/yealink/${MINI}.cfg`]) {
      const local = url.endsWith('.pem') ? pem : '/dev/null'
      const trust = url.endsWith('.pem') ? [] : ['--cacert', pem]
      expect(await lab.run('desk', ['curl', '-sSf', ...trust, '-o', local, url])).toMatchObject({ code: 0 })
    }
    await lab.run('desk', ['tftp', '-m', 'octet', '192.0.2.1', '-c', 'get', `${MINI}.cfg`, '/dev/null'])
    await expectInOrder(MINI, [
      `${MINI}: configured N s ago, fetched ${MINI}.cfg by TFTP`,
      'leased 192.0.2.101 (option 66 http://192.0.2.1/yealink/)',
      `fetched ${MINI}.cfg by HTTPS in N ms: configured`,
      `fetched ${MINI}.cfg by TFTP in N ms: configured`,
    ])
  })

  it('tells that its record was changed and not fetched since', async () => {
    await box.told('devices', 'add', MINI, '--replace', '--vendor', 'yealink', '--user', '102', '--secret', SECRET)
    await expectInOrder(MINI, [
      `${MINI}: changed N s ago, not fetched since`,
      'do: Send it a resync, or restart it.',
      'was edited by cli:local',
    ])
  })

  it('tells that it asked for the file of another, was refused, and why', async () => {
    const { code } = await lab.run('desk', ['curl', '-sSf', `http://192.0.2.1/yealink/${DESK}.cfg`])
    expect(code).toBe(22) // CURLE_HTTP_RETURNED_ERROR
    const why = `refused: the file is of ${DESK}, but ${MINI} holds the address`
    const lines = await story(MINI)
    expect(lines[0]).toBe(`${MINI}: asked for ${DESK}.cfg N s ago, but was ${why}`)
    expect(lines[1]).toMatch(/^do: A file with a secret goes only to the address that holds its MAC\./)
    expect(lines.find((line) => line.startsWith(`asked for ${DESK}.cfg by HTTP`))).toContain(`and was ${why}`)
  })

  it('tells that somebody else uses its address, and raises an alarm', async () => {
    await lab.ip('desk', 'link', 'set', 'eth0', 'down')
    await plug('thief', '00005e005366', '192.0.2.101')
    const { code } = await lab.run('thief', ['curl', '-sSf', `http://192.0.2.1/yealink/${MINI}.cfg`])
    expect(code).toBe(22)
    const why = `the address is leased to ${MINI}, but 00005e005366 uses it`
    expect((await story(MINI))[0]).toBe(`${MINI}: asked for ${MINI}.cfg N s ago, but was refused: ${why}`)
    const { alarms } = await box.api<{ alarms: object[] }>('/alarms')
    expect(alarms).toContainEqual(
      expect.objectContaining({ kind: 'neighbour-mismatch', subject: '192.0.2.101', text: why }),
    )
  })

  it('tells of a device that nobody registered where to add it', async () => {
    await leased('thief', STRANGER, 'yealink')
    await lab.run('thief', [
      'curl',
      '-s',
      '-A',
      'Yealink SIP-T46U 108.86.0.90',
      `http://192.0.2.1/yealink/${STRANGER}.cfg`,
    ])
    const lines = await story(STRANGER)
    expect(lines[0]).toBe(`${STRANGER}: unknown device (yealink T46U) asked for ${STRANGER}.cfg N s ago`)
    expect(lines[1]).toBe('do: It waits under New phones: add it there if it is yours.')
    expect(lines).toContain('it is not among the devices of this box')
    const { newDevices } = JSON.parse(await box.told('devices', 'list', '--json')) as { newDevices: { mac: string }[] }
    expect(newDevices.map(({ mac }) => mac)).toContain('80:5e:c0:00:53:03')
  })

  it('tells of a file that no template makes, and of one that was never seen', async () => {
    await box.told('devices', 'add', STRANGER, '--vendor', 'snom')
    await lab.run('thief', ['curl', '-s', `http://192.0.2.1/yealink/${STRANGER}.cfg`])
    const why = 'no template of snom, the vendor in its record, makes this file'
    expect((await story(STRANGER))[0]).toBe(
      `${STRANGER}: asked for ${STRANGER}.cfg N s ago, which no template makes: ${why}`,
    )
    await box.told('devices', 'add', '805ec0005399')
    expect((await story('805ec0005399'))[0]).toBe('805ec0005399: known, but never seen on this network')
    expect(await box.branchline('explain', '00005e005398')).toMatchObject({ code: 4, out: '' })
  })

  it('gives the same as JSON, for programs', async () => {
    const told = JSON.parse(await box.told('explain', DESK, '--json')) as ExplainView
    expect(told).toMatchObject({ mac: '80:5e:c0:00:53:01', verdict: { state: 'configured' } })
    expect(told.settings).toContainEqual(
      expect.objectContaining({ name: 'timezone', value: 'Europe/Berlin', layer: 'site' }),
    )
  })
})
