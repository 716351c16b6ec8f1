import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { badCable } from '../support/bad-cable.ts'
import { BoxUnderTest, MAIN, office, PATIENTLY } from '../support/box-under-test.ts'
import { colons } from '../support/colons.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { Capture } from './capture.ts'
import { DhcpClients } from './dhcp-clients.ts'

const SECRET = 'Kx7-only-for-101'
const CA = 'http://192.0.2.1/ca.pem'
// Two phones and two that have their addresses by hand, the last of them behind the bad cable.
const DESK = '805ec0005301'
const LOBBY = '805ec0005302'
const FIXED = '805ec0005303'
const CELLAR = '805ec0005304'
// For the virtual phones: whoever plugs in at the bench has one of these addresses.
const BENCH = [
  { vendor: 'yealink', model: 'SIP-T46U', mac: '805ec0005311' },
  { vendor: 'yealink', model: 'SIP-T21P_E2', mac: '001565005312' },
  { vendor: 'snom', model: 'D785', mac: '000413005313' },
  { vendor: 'snom', model: '320', mac: '000413005314' },
  { vendor: 'grandstream', model: 'GRP2614', mac: 'c074ad005315' },
  { vendor: 'grandstream', model: 'HT801', mac: 'c074ad005316' },
] as const

//   cellar 198.51.100.10 ── bad cable ── 198.51.100.1 box 192.0.2.1 ──┬── desk
//                                                                     ├── fixed 192.0.2.40
//                                                                     ├── guesser 192.0.2.50
//                                                                     └── bench
describeOrSkip('files of the box', ['namespaces', 'udhcpc', 'tftp', 'atftp', 'curl', 'tcpdump', 'tshark'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let capture: Capture
  let overBadCable: ReadonlyMap<string, Promise<readonly string[]>>

  beforeAll(async () => {
    await office(lab, {
      desk: { mac: colons(DESK) },
      fixed: { mac: colons(FIXED), address: '192.0.2.40/24' },
      guesser: { address: '192.0.2.50/24' },
      bench: {},
    })
    await lab.add('cellar')
    await badCable(
      lab,
      { namespace: 'box', device: 'eth1', address: '198.51.100.1/24' },
      { namespace: 'cellar', device: 'eth0', address: '198.51.100.10/24', mac: colons(CELLAR) },
      { loss: 0.05, duplicate: 0.05, reorder: 0.1, seed: 5 },
    )
    const eth0 = { mode: 'full', besideForeignServer: true }
    const office0 = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'] }
    box = await BoxUnderTest.make(lab, { dhcp: { interfaces: { eth0 }, networks: [office0] } })
    capture = await Capture.start(lab, box.folder)
    await box.start()
    const yealink = { vendor: 'yealink', model: 'T46U' }
    const devices = [DESK, LOBBY, FIXED, CELLAR].map((mac) => ({ mac, ...yealink }))
    const rows = [...devices, ...BENCH].map(
      ({ mac, vendor, model }, index) =>
        `${mac},${vendor},${model.replace('SIP-', '')},${101 + index},${SECRET}${index}`,
    )
    const file = join(box.folder, 'devices.csv')
    await writeFile(file, ['mac,vendor,model,user,secret', ...rows, ''].join('\n'))
    await box.told('devices', 'import', file)
    const learned = await new DhcpClients(lab, box.folder).udhcpc('desk', '-V', 'yealink')
    await lab.address('desk', 'eth0', `${learned.ip}/24`)
    await writeFile(join(box.folder, 'ca.pem'), (await lab.run('guesser', ['curl', '-sSf', CA])).stdout)
    // Some wait for seconds when a packet is lost: all of them, beside the other tests.
    const twice = (name: string) =>
      Promise.all([1, 2].map(() => fetched('cellar', name, '198.51.100.1', `${CELLAR}.cfg`)))
    overBadCable = new Map(names.map((name) => [name, twice(name)]))
    for (const fetches of overBadCable.values()) fetches.catch(() => undefined)
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  const clients: Readonly<Record<string, (server: string, remote: string, local: string) => readonly string[]>> = {
    'tftp (hpa)': (server, remote, local) => ['tftp', '-m', 'octet', server, '-c', 'get', remote, local],
    'atftp with blksize 1428': (server, remote, local) => [
      ...['atftp', '--option', 'blksize 1428', '-g', '-r', remote, '-l', local, server],
    ],
    'curl tftp://': (server, remote, local) => curl(`tftp://${server}/${remote}`, local),
    'curl http://': (server, remote, local) => curl(`http://${server}/yealink/${remote}`, local),
    'curl https:// with /ca.pem': (server, remote, local) => [
      ...curl(`https://${server}/yealink/${remote}`, local),
      ...['--cacert', join(box.folder, 'ca.pem')],
    ],
  }
  const names = Object.keys(clients)

  function curl(url: string, local: string): readonly string[] {
    return ['curl', '-sSf', '--max-time', '80', '-o', local, url]
  }

  /** What a client made of a file: its content or why not. */
  async function fetched(namespace: string, name: string, server: string, remote: string): Promise<string> {
    const local = join(await mkdtemp(join(box.folder, 'fetched-')), 'file')
    const command = clients[name]?.(server, remote, local) ?? []
    let result = await lab.run(namespace, command, { timeoutMs: 90_000 })
    // atftp gives up when the cable doubles the option acknowledgment, whatever the server does; a person asks again.
    for (let i = 0; i < 5 && result.stderr.includes('unexpected OACK'); i++)
      result = await lab.run(namespace, command, { timeoutMs: 90_000 })
    return readFile(local, 'latin1').catch(() => `exit ${result.code}: ${result.stdout}${result.stderr}`)
  }

  it('the certificate of its authority is there for everybody, and needed', async () => {
    expect(await readFile(join(box.folder, 'ca.pem'), 'latin1')).toMatch(/^-----BEGIN CERTIFICATE-----\n/)
    const unproven = await lab.run('desk', ['curl', '-sS', `https://192.0.2.1/yealink/${DESK}.cfg`])
    expect(unproven.code).toBe(60) // CURLE_PEER_FAILED_VERIFICATION
  })

  it.each(names)('%s fetches the file that render shows', async (name) => {
    const wanted = await box.rendered(DESK)
    expect(wanted).toContain(`${SECRET}0`)
    expect(await fetched('desk', name, '192.0.2.1', `${DESK}.cfg`)).toBe(wanted)
    expect(await fetched('desk', name, '192.0.2.1', 'y000000000108.cfg')).toBe(
      await box.rendered(DESK, 'y000000000108.cfg'),
    )
  })

  it('the file of another MAC is refused as if it were not there, and the journey says why', async () => {
    const answers = async (remote: string) => {
      const http = await lab.run('desk', ['curl', '-sSi', `http://192.0.2.1/yealink/${remote}`])
      const tftp = await lab.run('desk', ['tftp', '-m', 'octet', '192.0.2.1', '-c', 'get', remote, '/dev/null'])
      return [http.stdout.replace(/^Date: .*$/m, 'Date:'), tftp.stdout + tftp.stderr]
    }
    const refused = await answers(`${LOBBY}.cfg`)
    expect(refused[0]).toMatch(/^HTTP\/1.1 404 /)
    expect(refused[1]).toContain('File not found')
    expect(refused).toEqual(await answers('no-such-file.cfg'))
    const story = await box.told('explain', DESK)
    const reason = `refused: the file is of ${LOBBY}, but ${DESK} holds the address`
    expect(story).toContain(`asked for ${LOBBY}.cfg by HTTP and was ${reason}`)
    expect(story).toContain(`asked for ${LOBBY}.cfg by TFTP and was ${reason}`)
    // The client's acknowledgment of the error meets no transfer any more, which is another error.
    const packets = await capture.fields('tftp.error.code != 5', 'ip.src', 'tftp.error.code', 'tftp.error.message')
    expect(packets).toEqual(Array(2).fill(['192.0.2.1', '1', 'File not found']))
  })

  it.each(names)('%s fetches it without a lease too, by the neighbour table', async (name) => {
    expect(await fetched('fixed', name, '192.0.2.1', `${FIXED}.cfg`)).toBe(await box.rendered(FIXED))
  })

  it('guessing is slowed and raises an alarm', async () => {
    const urls = Array.from({ length: 12 }, (_, index) => `http://192.0.2.1/yealink/805ec0${100000 + index}.cfg`)
    const command = ['curl', '-s', '-w', '%{http_code}\n', '--max-time', '5', ...urls]
    const { stdout } = await lab.run('guesser', command)
    expect(stdout).toBe(`${'404\n'.repeat(10)}${'000\n'.repeat(2)}`)
    const late = await lab.run('guesser', ['curl', '-s', '--max-time', '1', `tftp://192.0.2.1/${DESK}.cfg`])
    expect(late.code).toBe(28) // CURLE_OPERATION_TIMEDOUT
    const { alarms } = await box.api<{ alarms: object[] }>('/alarms')
    expect(alarms).toContainEqual(expect.objectContaining({ kind: 'enumeration', subject: '192.0.2.50', count: 1 }))
    // Nobody else is slowed by it.
    expect(await fetched('fixed', 'curl http://', '192.0.2.1', `${FIXED}.cfg`)).toBe(await box.rendered(FIXED))
  })

  interface Booted {
    readonly configured: boolean
    readonly problem?: string
    readonly address: string
    readonly urlFrom: string
    readonly files: readonly { readonly url: string; readonly status: number; readonly own: boolean }[]
  }

  /** Plugs a virtual phone in at the bench and boots it. */
  async function boot(phone: (typeof BENCH)[number], ...flags: readonly string[]): Promise<Booted> {
    await lab.ip('bench', 'address', 'flush', 'dev', 'eth0')
    await lab.ip('bench', 'link', 'set', 'eth0', 'address', colons(phone.mac))
    const given = flags.indexOf('--address')
    if (given >= 0) await lab.address('bench', 'eth0', `${flags[given + 1]}/24`)
    const { vendor, model, mac } = phone
    const who = ['--vendor', vendor, '--model', model, '--mac', mac, '--interface', 'eth0']
    const { stdout } = await lab.run('bench', [process.execPath, MAIN, 'phone', ...who, '--json', ...flags])
    return JSON.parse(stdout) as Booted
  }

  async function verdict(mac: string): Promise<string> {
    return (await box.told('explain', mac)).split('\n')[0] ?? ''
  }

  it.each(BENCH)('a virtual $vendor $model boots by DHCP and ends configured', async (phone) => {
    const booted = await boot(phone, '--configure', '--no-pnp')
    expect(booted).toMatchObject({ configured: true, urlFrom: expect.stringMatching(/^option /) })
    await expect
      .poll(() => verdict(phone.mac), PATIENTLY)
      .toMatch(/: configured \d+ s ago, fetched \S+ by (HTTP|TFTP)$/)
  })

  // These ask by PnP before they look at what DHCP said.
  it.each(BENCH.filter(({ model }) => model === 'SIP-T21P_E2' || model === 'D785'))(
    'a virtual $vendor $model with a lease boots by PnP and ends configured',
    async (phone) => {
      expect(await boot(phone, '--configure')).toMatchObject({ configured: true, urlFrom: 'PnP' })
      await expect.poll(() => verdict(phone.mac), PATIENTLY).toMatch(/: configured \d+ s ago/)
    },
  )

  it('a virtual Yealink with an address set by hand boots by PnP alone and ends configured', async () => {
    const booted = await boot(BENCH[0], '--no-dhcp', '--address', '192.0.2.60')
    expect(booted).toMatchObject({ configured: true, urlFrom: 'PnP', address: '192.0.2.60' })
    await expect.poll(() => verdict(BENCH[0].mac), PATIENTLY).toMatch(/: configured \d+ s ago/)
  })

  it.each(names)('%s gets it right over a bad cable', async (name) => {
    // Rendered for where the phone was seen last: its file names the box's address there.
    const right = await box.rendered(CELLAR)
    expect(right).toContain('http://198.51.100.1/yealink/')
    expect(await overBadCable.get(name)).toEqual([right, right])
  })

  it('tshark finds no fault in any packet that the box sent', async () => {
    await capture.stop()
    const { packets, faulty } = await capture.faults('192.0.2.1')
    expect(packets).toBeGreaterThan(50)
    expect(faulty).toEqual([])
  })

  it('no secret is in the log of the box', () => {
    expect(box.log).not.toContain(SECRET)
  })
})
