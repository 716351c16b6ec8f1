import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClaimStatusView, SetupView, WaitingPerson } from '../../services/admin/schema-assist.ts'
import { BoxUnderTest, MAIN, office, PATIENTLY } from '../support/box-under-test.ts'
import { colons } from '../support/colons.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { seedPeople } from '../support/seed-people.ts'

const SECRET = 'Kx7-only-for-'

/** One virtual phone of each vendor whose phones show a page. */
const PHONES = [
  { vendor: 'yealink', model: 'SIP-T46U', mac: '805ec0005301', extension: '201' },
  { vendor: 'snom', model: 'D785', mac: '000413005302', extension: '202' },
  { vendor: 'grandstream', model: 'GRP2614', mac: 'c074ad005303', extension: '203' },
  { vendor: 'poly', model: 'VVX_450', mac: '64167f005304', extension: '204' },
  { vendor: 'cisco-spa', model: 'SPA504G', mac: '002699005305', extension: '205' },
  { vendor: 'cisco-mpp', model: '8841-3PCC', mac: 'd0ec35005306', extension: '206' },
] as const
const EXTENSIONS = ['201', '202', '203', '204', '205', '206', '207', '208']

interface Alarms {
  readonly alarms: readonly { readonly kind: string; readonly subject: string }[]
}
interface Row {
  readonly mac: string
  readonly name?: string
  readonly verdict: { readonly state: string; readonly text: string }
}

//   box 192.0.2.1 ──┬── desk
//                   └── thief 192.0.2.50
describeOrSkip('phones that nobody registered', ['namespaces', 'curl', 'ping'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest

  beforeAll(async () => {
    await office(lab, { desk: {}, thief: { address: '192.0.2.50/24' } })
    const eth0 = { mode: 'full', besideForeignServer: true }
    const network = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'] }
    box = await BoxUnderTest.make(lab, { dhcp: { interfaces: { eth0 }, networks: [network] } })
    seedPeople(
      box.data,
      EXTENSIONS.map((extension) => ({
        id: `person-${extension}`,
        name: `Person ${extension}`,
        extension,
        line: { user: extension, secret: `${SECRET}${extension}` },
      })),
    )
    await box.start()
    await box.api('/layers/site/site', { settings: { 'sip.server': 'pbx.example', 'claim.mode': 'pin' } })
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  async function plug(namespace: string, mac: string): Promise<void> {
    await lab.ip(namespace, 'address', 'flush', 'dev', 'eth0')
    await lab.ip(namespace, 'link', 'set', 'eth0', 'address', colons(mac))
    await lab.ip(namespace, 'link', 'set', 'eth0', 'up')
  }

  async function phone(namespace: string, ...flags: readonly string[]) {
    const command = [process.execPath, MAIN, 'phone', '--interface', 'eth0', '--configure', '--no-pnp', ...flags]
    const { code, stdout } = await lab.run(namespace, command)
    return { code, out: stdout }
  }

  async function row(mac: string): Promise<Row | undefined> {
    const { devices } = await box.api<{ devices: readonly Row[] }>('/devices')
    return devices.find((one) => one.mac === colons(mac))
  }

  async function openRound(): Promise<string> {
    const status = JSON.parse(await box.told('claim', 'open', '--json')) as ClaimStatusView
    return status.round?.pin ?? expect.fail('no round')
  }

  describe.each(PHONES)('$vendor $model', ({ vendor, model, mac, extension }) => {
    const flags = ['--vendor', vendor, '--model', model, '--mac', mac]

    it('gets a first file without secrets and waits under New phones', async () => {
      await plug('desk', mac)
      const { code, out } = await phone('desk', ...flags, '--show')
      expect(out).toMatch(/\/claim\b/)
      expect(out).not.toContain(SECRET)
      // It fetched what it asked for, and holds no account.
      expect(code).toBe(0)
      const { journeys } = await box.api<{ journeys: readonly Row[] }>('/new-devices')
      expect(journeys.find((one) => one.mac === colons(mac))?.verdict.state).toBe('unknown-device')
      expect(await row(mac)).toBeUndefined()
    })

    it('is claimed with extension and PIN, and fetches the configuration of that person', async () => {
      const pin = await openRound()
      const { code, out } = await phone('desk', ...flags, '--claim', extension, '--pin', pin, '--show')
      expect(out).toContain(`This phone is now ${extension}, Person ${extension}.`)
      expect(`${code} ${out}`).toMatch(/^0 /)
      expect(out).toContain(`${SECRET}${extension}`)
      expect(out.match(new RegExp(`${SECRET}\\d+`, 'g'))?.every((secret) => secret === `${SECRET}${extension}`)).toBe(
        true,
      )
      await expect
        .poll(async () => await row(mac), PATIENTLY)
        .toMatchObject({ name: `Person ${extension}`, verdict: { state: 'configured' } })
      expect(await box.rendered(mac, ...(vendor === 'poly' ? [`${mac}-settings.cfg`] : []))).toContain(SECRET)
    })

    it('has its owner: another PIN changes nothing', async () => {
      const pin = await openRound()
      const { stdout } = await lab.run('desk', [
        ...['curl', '-s', '-H', 'User-Agent: test', `http://192.0.2.1/claim?ext=207&pin=${pin}`],
      ])
      expect(stdout).toContain('This phone has its owner.')
      expect(await row(mac)).toMatchObject({ name: `Person ${extension}` })
    })
  })

  it('do not take a PIN again for somebody who has a phone', async () => {
    const pin = await openRound()
    await plug('desk', '805ec0005310')
    const flags = ['--vendor', 'yealink', '--mac', '805ec0005310']
    const { out } = await phone('desk', ...flags, '--claim', '201', '--pin', pin)
    expect(out).toContain('Extension or PIN is wrong.')
    expect(await row('805ec0005310')).toBeUndefined()
  })

  it('slow whoever guesses, and alert', async () => {
    const pin = await openRound()
    await plug('desk', '805ec0005311')
    const flags = ['--vendor', 'yealink', '--mac', '805ec0005311']
    const { out } = await phone('desk', ...flags, '--claim', '207', '--pin', '999990')
    expect(out).toContain('Extension or PIN is wrong.')
    // The rest without its files: it would be slowed for asking for so many.
    const enter = async (tried: string) =>
      (await lab.run('desk', ['curl', '-s', `http://192.0.2.1/claim?ext=207&pin=${tried}`])).stdout
    for (let i = 1; i < 5; i++) expect(await enter(`99999${i}`)).toContain('Extension or PIN is wrong.')
    expect(await enter(pin)).toMatch(/Too many wrong entries\. Try again in \d+ seconds\./)
    const { alarms } = await box.api<Alarms>('/alarms')
    expect(alarms).toContainEqual(expect.objectContaining({ kind: 'claim-guessing', subject: colons('805ec0005311') }))
    expect(await row('805ec0005311')).toBeUndefined()
  })

  it('cannot be claimed from an address that does not hold the device', async () => {
    const pin = await openRound()
    const url = `http://192.0.2.1/claim?ext=207&pin=${pin}`
    const status = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}']
    // The address is the neighbour's own, but it says that it is another phone.
    const named = ['-H', 'User-Agent: Yealink SIP-T46U 108.86.0.90 80:5e:c0:00:53:12']
    expect((await lab.run('thief', [...status, ...named, url])).stdout).toBe('404')
    // It takes the address that is leased to the phone.
    await plug('desk', '805ec0005312')
    await phone('desk', '--vendor', 'yealink', '--mac', '805ec0005312')
    const { journeys } = await box.api<{ journeys: readonly { mac: string; address?: string }[] }>('/new-devices')
    const address = journeys.find(({ mac }) => mac === colons('805ec0005312'))?.address ?? expect.fail('no address')
    await lab.ip('desk', 'link', 'set', 'eth0', 'down')
    await lab.address('thief', 'eth0', `${address}/24`)
    // Until the box has forgotten where the phone was: then its answers reach the thief.
    const ping = ['ping', '-c', '1', '-W', '1', '-I', address, '192.0.2.1']
    const reaches = async () => {
      // It asks for the box anew, by which the box learns of it.
      await lab.ip('thief', 'neighbour', 'flush', 'dev', 'eth0')
      return (await lab.run('thief', ping)).code
    }
    await expect.poll(reaches, PATIENTLY).toBe(0)
    expect((await lab.run('thief', [...status, '--interface', address, url])).stdout).toBe('404')
    await lab.ip('desk', 'link', 'set', 'eth0', 'up')
    await lab.ip('thief', 'address', 'del', `${address}/24`, 'dev', 'eth0')
    const { devices } = await box.api<{ devices: readonly Row[] }>('/devices')
    expect(devices.filter(({ name }) => name === 'Person 207')).toEqual([])
  })

  it('are given to a person by the installer, without a PIN', async () => {
    const { people } = await box.api<{ people: readonly WaitingPerson[] }>('/people/waiting')
    expect(people.map(({ extension }) => extension)).toEqual(['207', '208'])
    await plug('desk', '805ec0005313')
    const flags = ['--vendor', 'yealink', '--mac', '805ec0005313']
    await phone('desk', ...flags)
    expect(await box.told('devices', 'assign', '805ec0005313', '207')).toContain('belongs to 207 Person 207')
    const { out } = await phone('desk', ...flags, '--show')
    expect(out).toContain(`${SECRET}207`)
    await expect.poll(async () => (await row('805ec0005313'))?.verdict.state, PATIENTLY).toBe('configured')
  })

  it('are set up by hand with the short URL', async () => {
    const pin = await box.told('claim', 'pin', '208', '--set', '4711', '--json')
    expect(JSON.parse(pin)).toEqual({ extension: '208', pin: '4711' })
    await plug('desk', '805ec0005314')
    const flags = ['--vendor', 'yealink', '--mac', '805ec0005314']
    const setup = JSON.parse(await box.told('setup', '805ec0005314', '--json')) as SetupView
    expect(setup).toMatchObject({ url: 'http://192.0.2.1/yealink/', shortUrl: 'http://192.0.2.1/1', vendor: 'yealink' })
    const { out } = await phone('desk', ...flags, '--url', setup.shortUrl, '--claim', '208', '--pin', '4711', '--show')
    expect(out).toContain('This phone is now 208')
    expect(out).toContain(`${SECRET}208`)
    await expect.poll(async () => (await row('805ec0005314'))?.verdict.state, PATIENTLY).toBe('configured')
    const { stdout } = await lab.run('desk', ['curl', '-s', 'http://192.0.2.1/p'])
    expect(stdout).toBe(await box.rendered('805ec0005314'))
  })

  it('leave no PIN and no secret in the log or in a journey', async () => {
    const round = (await box.api<ClaimStatusView>('/claim')).round?.pin ?? expect.fail('no round')
    const stories = await Promise.all(PHONES.map(({ mac }) => box.told('explain', mac, '--all')))
    for (const text of [box.log, ...stories]) expect(text).not.toMatch(new RegExp(`${SECRET}|pin=|99999\\d|${round}`))
    expect(await box.told('claim', 'close')).toContain('no round is open')
  })
})
