import { join } from 'node:path'
import { RUNTIME_ENV } from '../../../appliance/bin/run-bun.mjs'
import { SOCKET_NAME } from '../../../appliance/cli/client.ts'
import { InvariantError } from '../../../services/core/errors.ts'
import { Host } from '../client/hosts.ts'
import { type Lab, POOL, SUBNET } from '../lab.ts'
import type { Contender } from './contender.ts'

const MAIN = join(import.meta.dirname, '..', '..', '..', 'appliance', 'main.ts')

export interface BoxOptions {
  /** Look whether an address is in use before it is offered, as the box does when nobody says otherwise. */
  readonly probe?: boolean
  /** So many devices are registered, numbered from `first`. */
  readonly devices?: { readonly first: number; readonly count: number }
  /** Prepares the data folder before the box starts. */
  readonly seed?: (dataFolder: string) => Promise<void>
  /** More arguments for the runtime, e.g. a profiler's. */
  readonly runtime?: readonly string[]
}

/** The box itself, with durable leases and everything switched on. */
export function box(options: BoxOptions = {}): Contender {
  return {
    name: options.probe === false ? 'box, no probe' : 'box',
    async start(lab) {
      const data = dataFolder(lab)
      await options.seed?.(data)
      const config = lab.write('branchline.yaml', configuration(options.probe ?? true))
      const runtime = [process.execPath, ...(options.runtime ?? [])]
      await lab.serve(
        [...runtime, MAIN, 'up', '--config', config, '--data', data],
        () => isAnswering(data),
        RUNTIME_ENV,
      )
      if (options.devices !== undefined) await register(data, options.devices.first, options.devices.count)
    },
  }
}

function dataFolder(lab: Lab): string {
  return lab.file('data')
}

function configuration(probe: boolean): string {
  return `log: { level: warn }
dhcp:
  probe: ${probe}
  interfaces: { eth0: { mode: full } }
  networks:
    - id: bench
      interface: eth0
      subnet: ${SUBNET}
      pools: [${POOL[0]}-${POOL[1]}]
      lease: 12h
`
}

async function isAnswering(data: string): Promise<boolean> {
  try {
    const response = await fetch('http://localhost/api/v1/dhcp', { unix: join(data, SOCKET_NAME) })
    const { interfaces } = (await response.json()) as { interfaces: { name: string; answering: boolean }[] }
    return interfaces.some((one) => one.name === 'eth0' && one.answering)
  } catch {
    return false
  }
}

async function register(data: string, first: number, count: number): Promise<void> {
  const devices = Array.from({ length: count }, (_, i) => {
    const mac = new Host(first + i).macText
    const line = { index: 1, user: `u${mac}`, secret: `s-${mac}`, server: 'pbx.example', label: `Phone ${i}` }
    return { mac, vendor: 'yealink', model: 'T46U', lines: [line] }
  })
  const response = await fetch('http://localhost/api/v1/devices/import?dryRun=0', {
    unix: join(data, SOCKET_NAME),
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(devices),
  })
  if (!response.ok) throw new InvariantError(`devices cannot be imported: ${(await response.text()).slice(0, 500)}`)
}

/** The bytes that a device would get, by the same way as `branchline render`. */
export async function render(lab: Lab, mac: string, file: string): Promise<Uint8Array> {
  const path = `/api/v1/devices/${mac}/file?reveal=1&name=${encodeURIComponent(file)}`
  const response = await fetch(`http://localhost${path}`, { unix: join(dataFolder(lab), SOCKET_NAME) })
  if (!response.ok) throw new InvariantError(`${file} cannot be rendered: ${(await response.text()).slice(0, 300)}`)
  return new Uint8Array(await response.arrayBuffer())
}
