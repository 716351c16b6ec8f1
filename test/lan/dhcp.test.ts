import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseCidr, parseIpv4 } from '../../services/core/ipv4.ts'
import type { DhcpSettings } from '../../services/dhcp/contract.ts'
import type { DhcpBoxOptions } from '../support/dhcp-box.ts'
import { dhcpSettings, network, pool } from '../support/dhcp-kit.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const BOX = fileURLToPath(new URL('../support/dhcp-box.ts', import.meta.url))
const URL_66 = 'http://192.0.2.1/yealink/'
const { interface: _attached, ...elsewhere } = network()
const far = {
  ...elsewhere,
  id: 'far',
  subnet: parseCidr('198.51.100.0/24'),
  pools: [pool('198.51.100.50', '198.51.100.99')],
  router: parseIpv4('198.51.100.1'),
}
const settings = dhcpSettings({
  interfaces: [{ name: 'eth0', mode: 'full', besideForeignServer: true }],
  networks: [network({ pools: [pool('192.0.2.100', '192.0.2.199')] }), far],
  probe: true,
})
const classes: DhcpBoxOptions['classes'] = [
  { prefix: 'yealink', options: [{ code: 66, type: 'text', value: URL_66 }] },
  {
    prefix: 'snom',
    options: [
      { code: 66, type: 'text', value: 'http://192.0.2.1' },
      { code: 67, type: 'text', value: 'snom/{mac}.htm' },
    ],
  },
  // udhcpc and dhcpcd pass a host name on to their scripts, but no URL (BusyBox 1.35 says `bad`).
  { prefix: 'plain', options: [{ code: 66, type: 'text', value: 'tftp.example.net' }] },
  { prefix: 'Cisco Systems', options: [{ code: 150, type: 'ipv4', value: ['192.0.2.1'], always: true }] },
]

/** Prints what a client learned as `name=value` lines into the file beside it; udhcpc, dhclient and dhcpcd call it alike. */
const SCRIPT = `#!/bin/sh
case "$1$reason" in
  bound*|renew*|BOUND*|REBOOT*|RENEW*) env > "$OUT.new" && mv "$OUT.new" "$OUT" ;;
  PREINIT*) ip link set "$interface" up ;;
esac
exit 0
`

//   box 192.0.2.1 ──┬── phone            relay 198.51.100.1 ── far
//                   ├── relay 192.0.2.2 ──┘
//                   └── rogue 192.0.2.9
describeOrSkip('dhcp with real clients', ['namespaces', 'udhcpc', 'dhclient', 'dhcpcd', 'dhcrelay', 'dnsmasq'], () => {
  const lab = new Namespaces()
  let folder: string
  let box: Awaited<ReturnType<typeof startBox>>

  async function startBox(given: DhcpSettings, more: Partial<DhcpBoxOptions> = {}) {
    const options = { database: join(folder, 'box.db'), settings: given, classes, talk: true, ...more }
    const child = lab.start('box', [process.execPath, BOX, JSON.stringify(options)])
    const lines: string[] = []
    const ready = Promise.withResolvers<void>()
    const reading = (async () => {
      let rest = ''
      for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop() ?? ''
        lines.push(...parts)
        if (lines.includes('ready')) ready.resolve()
      }
      ready.reject(new TypeError(`the box ended: ${await new Response(child.stderr).text()}`))
    })()
    await ready.promise
    const kill = async () => {
      child.kill('SIGKILL')
      await child.exited
      ready.promise.catch(() => undefined)
      await reading
    }
    return { lines, kill }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dhcp-lan-'))
    await writeFile(join(folder, 'script'), SCRIPT, { mode: 0o755 })
    for (const name of ['switch', 'box', 'phone', 'relay', 'far', 'rogue']) await lab.add(name)
    await lab.bridge('switch', 'br0')
    const plug = (namespace: string, address?: string) =>
      lab.cable(
        { namespace, device: 'eth0', ...(address !== undefined && { address }) },
        { namespace: 'switch', device: namespace, bridge: 'br0' },
      )
    await plug('box', '192.0.2.1/24')
    await plug('phone')
    await plug('relay', '192.0.2.2/24')
    await plug('rogue', '192.0.2.9/24')
    await lab.cable(
      { namespace: 'relay', device: 'eth1', address: '198.51.100.1/24' },
      { namespace: 'far', device: 'eth0' },
    )
    await lab.ip('box', 'route', 'add', '198.51.100.0/24', 'via', '192.0.2.2')
    box = await startBox(settings)
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  /** Runs a client to its end, and returns the variables that it gave to its script. */
  async function learn(namespace: string, command: readonly string[]): Promise<Record<string, string>> {
    const out = join(folder, `out-${namespace}`)
    await rm(out, { force: true })
    const result = await lab.run(namespace, command, { env: { OUT: out } })
    const text = await readFile(out, 'utf8').catch(() => `failed=${result.code} ${result.stdout} ${result.stderr}`)
    return Object.fromEntries(text.split('\n').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]))
  }

  function udhcpc(namespace: string, ...more: readonly string[]) {
    return learn(namespace, ['udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-s', join(folder, 'script'), ...more])
  }

  async function dhclient(namespace: string, vendorClass = 'yealink') {
    const config = join(folder, `dhclient-${namespace}.conf`)
    await writeFile(
      config,
      `send vendor-class-identifier "${vendorClass}";\nrequest subnet-mask, routers, tftp-server-name;\ntimeout 20;\n`,
    )
    const files = ['-cf', config, '-lf', join(folder, `leases-${namespace}`), '-pf', join(folder, `pid-${namespace}`)]
    // The loader of dhclient's scripts clears the environment: what is to survive must be named.
    const env = ['-e', `OUT=${join(folder, `out-${namespace}`)}`]
    const learned = await learn(namespace, ['dhclient', '-1', ...files, ...env, '-sf', join(folder, 'script'), 'eth0'])
    // It went into the background with its lease; `-x` ends it without giving the lease back.
    await lab.run(namespace, ['dhclient', '-x', ...files, '-sf', '/bin/true', 'eth0'])
    return learned
  }

  it('udhcpc leases an address with option 66 in the form of its class', async () => {
    const plain = await udhcpc('phone', '-V', 'plain', '-O', 'tftp')
    const lease = { ip: '192.0.2.100', mask: '24', router: '192.0.2.1', serverid: '192.0.2.1' }
    expect(plain).toMatchObject({ ...lease, tftp: 'tftp.example.net' })
    await udhcpc('phone', '-V', 'yealink', '-O', 'tftp')
    await expect.poll(() => box.lines.at(-1)).toContain(`"options":[{"code":66,"text":"${URL_66}"}]`)
    const snom = await udhcpc('phone', '-V', 'snomD785', '-O', 'tftp', '-O', 'bootfile')
    expect(snom).toMatchObject({ ip: '192.0.2.100', bootfile: 'snom/{mac}.htm' })
    await expect.poll(() => box.lines.at(-1)).toContain('"options":[{"code":66,"text":"http://192.0.2.1"},{"code":67')
    const cisco = await udhcpc('phone', '-V', 'Cisco Systems, Inc. IP Phone CP-7941G', '-O', '150')
    expect(cisco).toMatchObject({ ip: '192.0.2.100', siaddr: '192.0.2.1', opt150: 'c0000201' })
  })

  it('dhcpcd leases an address with option 66', async () => {
    const command = [
      'dhcpcd',
      '-4',
      '-1',
      '-B',
      '-t',
      '15',
      '-i',
      'plain',
      '-o',
      'tftp_server_name',
      '-c',
      join(folder, 'script'),
    ]
    const learned = await learn('phone', [...command, '-e', `OUT=${join(folder, 'out-phone')}`, 'eth0'])
    expect(learned).toMatchObject({ new_tftp_server_name: 'tftp.example.net', new_dhcp_server_identifier: '192.0.2.1' })
    expect(learned.new_ip_address).toMatch(/^192\.0\.2\.1\d\d$/)
  })

  it('a relay brings clients of another subnet, and their address is of that subnet', async () => {
    lab.start('relay', ['dhcrelay', '-4', '-d', '-a', '-i', 'eth1', '-i', 'eth0', '192.0.2.1'])
    const learned = await udhcpc('far', '-V', 'plain', '-O', 'tftp', '-t', '10', '-T', '1')
    expect(learned).toMatchObject({ ip: '198.51.100.50', router: '198.51.100.1', tftp: 'tftp.example.net' })
  })

  it('the server comes back after kill -9 and confirms the lease', async () => {
    const first = await dhclient('phone')
    expect(first).toMatchObject({ new_tftp_server_name: URL_66 })
    await box.kill()
    box = await startBox(settings)
    const again = await dhclient('phone')
    expect(again).toMatchObject({ reason: 'REBOOT', new_ip_address: first.new_ip_address })
  })

  it('another server is found and reported, and keeps full mode off', async () => {
    await box.kill()
    const dnsmasq = [
      'dnsmasq',
      '-d',
      '-p',
      '0',
      '-C',
      '/dev/null',
      '-i',
      'eth0',
      '--dhcp-range=192.0.2.200,192.0.2.210,5m',
    ]
    lab.start('rogue', [...dnsmasq, `--dhcp-leasefile=${join(folder, 'rogue.leases')}`])
    const careful = { ...settings, interfaces: [{ name: 'eth0', mode: 'full', besideForeignServer: false }] } as const
    box = await startBox(careful)
    await expect
      .poll(() => box.lines.join('\n'), { timeout: 10_000 })
      .toContain('another DHCP server (192.0.2.9) answers on eth0')
    const learned = await udhcpc('phone', '-V', 'yealink', '-O', 'tftp', '-t', '10', '-T', '2')
    expect(learned.serverid).toBe('192.0.2.9')
  })
})
