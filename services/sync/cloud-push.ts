import type { EpochMs } from '../core/clock.ts'
import { makePen } from './cloud-feed.ts'
import type { BoxIdentity, Epoch, FeedName, Mutation, Outcome, PushAnswer } from './contract.ts'
import { sha256 } from './hash.ts'
import type { SyncChecks } from './policy-checks.ts'
import { admit, EMPTY_INBOX, type InboxState, inboxOf, stepOf } from './policy-inbox.ts'
import { type Decision, decide, type Loser } from './policy-merge.ts'
import { readMutation } from './schema.ts'
import type { FeedStorage, FeedWriter, SyncConflict } from './storage.ts'

const DAY = 86_400_000
/** How long a secret that did not stand can still be taken back. */
const SECRET_DAYS = 7

export interface PushFacts {
  readonly box: BoxIdentity
  readonly epoch: Epoch
  readonly holder: string
  /** Heads are read, the rest may be anything. */
  readonly items: readonly { readonly seq: number; readonly mutationId: string; readonly [name: string]: unknown }[]
  readonly allows: (feed: FeedName) => boolean
  readonly now: EpochMs
}

export interface PushResult {
  readonly answer: PushAnswer
  readonly written: readonly FeedName[]
}

/** Takes a push in one transaction: what is decided, the progress and the answer's facts stand or fall together. */
export function takePush(
  { storage, checks }: { readonly storage: FeedStorage; readonly checks: SyncChecks },
  facts: PushFacts,
): Promise<PushResult> {
  const { box, epoch, holder, items, now } = facts
  return storage.write(async (writer): Promise<PushResult> => {
    const before = await writer.lockInbox(box.boxId)
    const head = { epoch, holder, firstSeq: items[0]?.seq ?? 0 }
    const { kind, state: admitted } = admit(before, head, checks)
    if (kind !== 'take') {
      if (admitted !== before) await writer.putInbox(box.boxId, admitted)
      return { answer: { answer: kind, inbox: inboxOf(admitted) }, written: [] }
    }
    let state = admitted
    const mutations = items.map((item) => ({ head: item, full: readMutation(item) }))
    const pen = makePen(writer, `box:${box.boxId}`, now)
    await pen.lock(mutations.flatMap(({ full }) => (full !== undefined && facts.allows(full.feed) ? [full.feed] : [])))
    const outcomes: Outcome[] = []
    let stopped: 'gap' | 'fork' | undefined
    for (const { head, full } of mutations) {
      const { seq, mutationId } = head
      const known = await writer.mutation(box.boxId, mutationId)
      const at = seq <= state.lastSeq ? await writer.mutationAt(box.boxId, epoch, seq) : undefined
      const step = stepOf(state, head, { at, known: known !== undefined }, checks)
      if (step === 'gap' || step === 'fork') {
        stopped = step
        break
      }
      const decision: Decision =
        step === 'repeat' ? (known ?? { outcome: 'applied' }) : await settle(writer, full, facts)
      const { outcome, code } = decision
      if (step === 'decide' && full !== undefined) {
        if (decision.write !== undefined) await pen.put(full.feed, full, decision.write)
        if (decision.loser !== undefined) await writer.putConflict(conflictOf(full, decision.loser, box, now))
      }
      outcomes.push({ seq, mutationId, outcome, ...(code === undefined ? {} : { code }) })
      const stored = { mutationId, epoch, seq, outcome, at: now, ...(code === undefined ? {} : { code }) }
      if (step === 'decide' || known !== undefined) await writer.putMutation(box.boxId, stored)
      if (seq > state.lastSeq) state = { ...state, lastSeq: seq }
    }
    await writer.putInbox(box.boxId, state)
    const written = await pen.close()
    const inbox = inboxOf(state)
    if (stopped !== undefined && outcomes.length === 0) return { answer: { answer: stopped, inbox }, written }
    return { answer: { answer: 'taken', inbox, outcomes, now }, written }
  })
}

async function settle(writer: FeedWriter, mutation: Mutation | undefined, facts: PushFacts): Promise<Decision> {
  if (mutation === undefined) return { outcome: 'rejected', code: 'malformed' }
  if (!facts.allows(mutation.feed)) return { outcome: 'rejected', code: 'forbidden' }
  return decide(mutation, await writer.record(mutation.feed, mutation.kind, mutation.id), sha256)
}

function conflictOf(mutation: Mutation, loser: Loser, box: BoxIdentity, now: EpochMs): SyncConflict {
  const { mutationId, feed, kind, id, group, by, patch } = mutation
  const { side, value, alert, secret } = loser
  const fields = patch === null ? [] : [...Object.keys(patch.set), ...patch.unset]
  return {
    ...{ mutationId, boxId: box.boxId, feed, kind, id, group, fields, side, value, alert, by, at: now },
    ...(secret ? { until: now + SECRET_DAYS * DAY } : {}),
  }
}

/** A person chose which copy of the box stays. */
export function resumed(state: InboxState): InboxState {
  return state.halted ? { ...state, halted: false, holders: EMPTY_INBOX.holders } : state
}
