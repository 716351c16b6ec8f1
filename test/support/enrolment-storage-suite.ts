import { describe, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import type { BoxRow, EnrolmentAudit, EnrolmentRow, EnrolmentStorage } from '../../services/enrolment/storage.ts'

/** A storage for one test, and a way to read what it keeps of the audit log. */
export interface StorageUnderTest extends AsyncDisposable {
  readonly storage: EnrolmentStorage
  audit(): Promise<readonly EnrolmentAudit[]>
}

const NOW = 1_767_225_600_000

export function enrolmentRow(fields: Partial<EnrolmentRow> = {}): EnrolmentRow {
  return {
    id: 'e1',
    identityKey: 'k1',
    sealingKey: 's1',
    model: 'branchline',
    boxVersion: '0.1.0',
    boots: { current: 'b1', since: NOW, earlier: ['b0'] },
    address: '192.0.2.1',
    network: '192.0.2.1',
    userCode: 'BCDFGHJK',
    claim: { state: 'open', expiresAt: NOW + 900_000, wrong: [] },
    polling: { interval: 5 },
    createdAt: NOW,
    ...fields,
  }
}

export function boxRow(fields: Partial<BoxRow> = {}): BoxRow {
  return {
    boxId: 'x1',
    orgId: 'o1',
    siteId: 'p1',
    state: 'active',
    identityKey: 'k1',
    sealingKey: 's1',
    epoch: 1,
    model: 'branchline',
    claimedAt: NOW,
    claimedBy: 'ann',
    ...fields,
  }
}

/** What every storage must do. `make` gives an empty one. */
export function describeEnrolmentStorage(name: string, make: () => Promise<StorageUnderTest>): void {
  describe(`enrolment storage: ${name}`, () => {
    it('gives back what was put, whole, optional fields only where they were given', async () => {
      await using it = await make()
      const full = enrolmentRow({
        serial: 'S-1',
        claim: { state: 'coded', expiresAt: NOW + 1, coder: 'ann', wrong: ['a', 'b'], cloned: true },
        polling: { interval: 10, lastAt: NOW },
        boxId: 'x1',
        confirmedAt: NOW + 2,
      })
      const box = boxRow({
        next: { identityKey: 'k2', sealingKey: 's2' },
        boots: { current: 'b1', since: NOW, earlier: [] },
        cloned: { at: NOW, keep: 'b1' },
        serial: 'S-1',
        endedAt: NOW + 3,
      })
      await it.storage.write(async (writer) => {
        await writer.putEnrolment(full)
        await writer.putEnrolment(enrolmentRow({ id: 'e2', identityKey: 'k9', userCode: 'ZZZZZZZZ' }))
        await writer.putBox(box)
        await writer.putBox(boxRow({ boxId: 'x2', identityKey: 'k3' }))
      })
      await it.storage.read(async (reader) => {
        expect(await reader.enrolment('e1')).toEqual(full)
        expect(await reader.enrolment('e2')).toEqual(
          enrolmentRow({ id: 'e2', identityKey: 'k9', userCode: 'ZZZZZZZZ' }),
        )
        expect(await reader.box('x1')).toEqual(box)
        expect(await reader.box('x2')).toEqual(boxRow({ boxId: 'x2', identityKey: 'k3' }))
        expect([await reader.enrolment('e3'), await reader.box('x3')]).toEqual([undefined, undefined])
      })
    })

    it('takes away what a row has no more', async () => {
      await using it = await make()
      await it.storage.write((writer) => writer.putBox(boxRow({ next: { identityKey: 'k2', sealingKey: 's2' } })))
      await it.storage.write((writer) => writer.putBox(boxRow({ epoch: 2 })))
      expect(await it.storage.read((reader) => reader.box('x1'))).toEqual(boxRow({ epoch: 2 }))
      expect(await it.storage.read((reader) => reader.boxByKey('k2'))).toBeUndefined()
    })

    it('finds the newest enrolment of a code and of a key', async () => {
      await using it = await make()
      await it.storage.write(async (writer) => {
        await writer.putEnrolment(enrolmentRow())
        await writer.putEnrolment(enrolmentRow({ id: 'e0', createdAt: NOW + 5 }))
        await writer.putEnrolment(
          enrolmentRow({ id: 'e9', identityKey: 'k9', userCode: 'ZZZZZZZZ', createdAt: NOW + 9 }),
        )
      })
      const [code, key, none] = await it.storage.read(async (reader) => [
        await reader.enrolmentByCode('BCDFGHJK'),
        await reader.enrolmentByKey('k1'),
        await reader.enrolmentByCode('BBBBBBBB'),
      ])
      expect([code?.id, key?.id, none]).toEqual(['e0', 'e0', undefined])
    })

    it('counts who waits: open or coded, not past their time, by network or all', async () => {
      await using it = await make()
      const claim = enrolmentRow().claim
      await it.storage.write(async (writer) => {
        await writer.putEnrolment(enrolmentRow({ id: 'a' }))
        await writer.putEnrolment(enrolmentRow({ id: 'b', claim: { ...claim, state: 'coded', coder: 'ann' } }))
        await writer.putEnrolment(enrolmentRow({ id: 'c', network: '2001:db8:0:0::/64' }))
        await writer.putEnrolment(enrolmentRow({ id: 'd', claim: { ...claim, expiresAt: NOW } }))
        for (const state of ['confirmed', 'denied', 'burned', 'expired'] as const)
          await writer.putEnrolment(enrolmentRow({ id: state, claim: { ...claim, state } }))
      })
      const counts = await it.storage.read(async (reader) => [
        await reader.alive(NOW, '192.0.2.1'),
        await reader.alive(NOW),
        await reader.alive(NOW + 900_000),
      ])
      expect(counts).toEqual([2, 3, 0])
    })

    it('finds the active box of a key, present or next, and no other', async () => {
      await using it = await make()
      await it.storage.write(async (writer) => {
        await writer.putBox(boxRow({ boxId: 'old', state: 'released' }))
        await writer.putBox(boxRow({ boxId: 'gone', state: 'revoked' }))
        await writer.putBox(boxRow({ boxId: 'now', next: { identityKey: 'k2', sealingKey: 's2' } }))
        await writer.putBox(boxRow({ boxId: 'ex', identityKey: 'k5', state: 'released' }))
      })
      const found = await it.storage.read(async (reader) => [
        (await reader.boxByKey('k1'))?.boxId,
        (await reader.boxByKey('k2'))?.boxId,
        await reader.boxByKey('k5'),
      ])
      expect(found).toEqual(['now', 'now', undefined])
    })

    it('keeps one preload for each organisation and fingerprint', async () => {
      await using it = await make()
      const row = { fingerprint: 'f1', orgId: 'o2', siteId: 'p1', by: 'ann', at: NOW }
      const gone = await it.storage.write(async (writer) => {
        await writer.putPreload(row)
        await writer.putPreload({ ...row, siteId: 'p2' })
        await writer.putPreload({ ...row, orgId: 'o1' })
        await writer.putPreload({ ...row, fingerprint: 'f0' })
        return [await writer.removePreload('o3', 'f1'), await writer.removePreload('o1', 'f9')]
      })
      expect(gone).toEqual([false, false])
      const [both, mine] = await it.storage.read(async (reader) => [
        await reader.preloads('f1'),
        await reader.preloadsOf('o2'),
      ])
      expect(both?.map(({ orgId, siteId }) => [orgId, siteId])).toEqual([
        ['o1', 'p1'],
        ['o2', 'p2'],
      ])
      expect(mine?.map(({ fingerprint }) => fingerprint)).toEqual(['f0', 'f1'])
      expect(await it.storage.write((writer) => writer.removePreload('o2', 'f1'))).toBe(true)
      expect((await it.storage.read((reader) => reader.preloads('f1'))).map(({ orgId }) => orgId)).toEqual(['o1'])
    })

    it('tells attempts later than a moment, oldest first, several at one moment too', async () => {
      await using it = await make()
      await it.storage.write(async (writer) => {
        for (const at of [NOW + 3, NOW + 3, NOW + 7]) await writer.addAttempt('admin:ann', at)
        await writer.addAttempt('admin:bob', NOW + 5)
      })
      const times = await it.storage.read((reader) => reader.attempts('admin:ann', NOW + 2))
      expect(times).toEqual([NOW + 3, NOW + 3, NOW + 7])
      expect(await it.storage.read((reader) => reader.attempts('admin:ann', NOW + 3))).toEqual([NOW + 7])
    })

    it('takes each challenge once, also within one transaction', async () => {
      await using it = await make()
      const within = await it.storage.write(async (writer) => [
        await writer.useChallenge('n1', NOW),
        await writer.useChallenge('n1', NOW),
        await writer.useChallenge('n2', NOW),
      ])
      expect(within).toEqual([true, false, true])
      expect(await it.storage.write((writer) => writer.useChallenge('n1', NOW))).toBe(false)
    })

    it('gives two who use one challenge at once one yes', async () => {
      await using it = await make()
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => it.storage.write((writer) => writer.useChallenge('n1', NOW))),
      )
      expect(answers.filter((yes) => yes).length).toBe(1)
    })

    it('lets one of many win who claim when they find nothing claimed', async () => {
      await using it = await make()
      await it.storage.write((writer) => writer.putEnrolment(enrolmentRow()))
      const winners = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          it.storage.write(async (writer) => {
            const row = await writer.enrolment('e1')
            if (row === undefined || row.boxId !== undefined) return false
            await writer.putBox(boxRow({ boxId: `x${i}` }))
            await writer.putEnrolment({ ...row, boxId: `x${i}` })
            return true
          }),
        ),
      )
      expect(winners.filter((won) => won).length).toBe(1)
      const row = await it.storage.read((reader) => reader.enrolment('e1'))
      expect(row?.boxId).toBe(`x${winners.indexOf(true)}`)
    })

    it('keeps nothing of a transaction that failed, the audit log included', async () => {
      await using it = await make()
      const failing = it.storage.write(async (writer) => {
        await writer.putEnrolment(enrolmentRow())
        await writer.addAttempt('all', NOW)
        await writer.useChallenge('n1', NOW)
        await writer.audit({ kind: 'claim.coded', at: NOW, by: 'ann' })
        throw new InvariantError('cut')
      })
      await expect(failing).rejects.toThrow('cut')
      await it.storage.read(async (reader) => {
        expect(await reader.enrolment('e1')).toBeUndefined()
        expect(await reader.attempts('all', 0)).toEqual([])
      })
      expect(await it.storage.write((writer) => writer.useChallenge('n1', NOW))).toBe(true)
      expect(await it.audit()).toEqual([])
    })

    it('keeps the audit log in order', async () => {
      await using it = await make()
      const first = { kind: 'claim.coded', at: NOW, by: 'ann', enrolmentId: 'e1', address: '192.0.2.1' } as const
      const second = { kind: 'box.claimed', at: NOW, by: 'ann', orgId: 'o1', boxId: 'x1', fingerprint: 'f1' } as const
      await it.storage.write(async (writer) => {
        await writer.audit(first)
        await writer.audit(second)
      })
      expect(await it.audit()).toEqual([first, second])
    })

    it('forgets what is past its time and nothing else', async () => {
      await using it = await make()
      await it.storage.write(async (writer) => {
        await writer.putEnrolment(enrolmentRow({ id: 'old', createdAt: NOW - 1 }))
        await writer.putEnrolment(enrolmentRow({ id: 'new' }))
        for (const at of [NOW - 1, NOW]) await writer.addAttempt('all', at)
        await writer.useChallenge('old', NOW - 1)
        await writer.useChallenge('new', NOW)
        await writer.forget({ enrolments: NOW, attempts: NOW, challenges: NOW })
      })
      await it.storage.write(async (writer) => {
        expect([await writer.enrolment('old'), (await writer.enrolment('new'))?.id]).toEqual([undefined, 'new'])
        expect(await writer.attempts('all', 0)).toEqual([NOW])
        expect([await writer.useChallenge('old', NOW), await writer.useChallenge('new', NOW)]).toEqual([true, false])
      })
    })
  })
}
