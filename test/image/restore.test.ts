import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BackupsView, NewKeyView, RestoreView } from '../../services/admin/schema-backup.ts'
import { type Built, buildImage, whyNoImage } from './build.ts'
import { BOOT_PATIENCE_MS, bootAndProvision, type FirstBoot } from './first-boot.ts'
import { BOX, Office, PHONE_MAC } from './office.ts'

// Three starts of an emulated machine: it runs only where somebody asks for it, as the nightly tests do.
const HOUR_MS = 3_600_000
const asked = process.env.BRANCHLINE_NIGHTLY === undefined ? 'BRANCHLINE_NIGHTLY is not set' : undefined
const reason = asked ?? whyNoImage()
const PATIENTLY = { timeout: BOOT_PATIENCE_MS, interval: 2_000 }

describe.skipIf(reason !== undefined)(
  `an image that is erased${reason === undefined ? '' : ` [skipped: ${reason}]`}`,
  () => {
    let built: Built
    let office: Office
    let first: FirstBoot
    let key = ''

    beforeAll(async () => {
      built = await buildImage('test', '--version', '0.9.0')
      office = await Office.make({ image: built.image, firmware: 'bios', stick: ['branchline-backups'] })
      first = await bootAndProvision(office, () => {})
    }, HOUR_MS)
    afterAll(() => office?.[Symbol.asyncDispose](), BOOT_PATIENCE_MS)

    it(
      'has put a backup onto its USB stick before',
      async () => {
        key = (await office.api<NewKeyView>('POST', '/backup-key')).key
        await office.api('POST', '/backup-key/confirm', { key })
        await office.api('POST', '/backups', {})
        const state = () => office.api<BackupsView>('GET', '/backups')
        await expect.poll(async () => (await state()).job, PATIENTLY).toMatchObject({ phase: 'idle', percent: 100 })
        expect((await state()).stick).toBe(true)
        await expect.poll(() => office.machine.stickHolds('branchline-backups'), PATIENTLY).toMatch(/\.backup/i)
      },
      HOUR_MS,
    )

    it(
      'starts as new, and takes the backup from the stick: the same phone, the same lease',
      async () => {
        office.machine.serial = ''
        await office.api('POST', '/factory-reset', { confirm: 'ERASE' })
        await office.machine.shows(/, well\n/, BOOT_PATIENCE_MS)
        await office.makeFirstAccount()
        expect((await office.api<{ devices: unknown[] }>('GET', '/devices')).devices).toEqual([])
        const onStick = async () => (await office.api<BackupsView>('GET', '/backups')).backups
        await expect.poll(onStick, PATIENTLY).toHaveLength(1)
        const [one] = await onStick()
        expect(one).toMatchObject({ place: 'stick', ours: false })
        await office.api('POST', '/restore/choose', { name: one?.name })
        await office.api('POST', '/restore/check', { key })
        const phase = async () => (await office.api<RestoreView>('GET', '/restore')).phase
        await expect.poll(phase, PATIENTLY).toBe('ready')
        await office.api('POST', '/restore/apply')
        // The account that was made above is gone with everything else; the one of the backup signs in.
        const outcome = async () => {
          try {
            await office.signIn()
            return (await office.api<RestoreView>('GET', '/restore')).outcome?.kind
          } catch {
            return undefined
          }
        }
        await expect.poll(outcome, PATIENTLY).toBe('restored')
        const device = await office.api<{ name: string }>('GET', `/devices/${PHONE_MAC.replaceAll(':', '')}`)
        expect(device.name).toBe('Desk')
        expect((await office.lease(BOOT_PATIENCE_MS)).ip).toBe(first.address)
        expect(await office.curl('-f', `http://${BOX}/ca.pem`)).toContain('BEGIN CERTIFICATE')
      },
      HOUR_MS,
    )
  },
)
