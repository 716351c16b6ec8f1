import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../services/program/config-file.ts'
import { readCloudConfig } from './config.ts'

function read(text: string, env: Record<string, string> = {}, flags: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'bl-cloud-config-'))
  try {
    const file = join(folder, 'cloud.yaml')
    writeFileSync(file, text)
    return readCloudConfig({ flags: { config: file, ...flags }, env, root: false })
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults.map((fault) => fault.replaceAll(folder, ''))
    throw thrown
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('readCloudConfig', () => {
  it('has a default for everything: SQLite, on this machine alone', () => {
    const config = readCloudConfig({ flags: {}, env: { XDG_DATA_HOME: '/home/u/data' }, root: false })
    expect(config).toMatchObject({
      dataFolder: '/home/u/data/branchline-cloud',
      secretKeyFile: '/home/u/data/branchline-cloud/cloud.key',
      listen: { address: '127.0.0.1', port: 8090 },
      operations: { address: '127.0.0.1' },
      database: { connections: 10 },
      proxies: 0,
    })
    expect(config.publicUrl).toBeUndefined()
  })

  it('lets a flag win over an environment name, and that over the file', () => {
    const config = read(
      'listen: { port: 1 }\nproxies: 1\nlog: { level: warn }\n',
      { BRANCHLINE_CLOUD_PORT: '2', BRANCHLINE_CLOUD_PROXIES: '2' },
      { port: '3' },
    )
    expect(config).toMatchObject({ listen: { port: 3 }, proxies: 2, log: { level: 'warn' } })
  })

  it('says every fault at once, each with its place', () => {
    expect(
      read('listen: { port: many }\ndatabase: { url: mysql://x }\npublicURL: x\n', {
        BRANCHLINE_CLOUD_PROXIES: 'some',
      }),
    ).toEqual([
      'environment BRANCHLINE_CLOUD_PROXIES: not a whole number: "some"',
      expect.stringMatching(/^\/cloud\.yaml:1: listen\.port: /),
      '/cloud.yaml:2: database.url: not a URL like postgres://user@host/name',
      '/cloud.yaml:3: publicURL: no such setting',
    ])
  })

  it('refuses what would send passwords in the clear or links to nowhere', () => {
    expect(read('publicUrl: http://cloud.example.net\n')).toEqual([
      '/cloud.yaml:1: publicUrl: it must begin with https:// unless it names this machine',
    ])
    expect(read('publicUrl: https://example.net/cloud\n')).toEqual([
      '/cloud.yaml:1: publicUrl: it must be the root of a host, not /cloud',
    ])
    expect(read('listen: { address: 0.0.0.0 }\n')[0 as never]).toContain('publicUrl: it is needed')
    const provider = '{ id: a, name: A, clientId: c, clientSecretFile: /f, issuer: '
    expect(read(`oidc:\n  - ${provider}http://id.example.net }\n  - ${provider}https://id.example.net }\n`)).toEqual([
      '/cloud.yaml:2: oidc.0.issuer: it must begin with https:// unless it names this machine',
      '/cloud.yaml:3: oidc.1.id: two providers are called a',
    ])
  })
})
