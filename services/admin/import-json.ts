import { InputError } from './errors.ts'
import { type ImportRow, type ImportSheet, MAX_ROWS, readSpelledMac, twice } from './import.ts'
import type { RowFault } from './schema.ts'
import { isBag } from './secrets.ts'

/** Reads `[…]` or `{ "devices": […] }`; each item is a device with its `mac`. */
export function readJson(text: string): ImportSheet {
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
  const rows: ImportRow[] = []
  const faults: RowFault[] = []
  for (const [index, item] of list.entries()) {
    const line = starts[index] ?? 1
    const read = isBag(item) ? readSpelledMac(String(item.mac ?? '')) : { fault: 'is not an object' }
    if ('fault' in read) {
      faults.push({ row: index + 1, line, column: 'mac', message: read.fault })
      continue
    }
    const { mac: _mac, rev: _rev, ...patch } = item as Record<string, unknown>
    rows.push({ row: index + 1, line, mac: read.mac, patch, columns: new Map() })
  }
  return { rows, faults: [...faults, ...twice(rows, 'mac')] }
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
