import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DhcpView } from '../../services/admin/schema.ts'
import { BoxUnderTest, drain, office, PATIENTLY } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { Capture } from './capture.ts'
import { DhcpClients } from './dhcp-clients.ts'

const TOOLS = ['namespaces', 'udhcpc', 'dhclient', 'dhcpcd', 'tcpdump', 'tshark']
const PHONE = '00:00:5e:00:53:10'
const ROGUE = '00:00:5e:00:53:66'
const FAR = '00:00:5e:00:53:20'
// The box by name: udhcpc and dhcpcd pass a host name on to their scripts, but no URL (BusyBox 1.35 says `bad`).
const BY_NAME = 'config.branch.example'

const network = (id: string, prefix: string, router: string) => ({
  id,
  subnet: `${prefix}.0/24`,
  pools: [`${prefix}.100-${prefix}.149`],
  router,
  options: [{ code: 66, type: 'text', value: BY_NAME, always: true }],
})

interface LeaseRow {
  readonly mac?: string
  readonly address: string
  readonly state: string
}

//   box 192.0.2.1 ──┬── phone            relay 198.51.100.1 ── far
//                   └── relay 192.0.2.2 ──┘
describeOrSkip('the box as DHCP server for real clients', [...TOOLS, 'dhcrelay'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let capture: Capture
  let clients: DhcpClients

  beforeAll(async () => {
    await office(lab, { phone: { mac: PHONE }, relay: { address: '192.0.2.2/24' } })
    await lab.add('far')
    await lab.cable(
      { namespace: 'relay', device: 'eth1', address: '198.51.100.1/24' },
      { namespace: 'far', device: 'eth0', mac: FAR },
    )
    await lab.ip('box', 'route', 'add', '198.51.100.0/24', 'via', '192.0.2.2')
    box = await BoxUnderTest.make(lab, {
      dhcp: {
        interfaces: { eth0: { mode: 'full', besideForeignServer: true } },
        networks: [{ ...network('office', '192.0.2', '192.0.2.1'), interface: 'eth0' }],
      },
    })
    clients = new DhcpClients(lab, box.folder)
    capture = await Capture.start(lab, box.folder)
    await box.start()
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  async function leases(): Promise<readonly LeaseRow[]> {
    return (await box.api<{ leases: LeaseRow[] }>('/leases')).leases
  }

  /** These options of the acknowledgment that was sent last, as tshark reads them: hexadecimal, or null. */
  async function acknowledged(codes: readonly string[]): Promise<Record<string, string | null>> {
    const rows = await capture.fields('dhcp.option.dhcp == 5', 'dhcp.option.type', 'dhcp.option.value')
    const [types = '', values = ''] = rows.at(-1) ?? []
    const found = new Map(types.split(',').map((type, index) => [type, values.split(',')[index]]))
    return Object.fromEntries(codes.map((code) => [code, found.get(code) ?? null]))
  }

  it('udhcpc, dhclient and dhcpcd each lease an address with option 66 as configured', async () => {
    const udhcpc = await clients.udhcpc('phone', '-O', 'tftp')
    const lease = { ip: '192.0.2.100', mask: '24', router: '192.0.2.1', serverid: '192.0.2.1' }
    expect(udhcpc).toMatchObject({ ...lease, tftp: BY_NAME })
    const dhclient = await clients.dhclient('phone', 'request subnet-mask, routers, tftp-server-name;')
    expect(dhclient).toMatchObject({ new_ip_address: '192.0.2.100', new_tftp_server_name: BY_NAME })
    const dhcpcd = await clients.dhcpcd('phone', '-o', 'tftp_server_name')
    expect(dhcpcd).toMatchObject({ new_dhcp_server_identifier: '192.0.2.1', new_tftp_server_name: BY_NAME })
    expect(dhcpcd.new_ip_address).toMatch(/^192\.0\.2\.1[0-4]\d$/)
  })

  it.each([
    // Its URL, where a directory follows.
    ['yealink', { 66: hex('http://192.0.2.1/yealink/'), 43: null, 150: null }],
    // Two halves that it joins, and the same in option 43 with a NUL at the end of each text.
    [
      'snomD785',
      {
        66: hex('http://192.0.2.1'),
        67: hex('snom/{mac}.xml'),
        43: sub(66, 'http://192.0.2.1\0') + sub(67, 'snom/{mac}.xml\0'),
        150: null,
      },
    ],
    // Addresses of TFTP servers.
    ['Cisco Systems, Inc. IP Phone CP-7941G', { 66: hex('192.0.2.1'), 67: null, 43: null, 150: 'c0000201' }],
    // Somebody else gets what the network says.
    ['some laptop', { 66: hex(BY_NAME), 67: null, 43: null, 150: null }],
  ])('a client of class %s is told in the form of its vendor', async (vendorClass, options) => {
    const wants = ['-O', '66', '-O', '67', '-O', '43', '-O', '150']
    expect(await clients.udhcpc('phone', '-V', vendorClass, ...wants)).toHaveProperty('ip')
    await expect.poll(() => acknowledged(Object.keys(options)), PATIENTLY).toEqual(options)
  })

  it('udhcpc is told what its device alone is told, before its vendor, its group and the network', async () => {
    const asked = ['-V', 'yealink', '-O', '66', '-O', '160']
    await box.told('devices', 'add', PHONE, '--vendor', 'yealink', '--user', '110', '--secret', 'Kx7-only-for-110')
    const path = `/devices/${PHONE}`
    const option = (code: number, value: string, more = {}) => ({ code, type: 'text', value, ...more })
    const ofGroup = [option(160, 'of the group'), option(161, 'for all', { always: true })]
    await box.api('/layers/group/lobby', { dhcpOptions: ofGroup })
    const own = [option(66, 'http://198.51.100.9/'), option(160, 'of the phone')]
    await box.api(path, { group: 'lobby', dhcpOptions: own }, 'PATCH')
    expect(await clients.udhcpc('phone', ...asked)).toHaveProperty('ip')
    const options = { 66: hex('http://198.51.100.9/'), 160: hex('of the phone'), 161: hex('for all') }
    await expect.poll(() => acknowledged(['66', '160', '161']), PATIENTLY).toEqual(options)
    await box.api(path, undefined, 'DELETE')
    expect(await clients.udhcpc('phone', ...asked)).toHaveProperty('ip')
    await expect.poll(() => acknowledged(['160']), PATIENTLY).toEqual({ 160: null })
  })

  it('dhclient keeps its address across kill -9 of the box', async () => {
    const statements = 'send vendor-class-identifier "yealink";\nrequest subnet-mask, tftp-server-name;'
    const first = await clients.dhclient('phone', statements)
    await box.kill()
    await box.start()
    const held = { address: first.new_ip_address, state: 'active' }
    expect((await leases()).filter(({ mac }) => mac === PHONE)).toContainEqual(expect.objectContaining(held))
    const again = await clients.dhclient('phone', statements)
    expect(again).toMatchObject({ reason: 'REBOOT', new_ip_address: first.new_ip_address })
    expect(again.new_tftp_server_name).toBe('http://192.0.2.1/yealink/')
  })

  it('a relay brings clients of a network that lies behind it', async () => {
    // The office is in the configuration file; this one is added while the box runs.
    await box.api('/dhcp/networks', network('far', '198.51.100', '198.51.100.1'), 'POST')
    lab.start('relay', ['dhcrelay', '-4', '-d', '-a', '-id', 'eth1', '-iu', 'eth0', '192.0.2.1'])
    const learned = await clients.udhcpc('far', '-O', 'tftp', '-t', '10', '-T', '1')
    expect(learned).toMatchObject({ ip: '198.51.100.100', router: '198.51.100.1', tftp: BY_NAME })
    expect(await leases()).toContainEqual(expect.objectContaining({ mac: FAR, address: '198.51.100.100' }))
    expect(JSON.parse(await box.told('dhcp', 'status', '--json'))).toMatchObject({
      networks: [{ id: 'office' }, { id: 'far', active: 1 }],
    })
  })

  it('behind the relay it renews directly, and fetches its file by its lease', async () => {
    const [address, file] = ['198.51.100.100', `${FAR.replaceAll(':', '')}.cfg`]
    await lab.run('relay', ['sysctl', '-w', 'net.ipv4.ip_forward=1'])
    await lab.address('far', 'eth0', `${address}/24`)
    await lab.ip('far', 'route', 'add', 'default', 'via', '198.51.100.1')
    const client = lab.start('far', ['udhcpc', '-i', 'eth0', '-f', '-s', '/bin/true'])
    let said = ''
    void drain(client.stdout, () => {})
    void drain(client.stderr, (text) => {
      said += text
    })
    await expect.poll(() => said, PATIENTLY).toContain(`lease of ${address} obtained`)
    client.kill('SIGUSR1')
    const renewed = `dhcp.option.dhcp == 5 && dhcp.ip.client == ${address}`
    const answers = () => capture.fields(renewed, 'ip.src', 'ip.dst')
    // dhcrelay takes what passes through its machine for broadcasts, so that a second answer goes to the relay.
    await expect.poll(answers, PATIENTLY).toContainEqual(['192.0.2.1', address])
    await box.told('devices', 'add', FAR, '--vendor', 'yealink', '--user', '101', '--secret', 'Kx7-only-for-101')
    const wanted = await box.rendered(FAR)
    for (const url of [`http://192.0.2.1/yealink/${file}`, `tftp://192.0.2.1/${file}`])
      expect(await lab.run('far', ['curl', '-sSf', '--max-time', '20', url])).toMatchObject({ stdout: wanted })
  })

  it('a client that remembers an address of another network is refused it, and gets one of here', async () => {
    const remembered = `lease {
  interface "eth0";
  fixed-address 203.0.113.7;
  option subnet-mask 255.255.255.0;
  option dhcp-server-identifier 203.0.113.1;
  option dhcp-lease-time 86400;
  renew 0 2037/01/04 00:00:00;
  rebind 0 2037/01/04 00:00:00;
  expire 0 2037/01/04 00:00:00;
}
`
    const learned = await clients.dhclient('phone', 'request subnet-mask;', remembered)
    expect(learned.new_ip_address).toMatch(/^192\.0\.2\.1[0-4]\d$/)
    const refused = await capture.fields('dhcp.option.dhcp == 6', 'ip.src', 'ip.dst', 'dhcp.hw.mac_addr')
    expect(refused).toEqual([['192.0.2.1', '255.255.255.255', PHONE]])
    expect(await box.told('explain', PHONE)).toContain('was refused an address: the address belongs to another network')
  })

  it('a network that is removed serves nobody, and whoever had an address of it has that again when it comes back', async () => {
    const { networks } = await box.api<{ networks: { id: string; rev: number; fixed: boolean }[] }>('/dhcp/networks')
    expect(networks.map(({ id, fixed }) => [id, fixed])).toEqual([
      ['office', true],
      ['far', false],
    ])
    await expect(box.api('/dhcp/networks/office', undefined, 'DELETE')).rejects.toThrow(/is set in .*change it there/)
    expect(await box.api('/dhcp/networks/far/removal')).toEqual({ leases: 1, phones: 1, reservations: 0 })
    await box.api('/dhcp/networks/far', undefined, 'DELETE')
    expect(await clients.udhcpc('far', '-t', '2', '-T', '1')).toHaveProperty('failed')
    const { changes } = await box.api<{ changes: { seq: number }[] }>('/changes?kind=network&limit=1')
    await box.api(`/changes/${changes[0]?.seq}/undo`, {}, 'POST')
    expect(await clients.udhcpc('far', '-t', '10', '-T', '1')).toMatchObject({ ip: '198.51.100.100' })
  })

  it('tshark finds no fault in any packet that the box sent', async () => {
    await capture.stop()
    const { packets, faulty } = await capture.faults('192.0.2.1')
    expect(packets).toBeGreaterThan(20)
    expect(faulty).toEqual([])
  })
})

/** The bytes of a text in hexadecimal. */
function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}

/** A text as a sub-option. */
function sub(code: number, text: string): string {
  return Buffer.from([code, text.length]).toString('hex') + hex(text)
}

//   box 192.0.2.1 ──┬── phone
//                   └── rogue 192.0.2.9, where dnsmasq runs
describeOrSkip('DHCP of the box is off until it is enabled', [...TOOLS, 'dnsmasq'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let clients: DhcpClients

  beforeAll(async () => {
    await office(lab, { phone: { mac: PHONE }, rogue: { mac: ROGUE, address: '192.0.2.9/24' } })
    box = await BoxUnderTest.make(lab)
    clients = new DhcpClients(lab, box.folder)
    await box.start()
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  async function eth0() {
    const status = JSON.parse(await box.told('dhcp', 'status', '--json')) as DhcpView
    return status.interfaces.find(({ name }) => name === 'eth0')
  }

  async function decided(): Promise<string | undefined> {
    await expect.poll(async () => (await eth0())?.reason, PATIENTLY).not.toContain('starting')
    return (await eth0())?.reason
  }

  it('so a client gets nothing from it, and the status says why', async () => {
    expect(await eth0()).toMatchObject({ mode: 'off', answering: false, reason: 'off: not enabled for this interface' })
    expect(await clients.udhcpc('phone', '-t', '1', '-T', '1')).toHaveProperty('failed')
  })

  it('enabling it at run time makes a network of the interface’s own subnet', async () => {
    await box.told('dhcp', 'enable', 'eth0')
    // Asked while the box still looks for other servers: it is answered as soon as none was found.
    const learned = await clients.udhcpc('phone', '-t', '10', '-T', '2')
    expect(learned).toMatchObject({ ip: '192.0.2.65', mask: '24', serverid: '192.0.2.1' })
    expect(await eth0()).toMatchObject({ mode: 'full', answering: true, foreign: [] })
  })

  it('and stays so over a restart', async () => {
    expect(await box.stop()).toBe(0)
    await box.start()
    expect(await decided()).toBe('on: answers every client')
    expect(await clients.udhcpc('phone')).toMatchObject({ ip: '192.0.2.65', serverid: '192.0.2.1' })
  })

  it('a second DHCP server is reported and keeps full mode off', async () => {
    await box.kill()
    const range = ['-p', '0', '-C', '/dev/null', '-i', 'eth0', '--dhcp-range=192.0.2.200,192.0.2.210,5m', '--no-ping']
    // It leaves the phones to the box, so that no race decides what is seen below.
    const others = ['--dhcp-vendorclass=set:phone,yealink', '--dhcp-ignore=tag:phone', '--dhcp-authoritative']
    const memory = `--dhcp-leasefile=${join(box.folder, 'dnsmasq.leases')}`
    lab.start('rogue', ['dnsmasq', '-d', ...range, ...others, memory])
    await box.start()
    expect(await decided()).toBe('off: another server (192.0.2.9) answers here')
    const rogue = { server: '192.0.2.9', mac: ROGUE }
    await expect.poll(async () => (await eth0())?.foreign, PATIENTLY).toEqual([expect.objectContaining(rogue)])
    expect(await box.told('dhcp', 'status')).toContain(`another server on eth0: 192.0.2.9 ${ROGUE}\n`)
    expect(await clients.udhcpc('phone')).toMatchObject({ serverid: '192.0.2.9' })
    expect(await clients.udhcpc('phone', '-V', 'yealink', '-t', '1', '-T', '1')).toHaveProperty('failed')
    const reason = 'asked by DHCP and was not answered: another DHCP server answers here'
    expect(await box.told('explain', PHONE)).toContain(reason)
  })

  it('unless it is told to answer beside it', async () => {
    await box.told('dhcp', 'enable', 'eth0', '--beside-foreign-server')
    expect(await eth0()).toMatchObject({ mode: 'full', answering: true, foreign: [{ server: '192.0.2.9' }] })
    expect(await clients.udhcpc('phone', '-V', 'yealink')).toMatchObject({ serverid: '192.0.2.1' })
  })

  it('in phones-only mode only a phone is answered', async () => {
    await box.told('dhcp', 'enable', 'eth0', '--mode', 'phones-only')
    expect(await decided()).toBe('on: answers phones only')
    await lab.ip('phone', 'link', 'set', 'eth0', 'address', '00:00:5e:00:53:11')
    expect(await clients.udhcpc('phone', '-V', 'yealink')).toMatchObject({ serverid: '192.0.2.1' })
    await lab.ip('phone', 'link', 'set', 'eth0', 'address', '00:00:5e:00:53:12')
    expect(await clients.udhcpc('phone')).toMatchObject({ serverid: '192.0.2.9' })
    const story = await box.told('explain', '00005e005312')
    const reason = 'phones-only mode, and it does not identify as a device of ours'
    expect(story).toContain(`asked by DHCP and was not answered: ${reason}`)
    expect(story).not.toMatch(/was offered|leased/)
  })
})
