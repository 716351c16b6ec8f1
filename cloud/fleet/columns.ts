import { readMac } from '../../services/core/mac.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { deviceStatus } from '../../services/sync/site-report.ts'
import { searchText } from './policy-search.ts'

/** What the index keeps of a device's record. */
export interface RecordColumns {
  readonly record_seq: number
  /** 1: there is a record. */
  readonly recorded: number
  readonly name: string
  readonly vendor: string | null
  readonly model: string | null
  readonly device_group: string | null
  readonly extension: string | null
  readonly record_text: string
}

/** What the index keeps of a device's status. All null: nothing was reported. */
export interface StatusColumns {
  readonly status_seq: number | null
  readonly seen_vendor: string | null
  readonly seen_model: string | null
  readonly firmware: string | null
  readonly address: string | null
  readonly verdict: string | null
  readonly verdict_text: string | null
  readonly advice: string | null
  readonly last_seen: number | null
  readonly wanted_hash: string | null
  readonly wanted_since: number | null
  readonly fetched_hash: string | null
  readonly fetched_at: number | null
  readonly fetched_file: string | null
  readonly fetched_by: string | null
  readonly changed_at: number | null
  readonly status_text: string
}

export const NO_STATUS: StatusColumns = {
  ...{ status_seq: null, seen_vendor: null, seen_model: null, firmware: null, address: null },
  ...{ verdict: null, verdict_text: null, advice: null, last_seen: null },
  ...{ wanted_hash: null, wanted_since: null },
  ...{ fetched_hash: null, fetched_at: null, fetched_file: null, fetched_by: null },
  ...{ changed_at: null, status_text: '' },
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined
}

/** The users and labels of a record's lines. */
function lineTexts(lines: unknown): readonly string[] {
  if (!Array.isArray(lines)) return []
  return lines.slice(0, 20).flatMap((line) => {
    if (typeof line !== 'object' || line === null) return []
    const { user, label } = line as JsonObject
    return [textOf(user), textOf(label)].filter((text) => text !== undefined)
  })
}

/** A record may hold anything, since a newer box may have written it: what does not fit is left out. */
export function recordColumns(record: {
  readonly id: string
  readonly seq: number
  readonly deleted: boolean
  readonly body: JsonObject
}): RecordColumns {
  const { name, vendor, model, group, notes } = record.body
  const lines = lineTexts(record.body.lines)
  const mac = readMac(record.id)
  const columns = {
    ...{ record_seq: record.seq, recorded: record.deleted ? 0 : 1 },
    ...{ name: textOf(name) ?? '', vendor: textOf(vendor) ?? null, model: textOf(model) ?? null },
    ...{ device_group: textOf(group) ?? null, extension: lines[0] ?? null },
  }
  const text = [columns.name, mac ?? record.id, columns.vendor, columns.model, columns.device_group, ...lines, notes]
  return { ...columns, record_text: searchText(text.map((part) => textOf(part))) }
}

/** Undefined: the report is not one that this release understands. */
export function statusColumns(status: { readonly seq: number; readonly body: JsonObject }): StatusColumns | undefined {
  const read = deviceStatus.safeParse(status.body)
  if (!read.success) return undefined
  const { vendor, model, firmware, address, lastSeen, verdict, wanted, fetched, changedAtPhone } = read.data
  return {
    ...{ status_seq: status.seq, seen_vendor: vendor ?? null, seen_model: model ?? null },
    ...{ firmware: firmware ?? null, address: address ?? null },
    ...{ verdict: verdict.state, verdict_text: verdict.text, advice: verdict.advice ?? null },
    last_seen: lastSeen ?? null,
    ...{ wanted_hash: wanted?.hash ?? null, wanted_since: wanted?.since ?? null },
    ...{ fetched_hash: fetched?.hash ?? null, fetched_at: fetched?.at ?? null },
    ...{ fetched_file: fetched?.file ?? null, fetched_by: fetched?.protocol ?? null },
    changed_at: changedAtPhone?.at ?? null,
    status_text: searchText([vendor, model, firmware, address]),
  }
}
