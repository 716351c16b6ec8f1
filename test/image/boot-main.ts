import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { whyNoNamespaces } from '../support/netns.ts'
import { bootAndProvision } from './first-boot.ts'
import { Office } from './office.ts'

/** `image/boot`: boots what `image/build` made in a LAN of its own, lets real clients ask it, and prints figures. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', default: 'amd64' },
      out: { type: 'string' },
      firmware: { type: 'string', default: 'uefi' },
      keep: { type: 'boolean', default: false },
    },
  })
  const arch = values.arch === 'arm64' ? 'arm64' : 'amd64'
  const reason = whyNoNamespaces()
  if (reason !== undefined) throw new OperatorError(reason)
  const folder = values.out ?? `dist/image/${arch}`
  const file = (pattern: RegExp) => {
    const name = readdirSync(folder).find((one) => pattern.test(one))
    if (name === undefined) throw new OperatorError(`${folder} has no image: run image/build first`)
    return join(folder, name)
  }
  const image = file(/^branchline-.*\.img$/)
  const say = (name: string, value: string) => process.stdout.write(`${name.padEnd(34)} ${value}\n`)
  const size = (path: string) => `${(statSync(path).size / 1e6).toFixed(1)} MB`
  say('disk image', `${size(image)}, ${((statSync(image).blocks * 512) / 1e6).toFixed(1)} MB on disk`)
  say('root file system', size(join(folder, 'root.img')))
  say('boot image', size(join(folder, 'boot.img')))
  say('update bundle', size(file(/\.raucb$/)))
  await using office = await Office.make({ image, arch, firmware: values.firmware === 'bios' ? 'bios' : 'uefi' })
  const seen = await bootAndProvision(office, (line) => say('', line))
  say('power-on to first DHCP answer', `${seen.firstLeaseSeconds.toFixed(1)} s`)
  say('power-on to found well', `${seen.wellSeconds.toFixed(1)} s`)
  say('memory after boot', seen.memory)
  if (values.keep) {
    say('it runs until Ctrl-C; console', 'type here')
    process.stdin.on('data', (chunk: Buffer) => void office.machine.type(String(chunk)))
    await new Promise<void>((resolve) => process.once('SIGINT', resolve))
  }
}

main().catch((thrown: unknown) => {
  process.stderr.write(`image/boot: ${messageOf(thrown)}\n`)
  process.exitCode = 1
})
