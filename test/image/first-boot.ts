import { InvariantError } from '../../services/core/errors.ts'
import { BOX, type Office, PHONE_MAC } from './office.ts'

/** Emulated machines are many times slower than real ones, and share the processor with other tests. */
export const BOOT_PATIENCE_MS = 600_000

export interface FirstBoot {
  readonly firstLeaseSeconds: number
  readonly wellSeconds: number
  /** As the console has it. */
  readonly memory: string
  readonly address: string
  readonly url: string
  /** The phone's own file by HTTP. */
  readonly config: string
}

/**
 * Switches a new box on and lets a phone on its LAN do all that phones do: a lease with option 66, and its own
 * configuration by HTTP and TFTP. The first account is made as a person makes it, with the code on the console.
 */
export async function bootAndProvision(office: Office, say: (line: string) => void): Promise<FirstBoot> {
  const { machine } = office
  await machine.start()
  const lease = await office.lease(BOOT_PATIENCE_MS)
  const firstLeaseSeconds = machine.seconds
  say(`udhcpc: ${lease.ip} with option 66 ${lease.tftp}`)
  await office.makeFirstAccount()
  await office.enterPhone()
  const url = lease.tftp ?? ''
  const name = `${PHONE_MAC.replaceAll(':', '')}.cfg`
  const config = await office.curl('-f', '-A', `Yealink SIP-T46U 108.86.0.20 ${PHONE_MAC}`, new URL(name, url).href)
  say(`curl: ${config.length} bytes of ${name}`)
  const byTftp = await office.lab.run('phone', ['curl', '-sS', '-m', '60', `tftp://${BOX}/${name}`], {
    timeoutMs: 90_000,
  })
  if (byTftp.stdout !== config) throw new InvariantError(`tftp gave another file: ${byTftp.stderr}`)
  say(`tftp: the same ${byTftp.stdout.length} bytes`)
  await machine.shows(/, well\n/, BOOT_PATIENCE_MS)
  const wellSeconds = machine.seconds
  const [, memory = 'unknown'] = await machine.shows(/, well\nmemory (.*)/, 60_000)
  return { firstLeaseSeconds, wellSeconds, memory, address: lease.ip ?? '', url, config }
}
