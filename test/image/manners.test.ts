import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildImage, whyNoImage } from './build.ts'
import { BOOT_PATIENCE_MS, bootAndProvision } from './first-boot.ts'
import { keepAddress, resetPassword, stopAndHang, tryDhcp } from './manners.ts'
import { BOX, Office } from './office.ts'

// One more start than the everyday test has, by the other firmware: BRANCHLINE_NIGHTLY=1 npm test -- test/image/manners
const HOUR_MS = 3_600_000
const reason = process.env.BRANCHLINE_NIGHTLY === undefined ? 'BRANCHLINE_NIGHTLY is not set' : whyNoImage()

describe.skipIf(reason !== undefined)(`a box by UEFI${reason === undefined ? '' : ` [skipped: ${reason}]`}`, () => {
  let office: Office

  beforeAll(async () => {
    const { image } = await buildImage('test', '--version', '0.9.0')
    office = await Office.make({ image, firmware: 'uefi' })
    await office.plugInComputer()
  }, HOUR_MS)
  afterAll(() => office?.[Symbol.asyncDispose](), BOOT_PATIENCE_MS)

  it(
    'boots to its end and serves a phone',
    async () => {
      const seen = await bootAndProvision(office, () => {})
      expect(seen.config).toContain('account.1.user_name')
      expect(await office.ssh('ls /sys/firmware/efi')).toContain('fw_platform_size')
      process.stdout.write(`image by UEFI: well ${seen.wellSeconds.toFixed(1)} s after power-on\n`)
    },
    HOUR_MS,
  )

  it(
    'gives a new password to whoever stands before it',
    async () => {
      await office.signIn(await resetPassword(office))
      expect(await office.api('GET', '/update')).toMatchObject({ version: '0.9.0' })
    },
    HOUR_MS,
  )

  it(
    'is reached where DHCP does not answer, takes what it is given, and goes back by itself',
    () => tryDhcp(office),
    HOUR_MS,
  )

  it(
    'keeps an address that somebody says to keep',
    async () => {
      expect(await keepAddress(office)).toMatchObject({ source: 'page', last: 'kept' })
      expect(await office.ssh('cat /var/lib/system/network.conf')).toContain(`ADDRESS=${BOX}/16`)
    },
    HOUR_MS,
  )

  it(
    'ends its service cleanly, and starts one that hangs again',
    async () => {
      const { stopMs, ...seen } = await stopAndHang(office)
      expect(seen).toEqual({ result: 'success', restarts: '1 1' })
      process.stdout.write(`image: the service stopped within ${stopMs} ms\n`)
    },
    HOUR_MS,
  )

  it(
    'stops in order when its power button is pressed',
    async () => {
      await office.machine.pressPower()
      expect(office.machine.isOn).toBe(false)
    },
    HOUR_MS,
  )
})
