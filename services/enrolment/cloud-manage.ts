import { refuse } from './cloud-auth.ts'
import type { CloudEnrolment, CloudEnrolmentDeps } from './cloud-deps.ts'
import { ended, mayAt } from './cloud-rows.ts'
import type { ClaimAdmin, Outcome } from './contract.ts'
import type { BoxRow, EnrolmentWriter } from './storage.ts'

type Manage = Pick<CloudEnrolment, 'release' | 'transfer' | 'revoke' | 'keep' | 'preload' | 'unpreload'>

/** So many boxes can be expected by one organisation. */
const MOST_PRELOADS = 20_000
const NO_BOX = refuse('not-found', 'no such box of yours')
const NO_SITE = refuse('not-found', 'siteId: no such site of yours')
const DONE: Outcome<Record<never, never>> = { kind: 'done', value: {} }

/** What people do with boxes that are, or shall be, theirs. */
export function makeManage({ storage, clock }: CloudEnrolmentDeps): Manage {
  /** Runs `work` on a box of the admin's organisations. Those of others are answered like ones that are not there. */
  const onBox = <Value>(
    admin: ClaimAdmin,
    boxId: string,
    work: (writer: EnrolmentWriter, box: BoxRow, now: number) => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>> =>
    storage.write(async (writer) => {
      const box = await writer.box(boxId)
      if (box === undefined || !mayAt(admin, box.orgId, box.siteId)) return NO_BOX
      return work(writer, box, clock.now())
    })

  return {
    release: (admin, boxId) =>
      onBox(admin, boxId, async (writer, box, now) => {
        if (box.state !== 'active') return DONE
        await writer.putBox(ended(box, 'released', now))
        await writer.audit({ kind: 'box.released', at: now, by: admin.id, orgId: box.orgId, boxId })
        return DONE
      }),

    revoke: (admin, boxId) =>
      onBox(admin, boxId, async (writer, box, now) => {
        if (box.state === 'revoked') return DONE
        await writer.putBox(ended(box, 'revoked', now))
        await writer.audit({ kind: 'box.revoked', at: now, by: admin.id, orgId: box.orgId, boxId })
        return DONE
      }),

    transfer: (admin, boxId, siteId) =>
      onBox(admin, boxId, async (writer, box, now) => {
        const place = await writer.site(siteId)
        if (place === undefined || !mayAt(admin, place.orgId, siteId)) return NO_SITE
        const { orgId } = place
        if (box.state !== 'active') return refuse('released', 'this box is not in the account any more: claim it again')
        const value = { boxId, orgId, siteId }
        if (box.siteId === siteId && box.orgId === orgId) return { kind: 'done', value }
        if ((await writer.boxOfSite(siteId)) !== undefined)
          return refuse('occupied', 'that site has a box already: release that one first')
        await writer.putBox({ ...box, orgId, siteId, epoch: box.epoch + 1 })
        await writer.place(value, { boxId, orgId: box.orgId, siteId: box.siteId })
        // Both organisations have it in their log.
        for (const concerned of new Set([box.orgId, orgId])) {
          const detail = `from site ${box.siteId} to site ${siteId}`
          await writer.audit({ kind: 'box.transferred', at: now, by: admin.id, orgId: concerned, boxId, detail })
        }
        return { kind: 'done', value }
      }),

    keep: (admin, boxId, bootId) =>
      onBox(admin, boxId, async (writer, box, now) => {
        const known = box.boots?.current === bootId || box.boots?.earlier.includes(bootId)
        if (box.cloned === undefined || !known) return refuse('not-found', 'bootId: no such copy of this box was seen')
        await writer.putBox({ ...box, cloned: { ...box.cloned, keep: bootId } })
        await writer.audit({ kind: 'box.kept', at: now, by: admin.id, orgId: box.orgId, boxId })
        return DONE
      }),

    preload: (admin, siteId, fingerprints) =>
      storage.write(async (writer) => {
        const place = await writer.site(siteId)
        if (place === undefined || !mayAt(admin, place.orgId, siteId)) return NO_SITE
        const { orgId } = place
        const at = clock.now()
        const by = admin.id
        const before = new Set((await writer.preloadsOf(orgId)).map((row) => row.fingerprint))
        const given = [...new Set(fingerprints)]
        const added = given.filter((fingerprint) => !before.has(fingerprint)).length
        if (before.size + added > MOST_PRELOADS)
          return refuse('malformed', `fingerprints: at most ${MOST_PRELOADS} boxes can be expected at once`)
        for (const fingerprint of given) {
          const others = (await writer.preloads(fingerprint)).some((row) => row.orgId !== orgId)
          await writer.putPreload({ fingerprint, orgId, siteId, by, at })
          if (others) await writer.audit({ kind: 'preload.disputed', at, by, orgId, fingerprint })
        }
        await writer.audit({ kind: 'preload.added', at, by, orgId, detail: `${given.length} for site ${siteId}` })
        return { kind: 'done', value: { added } }
      }),

    async unpreload(admin, orgId, fingerprint) {
      if (!admin.organisations.includes(orgId)) return refuse('not-found', 'no such box is expected')
      return storage.write(async (writer) => {
        if (!(await writer.removePreload(orgId, fingerprint))) return refuse('not-found', 'no such box is expected')
        await writer.audit({ kind: 'preload.removed', at: clock.now(), by: admin.id, orgId, fingerprint })
        return DONE
      })
    },
  }
}
