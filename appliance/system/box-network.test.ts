import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../services/core/log.ts'
import { PATIENTLY } from '../../test/support/box-under-test.ts'
import { makeBoxNetwork } from './box-network.ts'

const SCRIPT = fileURLToPath(new URL('../../image/root/usr/lib/branchline/system/network', import.meta.url))
const NEW = { address: '192.0.2.1/24', gateway: '192.0.2.254', dns: ['192.0.2.53', '198.51.100.53'], ntp: [] }
const BOOT = 'ADDRESS=198.51.100.1/24\r\nGATEWAY=198.51.100.254\r\n'

let top: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'branchline-address-'))
  for (const folder of ['var/lib/branchline', 'run/update', 'efi/branchline', 'bin'])
    mkdirSync(join(top, folder), { recursive: true })
  // The two programs that reach into the kernel only write down that they were called.
  for (const name of ['networkctl', 'nft'])
    writeFileSync(join(top, 'bin', name), `#!/bin/sh\necho "${name} $*" >>"${top}/calls"\n`, { mode: 0o755 })
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

/** The system's own program, with everything that it reads and writes below a folder. */
const system = (...words: readonly string[]) =>
  Bun.spawn([SCRIPT, ...words], {
    env: { ...process.env, BRANCHLINE_TOP: top, PATH: `${join(top, 'bin')}:${process.env.PATH ?? ''}` },
    ...{ stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
/** What it said, once it has ended. */
async function ended(child: ReturnType<typeof system>): Promise<string> {
  const said = await new Response(child.stdout).text()
  expect(await new Response(child.stderr).text()).toBe('')
  await child.exited
  return said
}
const networkd = () => readFileSync(join(top, 'run/systemd/network/50-branchline.network'), 'utf8')
const boot = (text: string) => writeFileSync(join(top, 'efi/branchline/network.conf'), text)
const box = () =>
  makeBoxNetwork({
    ...{ dataFolder: join(top, 'var/lib/branchline'), systemFolder: join(top, 'run/update') },
    lan: { interfaces: () => [] },
    log: silentLog,
  })
const wished = () => expect.poll(() => existsSync(join(top, 'var/lib/branchline/network/wish')), PATIENTLY).toBe(true)

describe('another address of the box', () => {
  it('is tried, and taken back by itself', async () => {
    boot(BOOT)
    await ended(system())
    const network = box()
    expect(network.state()).toMatchObject({ source: 'boot', setting: { address: '198.51.100.1/24' } })
    const asked = network.attempt(NEW, { by: 'lab', seconds: 4 })
    await wished()
    const trying = system('try')
    expect(await asked).toMatchObject({ source: 'page', setting: NEW, returnsIn: expect.any(Number) })
    await expect.poll(networkd, PATIENTLY).toContain('Address=192.0.2.1/24\nGateway=192.0.2.254\nDNS=192.0.2.53\n')
    expect(await ended(trying)).toContain('returned')
    expect(networkd()).toContain('Address=198.51.100.1/24')
    expect(network.state()).toEqual({
      ...{ source: 'boot', last: 'returned' },
      setting: { address: '198.51.100.1/24', gateway: '198.51.100.254', dns: [], ntp: [] },
    })
    expect(readFileSync(join(top, 'calls'), 'utf8')).toBe(
      'networkctl reload\nnft -f /etc/branchline/firewall.nft\n'.repeat(2),
    )
    await expect(network.keep({ by: 'lab' })).rejects.toThrow(/on trial/)
  })

  it('is kept when somebody says so, until the boot partition says something new', async () => {
    boot(BOOT)
    await ended(system())
    const network = box()
    const asked = network.attempt(NEW, { by: 'lab', seconds: 600 })
    await wished()
    const trying = system('try')
    await asked
    expect(await network.keep({ by: 'lab' })).toEqual({ source: 'page', last: 'kept', setting: NEW })
    expect(await ended(trying)).toContain('kept')

    // The next start.
    await ended(system())
    expect(network.state()).toEqual({ source: 'page', setting: NEW })
    boot(BOOT.replace('198.51.100.1/', '198.51.100.7/'))
    await ended(system())
    expect(network.state()).toMatchObject({ source: 'boot', setting: { address: '198.51.100.7/24' } })
  })

  it('is refused with every fault, and nothing is wished', async () => {
    const bad = { ...NEW, gateway: '203.0.113.1', interface: 'eth9' }
    await expect(box().attempt(bad, { by: 'lab', seconds: 60 })).rejects.toThrow(/gateway: .*interface: /)
    expect(existsSync(join(top, 'var/lib/branchline/network'))).toBe(false)
  })

  it('is no matter of a box that was installed as a package', async () => {
    const network = makeBoxNetwork({
      ...{ dataFolder: top, systemFolder: undefined, log: silentLog },
      lan: { interfaces: () => [] },
    })
    expect(network.state().unsupported).toMatch(/package/)
    await expect(network.attempt(NEW, { by: 'lab', seconds: 60 })).rejects.toThrow(/package/)
  })
})

describe('the system', () => {
  it('asks by DHCP where nobody said anything, with a link-local address besides', async () => {
    await ended(system())
    expect(networkd()).toMatch(/LinkLocalAddressing=ipv4\n.*DHCP=ipv4\n/s)
    expect(box().state()).toEqual({ source: 'built-in', setting: { dns: [], ntp: [] } })
  })

  it.each([
    ['a section of its own', 'ADDRESS=192.0.2.1/24]\nADDRESS=[Match]\n'],
    ['a word that no address is', 'ADDRESS=999.0.2.1/24\nDNS=$(id)\nINTERFACE=eth0;id\n'],
    ['bytes', '\0\0\u00ff=\n=\n'],
  ])('takes nothing of a file with %s', async (_, text) => {
    boot(text)
    await ended(system())
    expect(networkd()).not.toMatch(/^(Address|DNS|Name)=/m)
  })

  it('does not follow a link that the service left as its wish', async () => {
    writeFileSync(join(top, 'secret'), 'ADDRESS=192.0.2.66/24\n')
    mkdirSync(join(top, 'var/lib/branchline/network'))
    symlinkSync(join(top, 'secret'), join(top, 'var/lib/branchline/network/wish'))
    await ended(system('try'))
    expect(networkd()).not.toContain('192.0.2.66')
  })

  it('sets at once and for good what is said on the console', async () => {
    await ended(system())
    await ended(system('set', '192.0.2.9/24', '', '192.0.2.53,192.0.2.54'))
    expect(networkd()).toContain('Address=192.0.2.9/24\nDNS=192.0.2.53\nDNS=192.0.2.54\n')
    expect(await ended(system('set', '192.0.2.300/24', '', ''))).toContain('192.0.2.300/24')
    await ended(system())
    expect(box().state()).toMatchObject({ source: 'page', setting: { address: '192.0.2.9/24' } })
  })

  it('offers nothing on the other ports where one is chosen', async () => {
    boot('INTERFACE=eth1\n')
    await ended(system())
    expect(readFileSync(join(top, 'run/system/firewall-only.nft'), 'utf8')).toBe('iifname != "eth1" drop\n')
    boot('')
    await ended(system())
    expect(existsSync(join(top, 'run/system/firewall-only.nft'))).toBe(false)
  })
})
