import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TrustView } from '../../services/admin/schema-accounts.ts'
import type { NewKeyView, RestoreView } from '../../services/admin/schema-backup.ts'
import { parseMac } from '../../services/core/mac.ts'
import { branchline } from '../support/box-process.ts'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { PhoneDesk } from '../support/phone-desk.ts'

const SECRET = 'Kx7-only-for-101'
const PHONE = parseMac('805ec0005e01')
const FLAGS = ['--vendor', 'yealink', '--model', 'SIP-T46U', '--by', 'dhcp']
const NETWORK = { id: 'office', interface: 'eth0', subnet: '192.0.2.0/24', pools: ['192.0.2.10-192.0.2.199'] }
const CONFIG = { dhcp: { interfaces: { eth0: { mode: 'full', besideForeignServer: true } }, networks: [NETWORK] } }

//   box 192.0.2.1, first one machine, then another ── desk
describeOrSkip('a box that burnt down', ['namespaces'], () => {
  const lab = new Namespaces()
  let burnt: BoxUnderTest
  let fresh: BoxUnderTest
  let desk: PhoneDesk
  let key = ''
  const file = () => join(fresh.folder, 'a.backup')

  beforeAll(async () => {
    await office(lab, { desk: {} })
    burnt = await BoxUnderTest.make(lab, CONFIG)
    fresh = await BoxUnderTest.make(lab, CONFIG)
    desk = new PhoneDesk(lab, 'desk')
    await burnt.start()
    const line = { index: 1, user: '101', secret: SECRET, server: 'pbx.example' }
    await burnt.api(`/devices/${PHONE}`, { vendor: 'yealink', model: 'SIP-T46U', lines: [line] })
    await writeFile(join(burnt.folder, 'ring.wav'), 'RIFF')
    await burnt.told('files', 'add', join(burnt.folder, 'ring.wav'), '--name', 'ring.bin')
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await burnt[Symbol.asyncDispose]()
    await fresh[Symbol.asyncDispose]()
  })

  it('is another machine with everything of it, and its phone notices nothing', async () => {
    const before = await desk.boot(PHONE, FLAGS)
    expect(before).toMatchObject({ configured: true })
    const trust = await burnt.api<TrustView>('/trust')
    const rendered = await burnt.rendered(PHONE)
    expect(rendered).toContain(SECRET)

    const made = JSON.parse(await burnt.told('backup', 'key', '--json')) as NewKeyView
    key = made.key
    await burnt.told('backup', '--out', file())
    expect((await readFile(file())).includes(SECRET)).toBe(false)
    await burnt.kill()

    await fresh.start()
    const { code, out, err } = await branchline(['restore', file(), '--yes', '--data', fresh.data], { stdin: key })
    expect([code, err.replaceAll(/ *\d+ %\r/g, ''), out]).toEqual([0, '', expect.stringContaining('1 devices')])
    expect(out).toContain('1 leases')
    const outcome = async () => (await fresh.api<RestoreView>('/restore').catch(() => undefined))?.outcome?.kind
    await expect.poll(outcome, PATIENTLY).toBe('restored')

    const after = await desk.boot(PHONE, FLAGS)
    expect(after).toMatchObject({ configured: true, address: before.address, url: before.url })
    expect(await fresh.rendered(PHONE)).toBe(rendered)
    expect((await fresh.api<TrustView>('/trust')).fingerprint).toBe(trust.fingerprint)
    expect(await fresh.told('files', 'verify')).toContain('ring.bin')
    const identity = (box: BoxUnderTest) => readFile(join(box.data, 'secret.key'), 'utf8')
    expect(await identity(fresh)).toBe(await identity(burnt))
  })

  it('is refused from a file that was cut or changed, and with another key, and nothing is changed', async () => {
    const whole = await readFile(file())
    const bad = join(fresh.folder, 'bad.backup')
    const restore = async (stdin = key) => {
      const { code, err } = await branchline(['restore', bad, '--yes', '--data', fresh.data], { stdin })
      return `${code} ${err}`
    }
    await writeFile(bad, whole.subarray(0, whole.length - 1))
    expect(await restore()).toMatch(/^5 .*cut off or changed/s)
    await writeFile(bad, whole.with(whole.length - 100, (whole.at(-100) ?? 0) ^ 1))
    expect(await restore()).toMatch(/^5 .*cut off or changed/s)
    await writeFile(bad, whole)
    expect(await restore('00001-00001-00001-00001-00001-00001')).toMatch(/^5 .*mistyped/s)
    const other = JSON.parse(await fresh.told('backup', 'key', '--json')) as NewKeyView
    expect(await restore(other.key)).toMatch(/^5 .*another recovery key/s)
    expect(await fresh.rendered(PHONE)).toContain(SECRET)
  })

  it('is as new after a factory reset, and is brought back without a box that runs', async () => {
    await fresh.told('factory-reset', '--yes')
    const devices = async () =>
      (await fresh.api<{ devices: unknown[] }>('/devices').catch(() => ({ devices: ['?'] }))).devices
    await expect.poll(devices, PATIENTLY).toEqual([])
    await fresh.stop()
    const { code, out } = await branchline(['restore', file(), '--yes', '--data', fresh.data], { stdin: key })
    expect([code, out]).toEqual([0, expect.stringContaining('it is in place; start the box')])
    await fresh.start()
    expect(await fresh.rendered(PHONE)).toContain(SECRET)
  })
})
