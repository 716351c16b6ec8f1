import { toHex } from '../core/bytes.ts'
import type { EpochMs } from '../core/clock.ts'
import { refuse } from './cloud-auth.ts'
import type { CloudEnrolmentDeps } from './cloud-deps.ts'
import type { ClaimAdmin, ClaimFacts, Refusal } from './contract.ts'
import { fingerprintOf } from './crypto.ts'
import { advance } from './policy-claim.ts'
import { seeBoot } from './policy-holder.ts'
import type { BoxRow, EnrolmentReader, EnrolmentRow, EnrolmentWriter, Place } from './storage.ts'

// What the ways to a claim have in common: by code, by list, and told again.

/** 96 random bits in hexadecimal. */
export function newId(random: CloudEnrolmentDeps['random']): string {
  return toHex(random(12))
}

/** Makes the box of a confirmed enrolment. Both rows are written together. */
export async function makeBox(
  writer: EnrolmentWriter,
  row: EnrolmentRow,
  to: Place & { readonly by: string },
  now: EpochMs,
): Promise<EnrolmentRow> {
  const { boxId, orgId, siteId, by } = to
  const { identityKey, sealingKey, model, serial, boots } = row
  const confirmed = { ...row, boxId, confirmedAt: now }
  await writer.putBox({
    ...{ boxId, orgId, siteId, state: 'active', identityKey, sealingKey, epoch: 1, boots, model },
    ...(serial !== undefined && { serial }),
    ...{ claimedAt: now, claimedBy: by },
  })
  await writer.putEnrolment(confirmed)
  await writer.place({ boxId, orgId, siteId })
  const fingerprint = fingerprintOf(identityKey)
  await writer.audit({ kind: 'box.claimed', at: now, by, orgId, boxId, enrolmentId: row.id, fingerprint })
  return confirmed
}

/** Whether this person may have boxes at this site. */
export function mayAt({ organisations, sites }: ClaimAdmin, orgId: string, siteId: string): boolean {
  const limited = sites !== undefined && Object.hasOwn(sites, orgId) ? sites[orgId] : undefined
  return organisations.includes(orgId) && (limited === undefined || limited.includes(siteId))
}

/** A box that is let go or locked out: every token that it has is void. */
export function ended({ next: _void, ...box }: BoxRow, state: 'released' | 'revoked', now: EpochMs): BoxRow {
  return { ...box, state, epoch: box.epoch + 1, endedAt: now }
}

/**
 * Claims a box that stands on exactly one organisation's list; on two, nobody gets it without its code, and neither
 * where the site has a box already.
 */
export async function claimFromList(
  { random }: Pick<CloudEnrolmentDeps, 'random'>,
  writer: EnrolmentWriter,
  row: EnrolmentRow,
  now: EpochMs,
): Promise<EnrolmentRow> {
  const fingerprint = fingerprintOf(row.identityKey)
  const [listed, other] = await writer.preloads(fingerprint)
  if (listed === undefined || other !== undefined) return row
  const place = await writer.site(listed.siteId)
  if (place?.orgId !== listed.orgId || (await writer.boxOfSite(listed.siteId)) !== undefined) return row
  const step = advance(row.claim, { kind: 'preloaded' }, now)
  if (step.kind === 'stop') return row
  const { orgId, siteId, by } = listed
  // Once: a box that was released shall not come back by itself.
  await writer.removePreload(orgId, fingerprint)
  return makeBox(writer, { ...row, claim: step.claim }, { boxId: newId(random), orgId, siteId, by }, now)
}

/** What a box is told of its claim. */
export async function factsOf(deps: CloudEnrolmentDeps, reader: EnrolmentReader, box: BoxRow): Promise<ClaimFacts> {
  const { boxId, orgId, siteId, epoch } = box
  const { orgName = orgId, sealingKey } = (await reader.site(siteId)) ?? {}
  const facts = { boxId, orgId, orgName, siteId, epoch, configKeys: deps.configKeys(), apiBase: deps.apiBase }
  return sealingKey === undefined ? facts : { ...facts, sealingKey }
}

/** Why a box that was claimed gets nothing. */
export function objectionTo(box: BoxRow, bootId: string): Refusal | undefined {
  if (box.state === 'released') return refuse('released', 'this box was released by its account')
  if (box.state === 'revoked') return refuse('revoked', 'this box was locked out by its account')
  if (box.cloned !== undefined && box.cloned.keep !== bootId)
    return refuse('cloned', 'two boxes use this key: somebody must choose one in the account')
  return undefined
}

/** Notes which start of the program asks; the first time that two are seen alive, nobody's token is good any more. */
export async function watchHolder(
  writer: EnrolmentWriter,
  box: BoxRow,
  request: { readonly bootId: string; readonly challengedAt: EpochMs; readonly address: string },
  now: EpochMs,
): Promise<BoxRow> {
  const seen = seeBoot(box.boots, request, now)
  if (seen.boots === box.boots) return box
  const isNews = seen.cloned && box.cloned === undefined
  const next: BoxRow = {
    ...box,
    boots: seen.boots,
    ...(isNews && { cloned: { at: now }, epoch: box.epoch + 1 }),
  }
  await writer.putBox(next)
  const { boxId, orgId } = box
  const { address } = request
  if (isNews) await writer.audit({ kind: 'box.cloned', at: now, by: `box:${boxId}`, orgId, boxId, address })
  return next
}
