import { type Auth, refuse } from './cloud-auth.ts'
import type { CloudEnrolment, CloudEnrolmentDeps } from './cloud-deps.ts'
import { USED } from './cloud-enrol.ts'
import { ended, factsOf, objectionTo, watchHolder } from './cloud-rows.ts'
import { rotationText } from './codec-signature.ts'
import { fingerprintOf, verifyText } from './crypto.ts'
import { leaveRequest, rotateRequest, tokenRequest } from './schema.ts'

const STRANGER = refuse('signature', 'this key is not the one of that box')

/** What a claimed box asks: a token, new keys, to leave. */
export function makeBoxes(
  deps: CloudEnrolmentDeps,
  auth: Auth,
): Pick<CloudEnrolment, 'token' | 'rotate' | 'leave' | 'verifyToken'> {
  const { storage, clock } = deps
  return {
    async token(signed) {
      const proven = auth.prove(signed, tokenRequest)
      if (proven.kind === 'refused') return proven
      const { key, body, challengedAt } = proven
      const { boxId, bootId } = body
      return storage.write(async (writer) => {
        const now = clock.now()
        if (!(await writer.useChallenge(proven.nonce, proven.until))) return USED
        const found = await writer.box(boxId)
        const fresh = found?.next?.identityKey === key && found.state === 'active' ? found.next : undefined
        if (found === undefined || (fresh === undefined && found.identityKey !== key)) return STRANGER
        let box = found
        if (fresh !== undefined) {
          // The first use of the new key ends the old one, and with it every copy of the disk that has only that.
          const { next: _used, cloned: _settled, boots: _old, ...rest } = found
          box = { ...rest, ...fresh, boots: { current: bootId, since: now, earlier: [] } }
          await writer.putBox(box)
          const fingerprint = fingerprintOf(key)
          const { orgId } = box
          await writer.audit({ kind: 'box.rotated', at: now, by: `box:${boxId}`, orgId, boxId, fingerprint })
        } else if (box.state === 'active')
          box = await watchHolder(writer, box, { bootId, challengedAt, address: signed.address }, now)
        const objection = objectionTo(box, bootId)
        if (objection !== undefined) return objection
        const rotate = box.cloned !== undefined
        return { kind: 'done', value: { ...auth.token(box), claim: await factsOf(deps, writer, box), rotate } }
      })
    },

    async rotate(signed, boxId) {
      const proven = auth.prove(signed, rotateRequest)
      if (proven.kind === 'refused') return proven
      const { key, body } = proven
      const { identityKey, sealingKey, proof, bootId } = body
      if (!verifyText(identityKey, rotationText({ boxId, identityKey, sealingKey }), proof))
        return refuse('malformed', 'proof: is not the new key’s signature over box and keys')
      return storage.write(async (writer) => {
        const now = clock.now()
        if (!(await writer.useChallenge(proven.nonce, proven.until))) return USED
        const box = await writer.box(boxId)
        if (box === undefined || box.identityKey !== key) return STRANGER
        const objection = objectionTo(box, bootId)
        if (objection !== undefined) return objection
        const holder = await writer.boxByKey(identityKey)
        if (identityKey === key || (holder !== undefined && holder.boxId !== boxId))
          return refuse('claimed', 'identityKey: is in use already')
        if (box.next?.identityKey !== identityKey || box.next.sealingKey !== sealingKey) {
          await writer.putBox({ ...box, next: { identityKey, sealingKey } })
          const fingerprint = fingerprintOf(identityKey)
          const { orgId } = box
          await writer.audit({ kind: 'box.rotating', at: now, by: `box:${boxId}`, orgId, boxId, fingerprint })
        }
        return { kind: 'done', value: { identityKey } }
      })
    },

    async leave(signed, boxId) {
      const proven = auth.prove(signed, leaveRequest)
      if (proven.kind === 'refused') return proven
      const { key, body } = proven
      return storage.write(async (writer) => {
        const now = clock.now()
        if (!(await writer.useChallenge(proven.nonce, proven.until))) return USED
        const box = await writer.box(boxId)
        if (box === undefined || (box.identityKey !== key && box.next?.identityKey !== key)) return STRANGER
        if (box.state !== 'active') return { kind: 'done', value: {} }
        const objection = objectionTo(box, body.bootId)
        if (objection !== undefined) return objection
        await writer.putBox(ended(box, 'released', now))
        const { orgId } = box
        await writer.audit({ kind: 'box.left', at: now, by: `box:${boxId}`, orgId, boxId, address: signed.address })
        return { kind: 'done', value: {} }
      })
    },

    async verifyToken(token) {
      const said = auth.readToken(token)
      const box = said && (await storage.peek((reader) => reader.box(said.boxId)))
      const good = box?.state === 'active' && box.epoch === said?.epoch && box.orgId === said.orgId
      if (!good || box === undefined) return refuse('signature', 'the token is not good any more: ask for another')
      const { boxId, orgId, siteId, sealingKey } = box
      return { kind: 'done', value: { boxId, orgId, siteId, sealingKey } }
    },
  }
}
