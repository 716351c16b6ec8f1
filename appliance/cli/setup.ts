import type { SetupView } from '../../services/admin/schema-assist.ts'
import { clientFor } from './client.ts'
import { type Command, EXIT, macAt } from './command.ts'

export const setupCommand: Command = {
  name: 'setup',
  words: 'MAC',
  most: 1,
  help: 'how to set a device up by hand: what to type in where, its URL, its reset; --qr draws a code of the URL',
  flags: [{ name: 'qr', help: 'draw the QR code too' }],
  async run(invocation) {
    const { terminal, flags, json } = invocation
    const mac = macAt(invocation, 0)
    const setup = (await clientFor(invocation).json('GET', `/api/v1/devices/${mac}/setup`)) as SetupView
    terminal.out(json ? `${JSON.stringify(setup)}\n` : told(setup, flags.qr !== undefined))
    return EXIT.ok
  },
}

function told(setup: SetupView, qr: boolean): string {
  const who = [setup.title, setup.model].filter((text) => text !== undefined).join(' ')
  const { login } = setup
  const named = [login?.user, login?.password].filter((text) => text !== undefined).join(' / ')
  const factory = [named, login?.note].filter((text) => text !== undefined && text !== '').join('; ')
  return [
    `${setup.mac}: ${who === '' ? 'nothing says yet what it is' : who}\n`,
    setup.unsure ? 'as commonly described; no document of the manufacturer confirms it\n' : '',
    `URL:       ${setup.url}\nshort URL: ${setup.shortUrl}\nuser and password: leave empty\n`,
    section('in its menu', setup.phone),
    section(`on its web page${factory === '' ? '' : ` (from the factory: ${factory})`}`, setup.web),
    section('its IP address', setup.address),
    section('its MAC address', setup.findMac),
    section('back to factory settings', setup.reset),
    qr ? `\nQR code of ${setup.scan}:\n${setup.qr.blocks}\n` : '',
  ].join('')
}

function section(title: string, steps: readonly string[]): string {
  if (steps.length === 0) return ''
  return `\n${title}:\n${steps.map((step, i) => `  ${i + 1}. ${step}\n`).join('')}`
}
