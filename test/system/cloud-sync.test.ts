import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { BoxUnderTest, MAIN, office, PATIENTLY } from '../support/box-under-test.ts'
import { CLOUD_URL, CloudInNamespace } from '../support/cloud-in-namespace.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const MAC = '805ec0005321'
const COLONS = '80:5e:c0:00:53:21'
const SECRET = 'Qz9-typed-far-away'

interface Body {
  readonly rev: number
  readonly name?: string
  readonly notes?: string
  readonly lines?: readonly { readonly user: string; readonly label?: string }[]
}

// The account and the box as programs, and a phone that boots beside them. The line between both is loopback: it is cut
// by ending one of them.
describeOrSkip('a branch and its account', ['namespaces', 'curl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let cloud: CloudInNamespace
  let site = ''

  beforeAll(async () => {
    await office(lab, { desk: {} })
    await lab.ip('desk', 'link', 'set', 'eth0', 'down')
    await lab.ip('desk', 'link', 'set', 'eth0', 'address', COLONS)
    await lab.ip('desk', 'link', 'set', 'eth0', 'up')
    const eth0 = { mode: 'full', besideForeignServer: true }
    const network = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.100-192.0.2.149'] }
    const dhcp = { probe: false, interfaces: { eth0 }, networks: [network] }
    box = await BoxUnderTest.make(lab, { dhcp, cloud: { url: CLOUD_URL } })
    cloud = new CloudInNamespace(lab, box.folder)
    await cloud.start()
    await cloud.own()
    await box.start()
  }, 60_000)
  afterAll(async () => {
    await cloud[Symbol.asyncDispose]()
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  const there = (method: string, change?: object) =>
    cloud.inAccount<Body>(method, `/sites/${site}/devices/${MAC}`, change)
  const here = () => box.api<Body>(`/devices/${MAC}`)
  // Only what is changed: a whole record, read before the account's edit arrived, would take that edit back.
  const edit = (change: object) => box.api(`/devices/${MAC}`, change, 'PATCH')
  async function phone() {
    const command = [process.execPath, MAIN, 'phone', '--interface', 'eth0', '--configure', '--no-pnp', '--show']
    return lab.run('desk', [...command, '--vendor', 'yealink', '--model', 'SIP-T46U', '--mac', MAC])
  }
  /** Both say the same of the phone. */
  const agree = (expected: object) =>
    expect
      .poll(async () => [await here().catch(() => undefined), await there('GET').catch(() => undefined)], PATIENTLY)
      .toMatchObject([expected, expected])
  const status = () => box.told('cloud', 'status')

  it('come together by the code and the words that the box shows', async () => {
    const made = await cloud.inAccount<{ id: string }>('POST', '/sites', { name: 'Lobby' })
    site = made.id
    type Unclaimed = Extract<CloudView, { state: 'unclaimed' }>
    const shown = () => box.api<Unclaimed>('/cloud')
    await expect.poll(async () => (await shown()).code, PATIENTLY).toBeDefined()
    const { code, phrase } = await shown()
    const { claimToken } = await cloud.api<{ claimToken: string }>('POST', '/claims', { code })
    await cloud.api('POST', '/claims/confirm', { claimToken, siteId: site, phrase })
    await expect.poll(status, PATIENTLY).toMatch(/^claimed by Phones.*synced {3}\d{4}/s)
  })

  it('a device that is made in the account is configured at the branch', async () => {
    const line = { index: 1, user: '201', server: 'pbx.example', secret: SECRET }
    await there('PUT', { name: 'Lobby desk', vendor: 'yealink', model: 'SIP-T46U', lines: [line] })
    await expect.poll(() => here().catch(() => undefined), PATIENTLY).toMatchObject({ name: 'Lobby desk' })
    const { code, stdout } = await phone()
    expect(`${code} ${stdout}`).toMatch(/^0 /)
    expect(stdout).toContain(SECRET)
    expect(stdout).toContain('account.1.user_name = 201')
  })

  it('edited there, the phone gets the new file', async () => {
    await there('PATCH', { lines: [{ index: 1, user: '202', server: 'pbx.example' }] })
    await agree({ lines: [{ user: '202' }] })
    const { stdout } = await phone()
    expect(stdout).toContain('account.1.user_name = 202')
    // Nobody typed it again.
    expect(stdout).toContain(SECRET)
  })

  it('edited here while the account is away, both agree when it is back', async () => {
    await cloud.stop()
    await edit({ name: 'Reception', notes: 'behind the plant' })
    await box.told('cloud', 'sync')
    expect(await status()).toMatch(/synced .*; 2 edits wait\n {2}no sync since /)
    const { stdout } = await phone()
    expect(stdout).toContain('account.1.user_name = 202')
    await cloud.start()
    await box.told('cloud', 'sync')
    await agree({ name: 'Reception', notes: 'behind the plant' })
    expect(await status()).not.toContain('no sync since')
  })

  it('the account dies while both are edited, and no edit is lost', async () => {
    await there('PATCH', { lines: [{ index: 1, user: '203', server: 'pbx.example' }] })
    await edit({ notes: 'moved to the window' })
    await cloud.kill()
    await cloud.start()
    await box.told('cloud', 'sync')
    await agree({ notes: 'moved to the window', lines: [{ user: '203' }] })
  })

  it('the box dies with an edit that nobody was told of, and it goes up after its start', async () => {
    await cloud.stop()
    await edit({ notes: 'written in the dark' })
    await box.kill()
    await cloud.start()
    await there('PATCH', { lines: [{ index: 1, user: '204', server: 'pbx.example' }] })
    await box.start()
    await agree({ notes: 'written in the dark', lines: [{ user: '204' }] })
    const { stdout } = await phone()
    expect(stdout).toContain('account.1.user_name = 204')
    expect(stdout).toContain(SECRET)
  })

  it('the box dies again and again in the middle of it all', async () => {
    for (let round = 0; round < 5; round++) {
      await edit({ notes: `round ${round}` })
      await there('PATCH', { lines: [{ index: 1, user: `30${round}`, server: 'pbx.example' }] })
      // At another moment of what follows each time.
      await Bun.sleep(round * 150)
      await box.kill()
      await box.start()
    }
    await box.told('cloud', 'sync')
    await agree({ notes: 'round 4', lines: [{ user: '304' }] })
    expect(await status()).not.toMatch(/no sync since|did not stand|cannot be used/)
  }, 120_000)

  it('the account knows what the phone has', async () => {
    interface Status {
      readonly verdict: { readonly state: string }
      readonly wanted?: { readonly hash: string }
      readonly fetched?: { readonly hash: string }
    }
    const reported = async () => {
      await box.told('cloud', 'sync')
      const { devices } = await cloud.inAccount<{ devices: readonly { id: string; status?: Status }[] }>(
        ...(['GET', `/sites/${site}/status`] as const),
      )
      const { verdict, wanted, fetched } = devices.find(({ id }) => id === COLONS)?.status ?? {}
      return { state: verdict?.state, known: wanted !== undefined, same: wanted?.hash === fetched?.hash }
    }
    await phone()
    await expect.poll(reported, PATIENTLY).toEqual({ state: 'configured', known: true, same: true })
    await there('PATCH', { lines: [{ index: 1, user: '400', server: 'pbx.example' }] })
    await expect.poll(reported, PATIENTLY).toMatchObject({ known: true, same: false })
  })

  it('tells no secret in a log', async () => {
    expect(box.log + cloud.output).not.toContain(SECRET)
  })
})
