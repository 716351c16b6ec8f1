import { encode, renderSVG, renderUnicodeCompact } from 'uqr'
import type { Mac } from '../core/mac.ts'
import type { Manual, Setup } from './contract.ts'

/** Four modules of white all round, which readers count on (ISO/IEC 18004, quiet zone). */
const QUIET_ZONE = 4

/** A QR code as a picture. Dark on light, whatever colours the page has. */
export function qrSvg(text: string): string {
  return renderSVG(text, { ecc: 'M', border: QUIET_ZONE, pixelSize: 4 })
}

/** The same in block characters, two modules one above the other in each; light on a dark terminal. */
export function qrBlocks(text: string): string {
  return renderUnicodeCompact(text, { ecc: 'M', border: QUIET_ZONE })
}

/** The modules, true for dark, without the quiet zone. */
export function qrModules(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'M', border: 0 }).data
}

const UNKNOWN = {
  web: [
    'Open its web page: http:// and its IP address in a browser on this network.',
    'Look for Auto Provisioning, Provisioning Server, Config Server or Profile Rule.',
    'Type in {{ url }}, leave user and password empty, save and restart it.',
  ],
  address: ['Its IP address stands in its menu under Status, Information or Network.'],
  findMac: ['Its MAC address stands on the label on its bottom or back, and on its box.'],
} as const

/** Instructions as a person gets them: where a vendor's description says nothing, what holds for most devices. */
export function setupOf(mac: Mac, manual: Manual): Setup {
  const or = (steps: readonly string[], general: readonly string[]) =>
    steps.length > 0 ? steps : general.map((step) => step.replace('{{ url }}', manual.shortUrl))
  return {
    ...manual,
    mac,
    web: or(manual.web, manual.phone.length > 0 ? [] : UNKNOWN.web),
    address: or(manual.address, UNKNOWN.address),
    findMac: or(manual.findMac, UNKNOWN.findMac),
    qr: { svg: qrSvg(manual.scan), blocks: qrBlocks(manual.scan) },
  }
}
