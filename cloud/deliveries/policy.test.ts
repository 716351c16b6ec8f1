import { describe, expect, it } from 'vitest'
import { isPublicAddress, urlFault } from './policy-address.ts'
import { isLost, nextTry } from './policy-delivery.ts'

describe('isPublicAddress', () => {
  it.each([
    ...['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.1', '100.128.0.1', '223.255.255.255'],
    ...['2606:4700::1111', '2a00:1450:4001:81b::200e', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::1'],
  ])('%s is', (address) => expect(isPublicAddress(address)).toBe(true))

  it.each([
    ...['127.0.0.1', '127.9.9.9', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254'],
    ...['0.0.0.0', '100.64.0.1', '100.127.255.255', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.0.1'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'ff02::1', '2001:db8::1', '2001::1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::1', '2002:c0a8:101::', '::127.0.0.1'],
    ...['', 'localhost', '1.2.3', '0177.0.0.1', '1:2:3:4:5:6:7:8:9', '1::2::3', '12345::1', '64:ff9b:1::808:808'],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('urlFault', () => {
  it.each([
    ['https://hooks.example.net/x?y=1', undefined],
    ['https://8.8.8.8/x', undefined],
    ['http://hooks.example.net/', 'it must begin with https://'],
    ['ftp://hooks.example.net/', 'it must begin with https://'],
    ['hooks', 'it is not a URL like https://hooks.example.net/branchline'],
    ['https://u:p@hooks.example.net/', 'it must not hold a user name or password: check the signature instead'],
    ['https://127.0.0.1/', 'its address is not one of the public internet'],
    // The URL parser makes the same of each of these.
    ['https://2130706433/', 'its address is not one of the public internet'],
    ['https://0x7f.1/', 'its address is not one of the public internet'],
    ['https://[::1]/', 'its address is not one of the public internet'],
    ['https://[::ffff:10.0.0.1]/', 'its address is not one of the public internet'],
  ])('%s: %s', (url, fault) => expect(urlFault(url, false)).toBe(fault))

  it('lets an operator allow more', () => {
    expect(urlFault('http://127.0.0.1:9/', true)).toBeUndefined()
    expect(urlFault('ftp://127.0.0.1/', true)).toBe('it must begin with https://')
  })
})

describe('tries of a delivery', () => {
  it('pause longer and longer, for a day', () => {
    let now = 0
    const times: number[] = []
    for (let tries = 1; ; tries++) {
      const next = nextTry(tries, 0, now)
      if (next === undefined) break
      times.push((next - now) / 1000)
      now = next
    }
    expect(times.slice(0, 8)).toEqual([10, 30, 120, 300, 900, 1800, 3600, 7200])
    expect(times.slice(8).every((pause) => pause === 7200)).toBe(true)
    expect(now).toBeGreaterThan(22 * 3_600_000)
    expect(now).toBeLessThanOrEqual(24 * 3_600_000)
  })

  it('make a channel lost after three days', () => {
    expect([isLost(0, 3 * 86_400_000 - 1), isLost(0, 3 * 86_400_000)]).toEqual([false, true])
  })
})
