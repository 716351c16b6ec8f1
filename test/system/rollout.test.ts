import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RolloutView } from '../../services/admin/schema-rollouts.ts'
import { BoxUnderTest } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { PhoneFarm, plugIn } from '../support/phone-farm.ts'

const COUNT = 200
const AT_ONCE = 5
const OLD = '108.86.0.20'
const NEW = '108.86.0.90'
const WRONG = '108.86.0.1'
const FILE = `T46U(T43U,T46U,T41U,T48U,T42U)-${NEW}.rom`
/** For what takes as long as two hundred phones need on a busy machine. */
const LONG = { timeout: 120_000, interval: 100 }

const PHONES = Array.from({ length: COUNT }, (_, i) => ({
  mac: `805ec001${(0x5300 + i).toString(16)}`,
  address: `198.18.1.${i + 1}`,
}))
/** These come back with another version than the one that they were given. */
const BAD = [20, 25, 30].map((i) => PHONES[i]?.mac ?? '')

//   box 198.18.0.1 ── bench, with an interface for each of the phones 198.18.1.1 to .200
describeOrSkip('a rollout to two hundred phones', ['namespaces', 'sysctl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let farm: PhoneFarm
  const image = Buffer.concat([Buffer.from(`VERSION ${NEW}\n`), Buffer.alloc(200_000, 7)])

  beforeAll(async () => {
    await lab.add('box')
    await lab.add('bench')
    await lab.cable(
      { namespace: 'box', device: 'eth0', address: '198.18.0.1/16' },
      { namespace: 'bench', device: 'eth0' },
    )
    box = await BoxUnderTest.make(lab, { interfaces: ['eth0'], log: { level: 'warn' } })
    await plugIn(lab, 'bench', box.folder, PHONES)
    await box.start()
    const rows = PHONES.map(({ mac }, i) => `${mac},yealink,T46U,${100 + i},secret-of-${i}`)
    const csv = join(box.folder, 'devices.csv')
    await writeFile(csv, ['mac,vendor,model,user,secret', ...rows, ''].join('\n'))
    await box.told('devices', 'import', csv)
    const file = join(box.folder, FILE)
    await writeFile(file, image)
    await box.told('files', 'add', file)
    farm = new PhoneFarm(lab, 'bench', ['198.18.0.1', 'Yealink SIP-T46U VERSION MAC', OLD])
    await farm.boot(PHONES)
  }, 120_000)
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  const rollout = async () => JSON.parse(await box.told('rollout', 'show', 'May', '--json')) as RolloutView
  const settled = (status: string) =>
    expect
      .poll(async () => {
        const { status: is, counts } = await rollout()
        expect(counts.updating).toBeLessThanOrEqual(AT_ONCE)
        return counts.updating === 0 ? is : 'under way'
      }, LONG)
      .toBe(status)

  it('knows before it starts what would happen to each', async () => {
    const { devices } = JSON.parse(
      await box.told('rollout', 'start', 'May', '--model', 'yealink/T46U', '--file', FILE, '--dry-run', '--json'),
    ) as Pick<RolloutView, 'devices'>
    expect(devices.length).toBe(COUNT)
    expect(new Set(devices.map(({ state, before, version }) => `${state} ${before} ${version}`))).toEqual(
      new Set([`waiting ${OLD} ${NEW}`]),
    )
  })

  it('stops after the third failure, never more than five under way', async () => {
    await farm.do({ mode: Object.fromEntries(BAD.map((mac) => [mac, 'wrong'])) })
    const words = ['--model', 'yealink/T46U', '--file', FILE, '--at-once', `${AT_ONCE}`, '--canaries', '2']
    await box.told('rollout', 'start', 'May', ...words)
    await settled('stopped')
    const { reason, counts, devices } = await rollout()
    expect(reason).toContain(`came back with ${WRONG} instead of ${NEW}`)
    expect(counts.failed).toBe(3)
    expect(devices.filter(({ state }) => state === 'failed').map(({ mac }) => mac.replaceAll(':', ''))).toEqual(BAD)
    const report = await farm.report()
    expect(report.most).toBeLessThanOrEqual(AT_ONCE)
    // Those who were under way when the third failed came to their end, and nobody after them.
    expect(report.phones.filter(({ notified }) => notified > 0).length).toBeLessThanOrEqual(31 + AT_ONCE)
    expect(counts.waiting).toBe(COUNT - counts.done - 3)
    const [failed = ''] = BAD
    expect(await box.told('explain', failed)).toContain('rollout May')
    expect(await box.rendered(failed), 'what failed is told of it no more').not.toContain('firmware.url')
  }, 180_000)

  it('goes on when it is resumed, and after the box was killed in the middle of it', async () => {
    await farm.do({ mode: Object.fromEntries(BAD.map((mac) => [mac, 'good'])) })
    const before = farm.returned.length
    await box.told('rollout', 'resume', 'May', '--failed')
    await farm.back(before + 40)
    await box.kill()
    await box.start()
    const { counts } = await rollout()
    expect(counts.updating).toBeGreaterThan(0)
    expect(counts.waiting).toBeGreaterThan(0)
    await farm.back(before + 80)
    await box.kill()
    await box.start()
    await settled('completed')
    expect((await rollout()).counts).toMatchObject({ done: COUNT, failed: 0, waiting: 0 })

    const report = await farm.report()
    expect(report.most).toBeLessThanOrEqual(AT_ONCE)
    expect(report.most).toBeGreaterThan(2)
    expect(report.twice).toBe(0)
    for (const { mac, version, installed } of report.phones) {
      expect(version).toBe(NEW)
      expect(installed, mac).toEqual(BAD.includes(mac) ? [WRONG, NEW] : [NEW])
    }
    expect(report.hashes).toEqual([createHash('sha256').update(image).digest('hex')])
  }, 300_000)

  it('has written the version into the records for good, with who did it', async () => {
    const explained = await box.told('explain', PHONES[0]?.mac ?? '')
    expect(explained).toMatch(new RegExp(`firmware\\.file +\\S+${NEW}\\.rom +model`))
    const layer = await box.api<{ settings: object }>('/layers/model/yealink%3At46u')
    expect(layer.settings).toMatchObject({ 'firmware.file': FILE, 'firmware.version': NEW })
    expect(await box.rendered(PHONES[7]?.mac ?? '')).toContain(`-${NEW}.rom`)
    const removed = await box.branchline('files', 'remove', FILE)
    expect(removed.code).toBe(5)
    expect(removed.err).toContain('setting firmware.file of model yealink:t46u')
  })
})
