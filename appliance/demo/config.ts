import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseCidr } from '../../services/core/ipv4.ts'
import { parsePool } from '../../services/dhcp/network-fields.ts'
import type { BoxConfig } from '../config/config.ts'

/**
 * The configuration of a demonstration: loopback alone, high ports, a data folder that is thrown away when disposed.
 * Its phones lease from 127.0.1.0/24 as if behind a relay, since loopback has no broadcast.
 */
export function demoConfig(given: BoxConfig): { readonly config: BoxConfig } & AsyncDisposable {
  const dataFolder = mkdtempSync(join(tmpdir(), 'branchline-demo-'))
  const config: BoxConfig = {
    ...given,
    dataFolder,
    interfaces: ['lo'],
    pnp: true,
    dhcp: {
      probe: false,
      interfaces: { lo: { mode: 'full', besideForeignServer: true } },
      networks: [
        {
          id: 'demo',
          subnet: parseCidr('127.0.1.0/24'),
          pools: [parsePool('127.0.1.10-127.0.1.250')],
          dns: [],
          ntp: [],
          leaseSeconds: 3600,
          authoritative: true,
          reservations: [],
          options: [],
        },
      ],
    },
  }
  return {
    config,
    async [Symbol.asyncDispose]() {
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
