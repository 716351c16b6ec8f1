import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contains, formatIpv4, parseCidr } from '../../services/core/ipv4.ts'
import { readConfig } from '../config/config.ts'
import { demoConfig } from './config.ts'

it('keeps to loopback and to a folder of its own, whatever was configured', async () => {
  const given = readConfig({
    flags: { data: '/nonexistent', interfaces: 'eth0', pnp: 'false', 'http-port': '12345' },
    env: {},
    root: false,
  })
  const demo = demoConfig(given)
  const { config } = demo
  expect([config.interfaces, config.pnp, config.ports.http]).toEqual([['lo'], true, 12_345])
  expect(Object.keys(config.dhcp.interfaces)).toEqual(['lo'])
  for (const { pools } of config.dhcp.networks)
    for (const { from, to } of pools)
      for (const address of [from, to])
        expect([formatIpv4(address), contains(parseCidr('127.0.0.0/8'), address)]).toEqual([formatIpv4(address), true])
  expect(existsSync(config.dataFolder)).toBe(true)
  writeFileSync(join(config.dataFolder, 'left-over'), '')
  await demo[Symbol.asyncDispose]()
  expect(existsSync(config.dataFolder)).toBe(false)
})
