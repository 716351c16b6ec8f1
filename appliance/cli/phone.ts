import { makeCounters } from '../../services/core/counters.ts'
import { NotFoundError } from '../../services/core/errors.ts'
import { formatIpv4, parseIpv4 } from '../../services/core/ipv4.ts'
import { silentLog } from '../../services/core/log.ts'
import { type Mac, parseMac } from '../../services/core/mac.ts'
import type { Lan } from '../../services/core/net.ts'
import { ROOT_PORTS, USER_PORTS } from '../config/config.ts'
import { makeKernelLan } from '../net/lan.ts'
import { type BootResult, bootPhone, METHODS, type PhoneRoads } from '../phone/boot.ts'
import { claimPhone } from '../phone/claim.ts'
import type { Leased } from '../phone/dhcp-client.ts'
import { loadScripts, type PhoneScript } from '../phone/script.ts'
import { shippedTemplates } from '../templates.ts'
import { type Command, EXIT, type Invocation, UsageError } from './command.ts'

export const phoneCommand: Command = {
  name: 'phone',
  words: '',
  most: 0,
  help: 'boot a virtual phone against any server: DHCP or PnP, then its files in its vendor’s order',
  flags: [
    { name: 'vendor', value: 'NAME', help: 'folder name in templates/, e.g. yealink' },
    { name: 'model', value: 'MODEL', help: 'default: the vendor’s first virtual phone' },
    { name: 'mac', value: 'MAC', help: 'default: a random one with the vendor’s prefix' },
    { name: 'interface', value: 'NAME', help: 'ask by DHCP and PnP on this interface' },
    { name: 'configure', help: 'put the leased address on that interface (root; meant for a namespace of its own)' },
    { name: 'no-dhcp', help: 'do not ask DHCP on the interface: keep the address of --address' },
    {
      name: 'by',
      value: 'METHOD',
      help: 'led by dhcp, pnp, redirect or link alone; default: what it tries by itself, in its order',
    },
    { name: 'no-pnp', help: 'do not ask by SIP PnP' },
    { name: 'address', value: 'IP', help: 'own address when DHCP is not asked' },
    { name: 'url', value: 'URL', help: 'provisioning URL, when the phone is told it by hand' },
    { name: 'pnp-server', value: 'IP', help: 'ask PnP there instead of 224.0.1.75' },
    { name: 'claim', value: 'EXTENSION', help: 'enter this extension and the PIN at its screen, then fetch again' },
    { name: 'pin', value: 'PIN', help: 'the PIN for --claim' },
    { name: 'show', help: 'print the content of each file too' },
  ],
  async run(invocation) {
    const { terminal, flags, json } = invocation
    const script = chooseScript(flags.vendor, flags.model)
    const mac = flags.mac === undefined ? randomMac(script) : parseMac(flags.mac)
    await using lan = makeKernelLan({ log: silentLog, counters: makeCounters() })
    const say = json ? () => {} : (line: string) => terminal.out(`${line}\n`)
    const roads = roadsOf(invocation, lan)
    let result = await bootPhone(script, mac, roads, say)
    if (flags.claim !== undefined && result.address !== undefined) {
      const entered = { ext: flags.claim, pin: flags.pin ?? '' }
      say(`${mac} says: ${await claimPhone(script, mac, result.address, result, entered, say)}`)
      result = await bootPhone(script, mac, roads, say)
    }
    if (json) terminal.out(`${JSON.stringify(viewOf(result))}\n`)
    else terminal.out(summaryOf(result, flags.show !== undefined))
    return result.configured ? EXIT.ok : EXIT.failed
  },
}

function chooseScript(vendor: string | undefined, model: string | undefined): PhoneScript {
  const scripts = loadScripts(shippedTemplates(), vendor)
  const script =
    model === undefined ? scripts[0] : scripts.find((one) => one.model.toLowerCase() === model.toLowerCase())
  if (script !== undefined) return script
  throw new NotFoundError(
    `no virtual phone of model ${JSON.stringify(model)}; there are ${scripts.map((one) => one.model).join(', ')}`,
  )
}

function randomMac(script: PhoneScript): Mac {
  const tail = crypto.getRandomValues(new Uint8Array(3))
  return parseMac(script.oui + [...tail].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
}

function roadsOf({ flags, terminal }: Invocation, lan: Lan): PhoneRoads {
  const ports = terminal.root ? ROOT_PORTS : USER_PORTS
  const numbered = (name: string, fallback: number) => {
    const text = flags[name]
    if (text === undefined) return fallback
    if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
      throw new UsageError(`--${name} is not a port: ${JSON.stringify(text)}`)
    return Number(text)
  }
  const device = flags.interface
  if (device === undefined && flags.address === undefined)
    throw new UsageError('say where the phone is plugged in: --interface NAME, or --address IP')
  if (flags['no-dhcp'] !== undefined && flags.address === undefined)
    throw new UsageError('without DHCP the phone needs an --address')
  const by = METHODS.find((method) => method === flags.by)
  if (flags.by !== undefined && by === undefined)
    throw new UsageError(`--by is none of ${METHODS.join(', ')}: ${JSON.stringify(flags.by)}`)
  const random = Math.random
  const wantsDhcp = flags['no-dhcp'] === undefined && device !== undefined
  const serverPort = numbered('dhcp-port', ports.dhcp)
  const clientPort = numbered('dhcp-client-port', ports.dhcpClient)
  return {
    lan,
    tftpPort: numbered('tftp-port', ports.tftp),
    ...(wantsDhcp ? { dhcp: { lan, device, serverPort, clientPort, random } } : {}),
    ...(flags.address === undefined ? {} : { address: parseIpv4(flags.address) }),
    ...(flags.url === undefined ? {} : { url: flags.url }),
    ...(by === undefined ? {} : { by }),
    ...(flags['no-pnp'] === undefined && device !== undefined
      ? {
          pnp: {
            lan,
            device,
            port: numbered('sip-port', ports.sip),
            random,
            ...(flags['pnp-server'] === undefined ? {} : { server: parseIpv4(flags['pnp-server']) }),
          },
        }
      : {}),
    ...(flags.configure !== undefined && device !== undefined
      ? { configure: (leased: Leased) => configureInterface(device, leased) }
      : {}),
  }
}

async function configureInterface(device: string, leased: Leased): Promise<void> {
  const address = `${formatIpv4(leased.address)}/${leased.prefix}`
  const child = Bun.spawn(['ip', 'address', 'replace', address, 'dev', device], { stdout: 'ignore', stderr: 'pipe' })
  if ((await child.exited) !== 0)
    throw new UsageError(
      `address ${address} cannot be put on ${device}: ${(await new Response(child.stderr).text()).trim()}`,
    )
}

function viewOf(result: BootResult) {
  return {
    mac: result.mac,
    vendor: result.script.vendor,
    model: result.script.model,
    address: result.address === undefined ? undefined : formatIpv4(result.address),
    url: result.url,
    urlFrom: result.urlFrom,
    files: result.files.map(({ bytes: _, ...file }) => file),
    configured: result.configured,
    problem: result.problem,
  }
}

function summaryOf(result: BootResult, show: boolean): string {
  const contents = show
    ? result.files
        .filter((file) => file.status === 200)
        .map((file) => `--- ${file.url}\n${new TextDecoder().decode(file.bytes)}\n`)
        .join('')
    : ''
  const verdict = result.configured ? 'configured' : `not configured: ${result.problem}`
  return `${contents}${result.mac} (${result.script.vendor} ${result.script.model}): ${verdict}\n`
}
