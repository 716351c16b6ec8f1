import { truncateSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UpdateView } from '../../services/admin/schema-update.ts'
import { type Built, buildImage, signBundle, whyNoImage } from './build.ts'
import { BOOT_PATIENCE_MS, bootAndProvision, type FirstBoot } from './first-boot.ts'
import { askTime, openPorts, scanPorts } from './manners.ts'
import { Office, PHONE_MAC, TIME_SERVER } from './office.ts'

const NEXT = '0.9.1'
const HOUR_MS = 3_600_000
const reason = whyNoImage()

// One machine, in the order of the tests: it is switched on twice, since that takes a minute or more without KVM.
describe.skipIf(reason !== undefined)(`the image${reason === undefined ? '' : ` [skipped: ${reason}]`}`, () => {
  let built: Built
  let next: Promise<Built>
  let office: Office
  let first: FirstBoot

  beforeAll(async () => {
    built = await buildImage('test', '--version', '0.9.0')
    office = await Office.make({ image: built.image, firmware: 'bios' })
    await office.plugInComputer()
  }, HOUR_MS)
  afterAll(() => office?.[Symbol.asyncDispose](), BOOT_PATIENCE_MS)

  it(
    'boots, and gives a phone its address, option 66 and its own configuration by HTTP and TFTP',
    async () => {
      const lines: string[] = []
      first = await bootAndProvision(office, (line) => lines.push(line))
      expect(first.address).toMatch(/^198\.18\./)
      expect(first.url).toMatch(/^http:\/\/198\.18\.0\.1/)
      expect(first.config).toContain('account.1.user_name')
      process.stdout.write(
        `image: first DHCP answer ${first.firstLeaseSeconds.toFixed(1)} s after power-on, well after ` +
          `${first.wellSeconds.toFixed(1)} s, memory ${first.memory}\n${built.said.trim()}\n`,
      )
      // Beside what follows, which mostly waits for the machine.
      next = buildImage('test-next', '--version', NEXT)
      next.catch(() => undefined)
    },
    HOUR_MS,
  )

  it(
    'says what runs, and that it is well',
    async () => {
      expect(await office.api('GET', '/update')).toEqual({
        ...{ phase: 'idle', percent: 0, version: '0.9.0', slot: 'A', well: true },
      })
    },
    HOUR_MS,
  )

  it(
    'lets in only what it offers, and shuts its service in',
    async () => {
      // LDAP may come in, and is off.
      expect(await scanPorts(office)).toEqual({ open: [22, 80, 443, 8080, 8443], refused: 1 })
      const exposure = await office.ssh('systemd-analyze security --no-pager branchline.service | tail -1')
      expect(Number(/: ([\d.]+)/.exec(exposure)?.[1]), exposure).toBeLessThan(2.5)
    },
    HOUR_MS,
  )

  it(
    'has its time from the network, and gives it to phones',
    async () => {
      const time = await askTime(office)
      expect(time).toMatchObject({ source: TIME_SERVER, stratum: 2 })
      expect(time.awaySeconds).toBeLessThan(60)
    },
    HOUR_MS,
  )

  it.each([
    [
      'of a stranger',
      /not signed with a key that this box trusts/,
      () => ['--version', NEXT, '--keys', join(built.folder, 'stranger')],
    ],
    [
      'for another kind of machine',
      /for another kind of machine/,
      () => ['--version', NEXT, '--machine', 'branchline-other'],
    ],
    ['older than what runs', /older than what runs: 0\.8\.0/, () => ['--version', '0.8.0']],
  ])(
    'refuses a bundle %s and changes nothing',
    async (_, why, args) => {
      const bundle = await signBundle(join(built.folder, 'refused'), ...args())
      expect(await office.update(bundle)).toMatchObject({ phase: 'refused', message: expect.stringMatching(why) })
      expect(await office.api('GET', '/update')).toMatchObject({ version: '0.9.0', slot: 'A', well: true })
    },
    HOUR_MS,
  )

  it(
    'refuses a bundle that was cut off, and changes nothing',
    async () => {
      const part = join(built.folder, 'part.raucb')
      await cp((await next).bundle, part)
      truncateSync(part, 5_000_000)
      expect(await office.update(part)).toMatchObject({ phase: 'refused', message: expect.stringMatching(/cut off/) })
    },
    HOUR_MS,
  )

  it(
    'installs the next version with progress, starts it, and has the same phones and leases',
    async () => {
      const seen: UpdateView[] = []
      expect(await office.update((await next).bundle, (view) => seen.push(view))).toMatchObject({
        phase: 'installed',
        bundle: NEXT,
      })
      const shares = seen.filter(({ phase }) => phase === 'installing').map(({ percent }) => percent)
      expect(shares).toEqual(shares.toSorted((a, b) => a - b))
      expect(new Set(shares).size).toBeGreaterThan(2)
      const leases = await office.api<{ leases: { mac: string; address: string }[] }>('GET', '/leases')
      await office.ssh('mount -o remount,rw /efi && rm /efi/branchline/authorized_keys && mount -o remount,ro /efi')
      office.machine.serial = ''
      await office.api('POST', '/update/restart')
      await office.machine.shows(/slot B, well\n/, BOOT_PATIENCE_MS)
      await office.signIn()
      expect(await office.api('GET', '/update')).toMatchObject({ version: NEXT, slot: 'B', well: true, phase: 'idle' })
      const after = await office.api<typeof leases>('GET', '/leases')
      const who = ({ leases: all }: typeof leases) => all.map(({ mac, address }) => `${mac} ${address}`)
      expect(who(after)).toEqual(who(leases))
      expect(who(after).length).toBeGreaterThan(0)
      const device = await office.api<{ name: string }>('GET', `/devices/${PHONE_MAC.replaceAll(':', '')}`)
      expect(device.name).toBe('Desk')
      const again = await office.lease(BOOT_PATIENCE_MS)
      expect(again.ip).toBe(first.address)
    },
    HOUR_MS,
  )

  it(
    'lets nobody in by SSH any more when the key is taken away',
    async () => expect(await openPorts(office, 22)).toEqual({ open: [], refused: 0 }),
    HOUR_MS,
  )
})
