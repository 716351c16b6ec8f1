import { clientNetwork } from '../core/client-network.ts'
import type { EpochMs } from '../core/clock.ts'
import { type Auth, type Proven, refuse } from './cloud-auth.ts'
import type { CloudEnrolment, CloudEnrolmentDeps } from './cloud-deps.ts'
import { claimFromList, factsOf, newId, objectionTo, watchHolder } from './cloud-rows.ts'
import { makeCode, showCode } from './codec-code.ts'
import type { EnrolAnswer, EnrolRequest, Outcome, Refusal } from './contract.ts'
import { fingerprintOf } from './crypto.ts'
import { advance, LIFETIME_MS, REPEAT_MS, stateAt } from './policy-claim.ts'
import { seeBoot } from './policy-holder.ts'
import { ALIVE_BY_ADDRESS, ALIVE_IN_ALL, NEW_POLLING, poll } from './policy-limits.ts'
import { enrolRequest, pollRequest } from './schema.ts'
import type { EnrolmentRow, EnrolmentWriter } from './storage.ts'

export const USED = refuse('challenge', 'the challenge was used before: ask for another')
const CLONED = refuse('denied', 'two boxes use this key: give one of them new keys')

/** What an unclaimed box asks: a code, and whether somebody has confirmed it. */
export function makeEnrolling(deps: CloudEnrolmentDeps, auth: Auth): Pick<CloudEnrolment, 'enrol' | 'poll'> {
  const { storage, clock, random } = deps

  const answerFor = (row: EnrolmentRow, now: EpochMs): Outcome<EnrolAnswer> => ({
    kind: 'done',
    value: {
      enrolmentId: row.id,
      userCode: showCode(row.userCode),
      claimPage: deps.claimPage,
      expiresIn: Math.max(0, Math.ceil((row.claim.expiresAt - now) / 1000)),
      interval: row.polling.interval,
    },
  })

  /** The enrolment with this start of the program noted; a refusal when another one with the same key is alive. */
  async function seen(
    writer: EnrolmentWriter,
    row: EnrolmentRow,
    proven: Pick<Proven<{ bootId: string }>, 'body' | 'challengedAt'>,
    now: EpochMs,
  ): Promise<EnrolmentRow | Refusal> {
    const { boots, cloned } = seeBoot(row.boots, { ...proven, bootId: proven.body.bootId }, now)
    if (!cloned) return { ...row, boots }
    const step = advance(row.claim, { kind: 'cloned' }, now)
    await writer.putEnrolment({ ...row, boots, claim: step.claim })
    const fingerprint = fingerprintOf(row.identityKey)
    await writer.audit({ kind: 'enrolment.cloned', at: now, by: 'box', enrolmentId: row.id, fingerprint })
    return CLONED
  }

  async function freeCode(writer: EnrolmentWriter, now: EpochMs): Promise<string> {
    for (;;) {
      const code = makeCode(random)
      const taken = await writer.enrolmentByCode(code)
      if (taken === undefined || now - taken.createdAt > REPEAT_MS) return code
    }
  }

  async function open(
    writer: EnrolmentWriter,
    { identityKey, sealingKey, model, boxVersion, serial, bootId }: EnrolRequest,
    address: string,
    now: EpochMs,
  ): Promise<EnrolmentRow | Refusal> {
    const network = clientNetwork(address)
    if ((await writer.alive(now, network)) >= ALIVE_BY_ADDRESS)
      return refuse('limited', 'many boxes behind this address wait to be claimed', 60)
    if ((await writer.alive(now)) >= ALIVE_IN_ALL) return refuse('busy', 'many boxes wait to be claimed', 60)
    const row: EnrolmentRow = {
      id: newId(random),
      ...{ identityKey, sealingKey, model, boxVersion, address, network, polling: NEW_POLLING, createdAt: now },
      ...(serial !== undefined && { serial }),
      userCode: await freeCode(writer, now),
      boots: { current: bootId, since: now, earlier: [] },
      claim: { state: 'open', expiresAt: now + LIFETIME_MS, wrong: [] },
    }
    await writer.putEnrolment(row)
    const fingerprint = fingerprintOf(identityKey)
    const { id: enrolmentId } = row
    await writer.audit({ kind: 'enrolment.opened', at: now, by: 'box', enrolmentId, fingerprint, address })
    const [first, second] = await writer.preloads(fingerprint)
    if (first !== undefined && second !== undefined)
      await writer.audit({ kind: 'preload.disputed', at: now, by: 'box', enrolmentId, fingerprint })
    else if (first !== undefined && (await writer.boxOfSite(first.siteId)) !== undefined) {
      const { orgId } = first
      await writer.audit({ kind: 'preload.occupied', at: now, by: 'box', orgId, enrolmentId, fingerprint })
    }
    return row
  }

  return {
    async enrol(signed) {
      const proven = auth.prove(signed, enrolRequest)
      if (proven.kind === 'refused') return proven
      const { key, body } = proven
      if (body.identityKey !== key) return refuse('signature', 'the request is signed by another key than it brings')
      return storage.write(async (writer) => {
        const now = clock.now()
        if (!(await writer.useChallenge(proven.nonce, proven.until))) return USED
        const [box, last] = [await writer.boxByKey(key), await writer.enrolmentByKey(key)]
        if (box !== undefined) {
          // The answer that told of the enrolment may have been lost, while a list claimed the box.
          const recent = last?.boxId === box.boxId && now - (last.confirmedAt ?? 0) <= REPEAT_MS
          if (recent && last !== undefined) return answerFor(last, now)
          return refuse('claimed', 'this box is claimed already: release it in its account, or give it new keys')
        }
        const state = last === undefined ? 'expired' : stateAt(last.claim, now)
        // Copies would take turns in asking: none gets a code for a while.
        if (last?.claim.cloned && now - last.createdAt < LIFETIME_MS) return CLONED
        const alive = last !== undefined && (state === 'open' || state === 'coded')
        const row = alive ? await seen(writer, last, proven, now) : await open(writer, body, signed.address, now)
        if ('kind' in row) return row
        const { sealingKey, model, boxVersion } = body
        const current = { ...row, sealingKey, model, boxVersion }
        await writer.putEnrolment(current)
        return answerFor(await claimFromList(deps, writer, current, now), now)
      })
    },

    async poll(signed, enrolmentId) {
      const proven = auth.prove(signed, pollRequest)
      if (proven.kind === 'refused') return proven
      const { key, body, challengedAt } = proven
      return storage.write(async (writer) => {
        const now = clock.now()
        if (!(await writer.useChallenge(proven.nonce, proven.until))) return USED
        const found = await writer.enrolment(enrolmentId)
        // Another key learns nothing, not even that there is such an enrolment.
        if (found === undefined || found.identityKey !== key) return refuse('not-found', 'no such enrolment')
        let row = found
        if (stateAt(row.claim, now) === 'open') row = await claimFromList(deps, writer, row, now)
        if (row.boxId !== undefined) {
          const claimed = await writer.box(row.boxId)
          if (claimed === undefined || claimed.identityKey !== key) return refuse('not-found', 'no such enrolment')
          const box = await watchHolder(
            writer,
            claimed,
            { bootId: body.bootId, challengedAt, address: signed.address },
            now,
          )
          const objection = objectionTo(box, body.bootId)
          if (objection !== undefined) return objection
          if (now - (row.confirmedAt ?? 0) > REPEAT_MS) return refuse('expired', 'this was confirmed long ago')
          return { kind: 'done', value: await factsOf(deps, writer, box) }
        }
        const state = stateAt(row.claim, now)
        if (state === 'expired') return refuse('expired', 'nobody confirmed the code in time: ask for another')
        if (state === 'burned') return refuse('burned', 'the code is burned: ask for another')
        if (state === 'denied') return refuse('denied', 'somebody said that this is not their box')
        const watched = await seen(writer, row, proven, now)
        if ('kind' in watched) return watched
        const { early, next } = poll(row.polling, now)
        await writer.putEnrolment({ ...watched, polling: next })
        if (early) return refuse('slow_down', 'asked too soon', next.interval)
        return refuse('authorization_pending', 'nobody has confirmed yet')
      })
    },
  }
}
