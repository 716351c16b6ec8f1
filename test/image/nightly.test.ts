import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UpdateView } from '../../services/admin/schema-update.ts'
import { makeRandom } from '../support/random.ts'
import { type Built, buildImage, whyNoImage } from './build.ts'
import { BOOT_PATIENCE_MS, bootAndProvision } from './first-boot.ts'
import { LeaseLoad } from './lease-load.ts'
import { BOX, Office, PHONE_MAC } from './office.ts'
import { lookAtDisk } from './pulled-disk.ts'

// Hours without KVM, so it runs only where somebody asks for it: BRANCHLINE_NIGHTLY=1 npm test -- test/image/nightly
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const CUTS = Number(process.env.BRANCHLINE_CUTS ?? 20)
const MOMENTS = Number(process.env.BRANCHLINE_MOMENTS ?? 20)
const asked = process.env.BRANCHLINE_NIGHTLY === undefined ? 'BRANCHLINE_NIGHTLY is not set' : undefined
const reason = asked ?? whyNoImage()
const title = (what: string, why = reason) => `${what}${why === undefined ? '' : ` [skipped: ${why}]`}`

/** How far an update is: its arrival counts a third, what is written the rest. */
const RECEIVED = 50
const INSTALLED = 100
function wayOf({ phase, percent }: UpdateView): number {
  if (phase === 'receiving') return (percent / 100) * RECEIVED
  if (phase === 'checking') return RECEIVED
  return phase === 'idle' ? 0 : RECEIVED + percent
}

interface Lease {
  readonly mac: string
  readonly address: string
}

describe.skipIf(reason !== undefined)(title('an image that is cut off from power, and one that is no good'), () => {
  let built: Built
  let next: Built
  let broken: Built
  let office: Office

  beforeAll(async () => {
    built = await buildImage('test', '--version', '0.9.0')
    next = await buildImage('test-next', '--version', '0.9.1')
    const extra = join(built.folder, 'broken')
    const dropIn = join(extra, 'usr/lib/systemd/system/branchline-health.service.d')
    mkdirSync(join(extra, 'usr/lib/branchline/appliance'), { recursive: true })
    mkdirSync(dropIn, { recursive: true })
    writeFileSync(join(extra, 'usr/lib/branchline/appliance/main.js'), 'process.exit(1)\n')
    writeFileSync(join(dropIn, 'short.conf'), '[Service]\nEnvironment=BRANCHLINE_HEALTH_SECONDS=5\n')
    broken = await buildImage('test-broken', '--version', '0.9.2', '--extra', extra)
    office = await Office.make({ image: built.image, firmware: 'bios' })
    await office.plugInComputer()
    await bootAndProvision(office, () => {})
  }, HOUR_MS)
  afterAll(() => office?.[Symbol.asyncDispose](), BOOT_PATIENCE_MS)

  it.each<[string, Office['update']]>([
    ['while an update arrives', (...args) => office.update(...args)],
    ['while an update is written', (bundle, seen = () => {}) => office.updateFromTheSide(bundle, seen)],
  ])(
    `could be cut off at each of ${MOMENTS} moments under lease load, %s`,
    async (_, update) => {
      const random = makeRandom(Number(process.env.BRANCHLINE_SEED ?? 7))
      await using load = new LeaseLoad(office)
      const copy = join(office.folder, 'moment.img')
      let state: UpdateView | undefined
      let over = false
      const look = (view: UpdateView) => {
        state = view
      }
      const updating = (async () => {
        while (!over) await update(next.bundle, look)
      })()
      try {
        for (let moment = 1; moment <= MOMENTS; moment++) {
          await Bun.sleep(random() * 8_000)
          office.machine.copyDisk(copy)
          const promised = new Map(load.promised)
          const { slot, version, integrity, leases, devices } = lookAtDisk(copy, [built, next], office.folder)
          process.stdout.write(
            `moment ${moment}, ${state?.phase ?? 'on its way'} ${state?.percent ?? ''}: slot ${slot} has ${version}, ${promised.size} leases promised\n`,
          )
          expect({ integrity, devices }).toEqual({ integrity: 'ok', devices: [PHONE_MAC.replaceAll(':', '')] })
          expect(LeaseLoad.lost(promised, leases)).toEqual([])
        }
      } finally {
        over = true
      }
      await updating
    },
    DAY_MS,
  )

  it(
    `is whole after ${CUTS} cuts in the middle of updates and under lease load`,
    async () => {
      const random = makeRandom(Number(process.env.BRANCHLINE_SEED ?? 7))
      const promised = new Map<string, string>()
      for (let cut = 0; cut < CUTS; cut++) {
        await using load = new LeaseLoad(office, promised)
        const goal = random() * (RECEIVED + INSTALLED)
        let state: UpdateView | undefined
        const reached = Promise.withResolvers<void>()
        const look = (view: UpdateView) => {
          state = view
          if (wayOf(view) >= goal) reached.resolve()
        }
        const updating = office
          .update(next.bundle, look)
          .catch((thrown: unknown) => thrown)
          .finally(reached.resolve)
        // While it arrives, how far it is is asked for beside it.
        const asking = setInterval(
          () => void office.api<UpdateView>('GET', '/update').then(look, () => undefined),
          1_000,
        )
        await reached.promise
        clearInterval(asking)
        await Bun.sleep(random() * 2_000)
        await office.cut()
        await Promise.all([load[Symbol.asyncDispose](), updating])
        await office.machine.start()
        const [, slot] = await office.machine.shows(/slot ([AB]), well\n/, BOOT_PATIENCE_MS)
        await office.signIn()
        const { leases } = await office.api<{ leases: Lease[] }>('GET', '/leases')
        const lost = LeaseLoad.lost(promised, leases)
        const { phase = 'busy', percent = '', message } = state ?? {}
        const why = phase === 'refused' ? ` (${message})` : ''
        process.stdout.write(
          `cut ${cut + 1} while ${phase} ${percent}${why}: slot ${slot}, ${load.acknowledged} more leases, ${lost.length} lost\n`,
        )
        expect(lost).toEqual([])
        const device = await office.api<{ name: string }>('GET', `/devices/${PHONE_MAC.replaceAll(':', '')}`)
        expect(device.name).toBe('Desk')
      }
    },
    DAY_MS,
  )

  it(
    'goes back by itself from a version whose service does not start, and says so',
    async () => {
      const before = await office.api<UpdateView>('GET', '/update')
      expect(await office.update(broken.bundle)).toMatchObject({ phase: 'installed', bundle: '0.9.2' })
      office.machine.serial = ''
      await office.api('POST', '/update/restart')
      const other = before.slot === 'A' ? 'B' : 'A'
      await office.machine.shows(new RegExp(`slot ${other}`), BOOT_PATIENCE_MS)
      await office.machine.shows(new RegExp(`slot ${before.slot}, well\\n`), 4 * BOOT_PATIENCE_MS)
      await office.signIn()
      expect(await office.api('GET', '/update')).toMatchObject({
        ...{ version: before.version, slot: before.slot, well: true },
        fellBack: expect.stringContaining(`fell-back-from ${other}`),
      })
    },
    DAY_MS,
  )
})

describe.skipIf(reason !== undefined)(title('building'), () => {
  it(
    'gives the same root file system twice',
    async () => {
      // The certificate is in the root: both are signed by one key, as releases are.
      const same = ['--only-root', '--keys', 'dist/image/work/keys']
      const one = await buildImage('test-same', ...same, '--work', 'dist/image/work-again')
      const two = await buildImage('test-same', ...same)
      const hash = ({ said }: Built) => /root hash\s+([0-9a-f]{64})/.exec(said)?.[1]
      process.stdout.write(`root hash twice: ${hash(one)} ${hash(two)}\n`)
      expect(hash(one)).toBe(hash(two))
      expect(hash(one)).toBeDefined()
    },
    HOUR_MS,
  )
})

const armReason = asked ?? whyNoImage('qemu-system-aarch64')
describe.skipIf(armReason !== undefined)(title('the arm64 image', armReason), () => {
  it(
    'boots and answers HTTP',
    async () => {
      const built = await buildImage('test-arm64', '--arch', 'arm64')
      await using office = await Office.make({ image: built.image, arch: 'arm64' })
      await office.lab.address('phone', 'eth0', '198.18.0.9/16')
      await office.machine.start()
      await office.machine.shows(/setup code/, 3 * BOOT_PATIENCE_MS)
      const answer = await office.curl(`https://${BOX}:8443/api/v1/health`)
      expect(JSON.parse(answer)).toMatchObject({ ok: true })
      process.stdout.write(`arm64: HTTP ${office.machine.seconds.toFixed(1)} s after power-on: ${answer}\n`)
    },
    DAY_MS,
  )
})
