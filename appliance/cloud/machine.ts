import { readFileSync } from 'node:fs'

/** Where Linux tells what a machine is: device tree (small boards), then DMI (PCs). The serial of a PC is root's. */
const MODEL = ['/proc/device-tree/model', '/sys/class/dmi/id/product_name']
const SERIAL = ['/proc/device-tree/serial-number', '/sys/class/dmi/id/product_serial']
/** What makers leave there who filled nothing in. */
const NOTHING =
  /^(to be filled by o\.?e\.?m\.?|default string|not specified|none|system (product name|serial number)|0+)$/i

/** What the account's admin is shown of this machine, so that they know it is the one before them. */
export function machineFacts(read: (path: string) => string = readText): { model: string; serial?: string } {
  const first = (paths: readonly string[]) =>
    paths.map((path) => plain(read(path))).find((text) => text !== '' && !NOTHING.test(text))
  const serial = first(SERIAL)
  return { model: first(MODEL) ?? 'Branchline', ...(serial !== undefined && { serial }) }
}

/** Device-tree texts end in a zero byte. */
function plain(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, 60)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
