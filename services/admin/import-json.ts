import { type Bag, isBag } from '../core/merge-patch.ts'
import { readSpelledMac } from '../core/spelled-mac.ts'
import type { DeviceSheet, SheetFault, SheetRow } from '../moves/contract.ts'
import { cleaned } from './edit.ts'
import { InputError } from './errors.ts'

const MAX_ROWS = 20_000

/** Reads `[…]` or `{ "devices": […] }`; each item is a device with its `mac`. */
export function readJson(text: string): DeviceSheet {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw new InputError(`not JSON: ${error instanceof Error ? error.message.slice(0, 200) : 'unreadable'}`)
  }
  const list = isBag(parsed) ? parsed.devices : parsed
  if (!Array.isArray(list))
    throw new InputError('expected a list of devices', [{ path: 'devices', message: 'is not a list' }])
  if (list.length > MAX_ROWS) throw new InputError(`${list.length} devices are more than ${MAX_ROWS}`)
  const starts = itemLines(text)
  const rows: SheetRow[] = []
  const faults: SheetFault[] = []
  for (const [index, item] of list.entries()) {
    const line = starts[index] ?? 1
    const read = isBag(item) ? readSpelledMac(String(item.mac ?? '')) : { fault: 'is not an object' }
    if ('fault' in read) {
      faults.push({ row: index + 1, line, column: 'mac', message: read.fault })
      continue
    }
    rows.push({ row: index + 1, line, mac: read.mac, patch: cleaned(item as Bag), columns: new Map() })
  }
  return { rows, faults }
}

/** The line on which each item of the (first) list begins: objects at depth one below the first `[`. */
function itemLines(text: string): number[] {
  const lines: number[] = []
  let line = 1
  let list = 0
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '\n') line++
    else if (quoted) {
      if (c === '\\') i++
      else if (c === '"') quoted = false
    } else if (c === '"') quoted = true
    else if (c === '[' || c === '{') {
      depth++
      if (list === 0 && c === '[') list = depth
      else if (list > 0 && depth === list + 1) lines.push(line)
    } else if (c === ']' || c === '}') depth--
  }
  return lines
}
