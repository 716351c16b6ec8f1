import type { Device, Effective, Finding } from '../phones/contract.ts'
import type { JsonObject } from '../records/contract.ts'
import type { Misfit } from './contract.ts'

// What a replacement makes of the two records, and what of it the new phone cannot do.

/** What the new phone is, as far as its record shall say so. */
export interface NewPhone {
  readonly vendor?: string | undefined
  readonly model?: string | undefined
}

/**
 * The new phone's record: the old one's with the other vendor and model. Keys, handsets and raw parameters that the new
 * one has no use for stay in it; a move back finds them again.
 */
export function movedBody(old: JsonObject, phone: NewPhone): JsonObject {
  const { vendor: _vendor, model: _model, ...rest } = old
  return {
    ...rest,
    ...(phone.vendor !== undefined && { vendor: phone.vendor }),
    ...(phone.model !== undefined && { model: phone.model }),
  }
}

/** The old phone's record when it is kept: switched off, so that no file of it leaves, with a note of what became of it. */
export function archivedBody(old: JsonObject, note: string): JsonObject {
  const notes = typeof old.notes === 'string' && old.notes !== '' ? `${old.notes}\n${note}` : note
  // A note must not make a full record unreadable (its limit is 10,000 characters).
  return { ...old, enabled: false, notes: notes.length > 10_000 ? (old.notes ?? '') : notes }
}

export interface MisfitFacts {
  readonly before: { readonly device: Device; readonly effective: Effective; readonly findings: readonly Finding[] }
  readonly after: { readonly effective: Effective; readonly findings: readonly Finding[] }
  /** Titles of the vendors, for words. */
  readonly oldVendor?: string | undefined
  readonly newVendor?: string | undefined
  readonly sameVendor: boolean
  /** The old vendor's folder, under which its raw parameters stand. */
  readonly oldVendorId?: string | undefined
}

/** Everything that the new phone cannot do or does not get, item by item, with the reason. */
export function misfitsOf(facts: MisfitFacts): readonly Misfit[] {
  const { before, after } = facts
  const had = new Set(before.findings.filter(isSetting).map(({ name }) => name))
  const found = after.findings
    .filter((finding) => !isSetting(finding) || !had.has(finding.name))
    .map(({ what, name, text }): Misfit => ({ what, name, text }))
  const named = new Set(found.map(({ name }) => name))
  return [...found, ...leftParameters(facts), ...lostLayers(facts).filter(({ name }) => !named.has(name))]
}

function isSetting({ what }: Finding): boolean {
  return what === 'setting' || what === 'parameter'
}

/** Raw parameters are one vendor's own words. */
function leftParameters(facts: MisfitFacts): Misfit[] {
  if (facts.sameVendor || facts.oldVendorId === undefined) return []
  return Object.keys(facts.before.device.extra[facts.oldVendorId] ?? {}).map((name) => ({
    what: 'parameter',
    name,
    text: `raw parameter ${name} stays behind: it is a word of ${facts.oldVendor ?? 'the old vendor'}, and the new phone is of ${facts.newVendor ?? 'another one'}`,
  }))
}

/** Settings that the old phone had from the layer of its vendor or model, which does not hold for the new one. */
function lostLayers({ before, after }: MisfitFacts): Misfit[] {
  return Object.entries(before.effective.settings).flatMap(([name, { value, layer, of }]): Misfit[] => {
    if (layer !== 'vendor' && layer !== 'model') return []
    const now = after.effective.settings[name]
    if (now !== undefined && JSON.stringify(now.value) === JSON.stringify(value)) return []
    const instead =
      now === undefined ? 'nothing says it for the new one' : `the new one has another value from ${now.layer}`
    const text = `setting ${name} came from the ${layer} ${of ?? ''} of the old phone: ${instead}`
    return [{ what: 'setting', name, text }]
  })
}
