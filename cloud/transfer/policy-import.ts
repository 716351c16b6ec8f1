import type { JsonObject } from '../../services/records/contract.ts'
import { sameJson } from '../../services/records/policy.ts'
import { mapBodySecrets } from '../../services/sync/policy-value.ts'
import type { RecordLine, SiteLine } from './line.ts'

// What a file would change: decided from what it says and what stands, before anything is written.

export interface Stands {
  readonly rev: number
  readonly body: JsonObject
}

export interface RecordPlan {
  readonly kind: string
  readonly id: string
  readonly body: JsonObject
  /** The revision that was there when it was decided; 0: none. */
  readonly baseRev: number
}

export interface PlacePlan {
  /** To be written. */
  readonly records: readonly RecordPlan[]
  readonly added: number
  readonly replaced: number
  readonly same: number
  readonly faults: readonly { readonly path: string; readonly message: string }[]
}

export function withoutSecrets(body: JsonObject): JsonObject {
  return mapBodySecrets(body, () => undefined)
}

const keyOf = (kind: string, id: string) => `${kind}\n${id}`

/** What becomes of the records of one place: a site, or the account itself. All of it is written, or nothing. */
export function planPlace(
  given: readonly { readonly at: number; readonly line: RecordLine }[],
  standing: (kind: string, id: string) => Stands | undefined,
  options: {
    readonly replace: boolean
    readonly largest: number
    /** Why no box could use a body. */
    readonly objection: (kind: string, body: JsonObject) => string | undefined
  },
): PlacePlan {
  const { replace, largest, objection } = options
  // A record that changed while it was exported came twice: the later line counts.
  const newest = new Map(given.map((one) => [keyOf(one.line.kind, one.line.id), one]))
  const records: RecordPlan[] = []
  const faults: { path: string; message: string }[] = []
  let [added, replaced, same] = [0, 0, 0]
  for (const { at, line } of newest.values()) {
    const { kind, id, body } = line
    const fault = (message: string) => faults.push({ path: `line ${at}`, message: `${kind} ${id}: ${message}` })
    const size = JSON.stringify(body).length
    if (size > largest) {
      fault(`its ${size} characters are more than ${largest}: make it smaller`)
      continue
    }
    const unusable = objection(kind, body)
    if (unusable !== undefined) {
      fault(`${unusable}: no box could use it, so mend it in the file`)
      continue
    }
    const stands = standing(kind, id)
    // A file that left secrets out says nothing against those that are here.
    if (stands !== undefined && (sameJson(stands.body, body) || sameJson(withoutSecrets(stands.body), body))) same++
    else if (stands === undefined) {
      added++
      records.push({ kind, id, body, baseRev: 0 })
    } else if (replace) {
      replaced++
      records.push({ kind, id, body, baseRev: stands.rev })
    } else fault('it is there already with other content: import with replace=1 to put this one there, or remove one')
  }
  return { records, added, replaced, same, faults }
}

export type SiteAction = 'create' | 'update' | 'keep' | 'refused'

/** What becomes of a site itself. */
export function planSite(
  line: SiteLine,
  stands: Pick<SiteLine, 'name' | 'timeZone' | 'note'> | undefined,
  replace: boolean,
): { readonly action: SiteAction; readonly message?: string } {
  if (stands === undefined) return { action: 'create' }
  const same = stands.name === line.name && stands.timeZone === line.timeZone && stands.note === line.note
  if (same) return { action: 'keep' }
  if (replace) return { action: 'update' }
  const message = `site ${JSON.stringify(line.name)} is there already as ${JSON.stringify(stands.name)}, with other words: import with replace=1`
  return { action: 'refused', message }
}
