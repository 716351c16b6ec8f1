import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { formatIpv4 } from '../../services/core/ipv4.ts'
import { ConfigError } from '../../services/program/config-file.ts'
import { readConfig } from './config.ts'
import { configJsonSchema } from './schema.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'branchline-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function withFile(text: string, env: Record<string, string> = {}, flags: Record<string, string> = {}) {
  const file = join(folder, 'branchline.yaml')
  writeFileSync(file, text)
  return readConfig({ flags: { config: file, ...flags }, env, root: true })
}

function faultsOf(act: () => unknown): readonly string[] {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults.map((fault) => fault.replaceAll(folder, ''))
    throw thrown
  }
  return []
}

describe('readConfig', () => {
  it('has a default for everything, and low ports only for root', () => {
    const user = readConfig({ flags: {}, env: { XDG_DATA_HOME: '/home/u/data' }, root: false })
    expect(user.ports.dhcp).toBe(10067)
    expect(user.dataFolder).toBe('/home/u/data/branchline')
    expect(user.dhcp.interfaces).toEqual({})
    expect(readConfig({ flags: {}, env: {}, root: true }).ports.dhcp).toBe(67)
  })

  it('lets a flag win over an environment name, and that over the file', () => {
    const text = 'log: { level: error, format: json }\nports: { http: 81, tftp: 70 }\n'
    const config = withFile(
      text,
      { BRANCHLINE_HTTP_PORT: '82', BRANCHLINE_LOG_LEVEL: 'warn' },
      { 'log-level': 'debug' },
    )
    expect(config.log).toEqual({ level: 'debug', format: 'json' })
    expect(config.ports).toMatchObject({ http: 82, tftp: 70, https: 443 })
  })

  it('reads a network in full', () => {
    const config = withFile(`
dhcp:
  interfaces: { eth0: { mode: full } }
  networks:
    - id: phones
      interface: eth0
      subnet: 192.0.2.0/24
      pools: [192.0.2.100-192.0.2.199]
      router: 192.0.2.1
      lease: 12h
      reservations: [{ mac: 00-00-5E-00-53-01, address: 192.0.2.10 }]
      options: [{ code: 66, type: text, value: 'http://192.0.2.2/' }, { code: 150, type: ipv4, value: [192.0.2.2] }]
`)
    const [network] = config.dhcp.networks
    expect(network?.leaseSeconds).toBe(43_200)
    expect(network?.pools.map((pool) => formatIpv4(pool.to))).toEqual(['192.0.2.199'])
    expect(network?.reservations[0]?.mac).toBe('00005e005301')
    expect(network?.options).toHaveLength(2)
  })

  it('reports every fault at once, each with its line or origin and its path', () => {
    const faults = faultsOf(() =>
      withFile(
        `ports:
  http: many
dhpc: {}
dhcp:
  interfaces:
    eth0: { mode: fast }
  networks:
    - id: a
      subnet: 192.0.2.0/33
    - id: b
      subnet: 192.0.2.0/24
      router: 198.51.100.1
      pools: [192.0.2.9-192.0.2.3, 192.0.2.0-192.0.2.5]
`,
        { BRANCHLINE_TFTP_PORT: 'low', BRANCHLINE_LOG_LEVEL: 'loud' },
      ),
    )
    expect(faults).toEqual([
      'environment BRANCHLINE_TFTP_PORT: not a whole number: "low"',
      expect.stringMatching(/^environment BRANCHLINE_LOG_LEVEL: log\.level: /),
      expect.stringMatching(/^\/branchline\.yaml:2: ports\.http: /),
      expect.stringMatching(/^\/branchline\.yaml:6: dhcp\.interfaces\.eth0\.mode: /),
      '/branchline.yaml:9: dhcp.networks.0.subnet: not an IPv4 network like 192.0.2.0/24: "192.0.2.0/33"',
      '/branchline.yaml:13: dhcp.networks.1.pools.0: range ends before it starts: 192.0.2.9-192.0.2.3',
      '/branchline.yaml:3: dhpc: no such setting',
    ])
  })

  it('sees what no single field can see', () => {
    const faults = faultsOf(() =>
      withFile(`dhcp:
  networks:
    - { id: a, subnet: 192.0.2.0/24, pools: [192.0.2.10-192.0.2.20, 192.0.2.15-192.0.2.30] }
    - { id: a, subnet: 192.0.2.128/25, router: 192.0.2.1 }
`),
    )
    expect(faults).toEqual([
      '/branchline.yaml:3: dhcp.networks.0.pools.1: range overlaps range 1',
      '/branchline.yaml:4: dhcp.networks.1.router: router 192.0.2.1 lies outside 192.0.2.128/25',
    ])
    expect(
      faultsOf(() =>
        withFile(
          'dhcp:\n  networks:\n    - { id: a, subnet: 192.0.2.0/24 }\n    - { id: a, subnet: 192.0.2.128/25 }\n',
        ),
      ),
    ).toEqual([
      '/branchline.yaml:4: dhcp.networks.1.id: two networks are called a',
      '/branchline.yaml:4: dhcp.networks.1.subnet: overlaps the network a',
    ])
  })

  it('names the place of broken YAML, a duplicate key and a missing file', () => {
    expect(faultsOf(() => withFile('log: { level: info\nports: {}'))[0]).toMatch(/^\/branchline\.yaml:\d+:\d+: /)
    expect(faultsOf(() => withFile('pnp: true\npnp: false\n'))[0]).toMatch(/^\/branchline\.yaml:2:1: .*unique/)
    expect(faultsOf(() => withFile('just words'))[0]).toContain('not a mapping')
    const absent = { flags: { config: join(folder, 'absent.yaml') }, env: {}, root: true }
    expect(faultsOf(() => readConfig(absent))).toEqual(['configuration file does not exist: /absent.yaml'])
  })
})

describe('configJsonSchema', () => {
  it('names every setting of the file for editors', () => {
    expect(Object.keys((configJsonSchema() as { properties: object }).properties)).toEqual(
      expect.arrayContaining(['dataFolder', 'interfaces', 'ports', 'dhcp', 'tftp', 'pnp', 'uploads', 'log']),
    )
  })
})
