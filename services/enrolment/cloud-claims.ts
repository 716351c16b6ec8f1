import { clientNetwork } from '../core/client-network.ts'
import type { EpochMs } from '../core/clock.ts'
import { type Auth, refuse } from './cloud-auth.ts'
import type { CloudEnrolment, CloudEnrolmentDeps } from './cloud-deps.ts'
import { ended, makeBox, mayAt, newId } from './cloud-rows.ts'
import { readCode } from './codec-code.ts'
import { phraseOf, readPhrase } from './codec-phrase.ts'
import type { ClaimAdmin, Refusal } from './contract.ts'
import { keyHash, sha256Hex } from './crypto.ts'
import { advance, type ClaimStep, PHRASE_TRIES, stateAt } from './policy-claim.ts'
import { heldFor, WRONG_BY_ADDRESS, WRONG_BY_ADMIN, WRONG_BY_ALL } from './policy-limits.ts'
import type { EnrolmentWriter } from './storage.ts'

const NO_ROLE = refuse('forbidden', 'your role may not claim boxes')
const OCCUPIED = refuse(
  'occupied',
  'this site has a box already: choose another site, or say replace: true to let that one go and give its place to this one',
)
const NO_CLAIM = refuse('not-found', 'no such claim of yours: type the code of the box again')

/** What people ask who claim a box. */
export function makeClaims(deps: CloudEnrolmentDeps, auth: Auth): Pick<CloudEnrolment, 'claim' | 'confirm' | 'deny'> {
  const { storage, clock } = deps

  /** Counts a wrong code for its admin, its address, and all together. */
  async function countWrong(writer: EnrolmentWriter, admin: ClaimAdmin, now: EpochMs): Promise<void> {
    const { id, address } = admin
    for (const key of [`admin:${id}`, `address:${clientNetwork(address)}`, 'all']) await writer.addAttempt(key, now)
    await writer.audit({ kind: 'claim.wrong-code', at: now, by: id, address })
    const since = now - WRONG_BY_ALL.withinMs
    const many = (await writer.attempts('all', since)).length >= WRONG_BY_ALL.most
    if (!many || (await writer.attempts('alarm', since)).length > 0) return
    await writer.addAttempt('alarm', now)
    await writer.audit({ kind: 'claim.guessing', at: now, by: 'cloud', detail: `${WRONG_BY_ALL.most} a minute` })
  }

  async function held(
    writer: EnrolmentWriter,
    { id, address }: ClaimAdmin,
    now: EpochMs,
  ): Promise<Refusal | undefined> {
    const limits = [
      [`admin:${id}`, WRONG_BY_ADMIN],
      [`address:${clientNetwork(address)}`, WRONG_BY_ADDRESS],
    ] as const
    for (const [key, limit] of limits) {
      const seconds = heldFor(limit, await writer.attempts(key, now - limit.withinMs), now)
      if (seconds !== undefined) return refuse('limited', 'too many wrong codes: try again later', seconds)
    }
    return undefined
  }

  return {
    async claim(admin, text) {
      if (admin.organisations.length === 0) return NO_ROLE
      const code = readCode(text)
      if (code === undefined)
        return refuse('malformed', 'code: is not like BCDF-GHJK; a code has no vowels, no Y and no digits')
      return storage.write(async (writer) => {
        const now = clock.now()
        const limited = await held(writer, admin, now)
        if (limited !== undefined) return limited
        const row = await writer.enrolmentByCode(code)
        const state = row === undefined ? 'denied' : stateAt(row.claim, now)
        if (row === undefined || (state !== 'open' && state !== 'coded')) {
          await countWrong(writer, admin, now)
          if (state === 'expired') return refuse('expired', 'this code is too old: the box shows another one now')
          return refuse('wrong-code', 'no box shows this code')
        }
        const by = admin.id
        const step = advance(row.claim, { kind: 'code', by }, now)
        if (step.kind === 'stop') {
          await writer.audit({ kind: 'claim.taken', at: now, by, enrolmentId: row.id, address: admin.address })
          return refusalFor(step)
        }
        await writer.putEnrolment({ ...row, claim: step.claim })
        if (state === 'open')
          await writer.audit({ kind: 'claim.coded', at: now, by, enrolmentId: row.id, address: admin.address })
        const { model, boxVersion, serial } = row
        return {
          kind: 'done',
          value: {
            claimToken: auth.claimToken(row.id, admin.id),
            ...{ model, boxVersion, ...(serial !== undefined && { serial }) },
            seenFrom: row.network === clientNetwork(admin.address) ? 'same-public-address' : 'elsewhere',
            expiresIn: Math.ceil((row.claim.expiresAt - now) / 1000),
          },
        }
      })
    },

    async confirm(admin, { claimToken, siteId, phrase: typed, replace = false }) {
      if (admin.organisations.length === 0) return NO_ROLE
      const enrolmentId = auth.readClaimToken(claimToken, admin.id)
      if (enrolmentId === undefined) return NO_CLAIM
      const phrase = typed === undefined ? undefined : readPhrase(typed)
      if (typed !== undefined && phrase === undefined)
        return refuse('malformed', 'phrase: is not the three words that the box shows')
      return storage.write(async (writer) => {
        const now = clock.now()
        const site = await writer.site(siteId)
        // A site of others is answered like one that is not there.
        if (site === undefined || !mayAt(admin, site.orgId, siteId))
          return refuse('not-found', 'siteId: no such site of yours')
        const row = await writer.enrolment(enrolmentId)
        if (row === undefined) return NO_CLAIM
        const by = admin.id
        const right = phrase === phraseOf(keyHash(row.identityKey))
        const mayOmit = site.mayOmitPhrase && row.network === clientNetwork(admin.address)
        if (row.boxId !== undefined) {
          // The same once more (its answer was lost) is answered with the same.
          const box = await writer.box(row.boxId)
          const repeated = row.claim.coder === by && box?.state === 'active' && box.siteId === siteId
          if (!repeated || !(right || (phrase === undefined && mayOmit)))
            return refuse('claimed', 'this box is claimed already')
          return { kind: 'done', value: { boxId: box.boxId, orgId: box.orgId, siteId } }
        }
        if (phrase === undefined && !mayOmit && stateAt(row.claim, now) === 'coded')
          return refuse('phrase-needed', 'phrase: type the three words that the box shows')
        const event = {
          kind: 'phrase',
          by,
          phrase: sha256Hex(phrase ?? ''),
          right: phrase === undefined || right,
        } as const
        const step = advance(row.claim, event, now)
        if (step.kind === 'stop') {
          if (step.claim !== row.claim) await writer.putEnrolment({ ...row, claim: step.claim })
          if (step.claim.state === 'burned' && row.claim.state !== 'burned')
            await writer.audit({ kind: 'claim.burned', at: now, by, enrolmentId, address: admin.address })
          return refusalFor(step)
        }
        if ((await writer.boxByKey(row.identityKey)) !== undefined)
          return refuse('claimed', 'this box is claimed already')
        const to = { boxId: newId(deps.random), orgId: site.orgId, siteId, by }
        const old = await writer.boxOfSite(siteId)
        if (old !== undefined && !replace) return OCCUPIED
        if (old !== undefined) {
          await writer.putBox(ended(old, 'released', now))
          const { boxId, orgId } = old
          await writer.audit({ kind: 'box.released', at: now, by, orgId, boxId, detail: `replaced by ${to.boxId}` })
        }
        await makeBox(writer, { ...row, claim: step.claim }, to, now)
        return { kind: 'done', value: { boxId: to.boxId, orgId: to.orgId, siteId } }
      })
    },

    async deny(admin, claimToken) {
      const enrolmentId = auth.readClaimToken(claimToken, admin.id)
      if (enrolmentId === undefined) return NO_CLAIM
      return storage.write(async (writer) => {
        const now = clock.now()
        const row = await writer.enrolment(enrolmentId)
        if (row === undefined) return NO_CLAIM
        const by = admin.id
        const step = advance(row.claim, { kind: 'deny', by }, now)
        // Said twice, or too late to matter.
        if (step.kind === 'stop') return step.why === 'denied' ? { kind: 'done', value: {} } : refusalFor(step)
        await writer.putEnrolment({ ...row, claim: step.claim })
        await writer.audit({ kind: 'claim.denied', at: now, by, enrolmentId, address: admin.address })
        return { kind: 'done', value: {} }
      })
    },
  }
}

/** What the person is told for whom a claim did not go on. */
function refusalFor({ why, claim }: ClaimStep & { kind: 'stop' }): Refusal {
  switch (why) {
    case 'expired':
      return refuse('expired', 'the code is too old: the box shows another one now')
    case 'burned':
      return refuse(
        'burned',
        `the phrase was wrong ${PHRASE_TRIES} times, so the code is void: the box shows another one`,
      )
    case 'denied':
      return refuse('denied', 'somebody said that this is not their box: it shows another code')
    case 'claimed':
      return refuse('claimed', 'this box is claimed already')
    case 'taken':
      return refuse('taken', 'another person is claiming this box just now')
    case 'not-coded':
      return NO_CLAIM
    case 'wrong': {
      const left = PHRASE_TRIES - claim.wrong.length
      return refuse('wrong-phrase', `these are not the words that the box shows; ${left} of ${PHRASE_TRIES} tries left`)
    }
  }
}
