import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../services/program/config-file.ts'
import { cloudUrlFault } from './cloud-url.ts'
import { readConfig } from './config.ts'

describe('the address of an account', () => {
  it.each([
    'https://cloud.example',
    'https://cloud.example/branch/',
    'https://192.0.2.1:8443',
    'http://localhost:8090',
    'http://127.0.0.1:1',
    'http://[::1]:1',
  ])('%s can be used', (text) => expect(cloudUrlFault(text)).toBeUndefined())
  it.each([
    ['cloud.example', 'not an address like https://cloud.example: "cloud.example"'],
    ['', 'not an address like https://cloud.example: ""'],
    ['http://cloud.example', 'must begin with https://: "http://cloud.example"'],
    ['http://localhost.example', 'must begin with https://: "http://localhost.example"'],
    ['file:///etc/passwd', 'must begin with https://: "file:///etc/passwd"'],
    ['https://ann:secret@cloud.example', 'must not hold a name or a password'],
    ['https://cloud.example/?a=b', 'must end with its path: "https://cloud.example/?a=b"'],
  ])('%j cannot: %s', (text, fault) => expect(cloudUrlFault(text)).toBe(fault))

  it('is none by default, and its fault names where it was given', () => {
    expect(readConfig({ flags: {}, env: {}, root: false }).cloud.url).toBeUndefined()
    expect(
      readConfig({ flags: { cloud: 'https://a.example' }, env: { BRANCHLINE_CLOUD: 'x' }, root: false }).cloud.url,
    ).toBe('https://a.example')
    try {
      readConfig({ flags: {}, env: { BRANCHLINE_CLOUD: 'http://a.example' }, root: false })
      expect.unreachable()
    } catch (thrown) {
      expect(thrown instanceof ConfigError && thrown.faults).toEqual([
        'environment BRANCHLINE_CLOUD: cloud.url: must begin with https://: "http://a.example"',
      ])
    }
  })
})
