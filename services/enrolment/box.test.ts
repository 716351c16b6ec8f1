import { beforeEach, describe, expect, it } from 'vitest'
import {
  ANN,
  claimBox,
  EVE,
  memoryTransport,
  newDisk,
  OFFLINE,
  ORG_SEALING_KEY,
  type SmallCloud,
  shownBy,
  smallCloud,
  startBox,
  stepUntil,
  vouchedKey,
} from '../../test/support/enrolment-lab.ts'
import { OperatorError } from '../core/errors.ts'
import type { BoxEnrolment } from './box-enrolment.ts'
import { newKeyPair } from './crypto.ts'
import type { Message, Reply } from './transport.ts'

let cloud: SmallCloud
let disk: ReturnType<typeof newDisk>
let offline: boolean
const wire = (_message: Message, deliver: () => Promise<Reply>) => (offline ? OFFLINE() : deliver())
const start = (from = disk) => startBox({ transport: memoryTransport(cloud, wire), disk: from, clock: cloud.clock })
beforeEach(() => {
  cloud = smallCloud()
  disk = newDisk()
  offline = false
})

const stateOf = (box: BoxEnrolment) => box.state().state
const until = (box: BoxEnrolment, state: string, most?: number) =>
  stepUntil(box, cloud.clock, () => stateOf(box) === state, most)
async function claimed(box = start(), siteId = 'lobby'): Promise<BoxEnrolment> {
  await box.step()
  await claimBox(cloud, box, ANN, siteId)
  expect(await until(box, 'claimed')).toBe(true)
  return box
}
const boxId = () => cloud.storage.boxes().at(-1)?.boxId ?? ''
const act = (action: string, body?: object, who = ANN) => cloud.ask(who, 'POST', `/v1/boxes/${boxId()}/${action}`, body)
const bootsOf = () => cloud.storage.boxes().at(-1)?.boots

describe('a box', () => {
  it('shows code, phrase and where to type them, then to whom it belongs', async () => {
    const box = start()
    expect(box.state()).toEqual({
      state: 'unclaimed',
      url: 'https://cloud.example',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      phrase: expect.stringMatching(/^[a-z]+ [a-z]+ [a-z]+$/),
    })
    await box.step()
    const state = box.state()
    expect(state).toMatchObject({
      code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      expiresAt: cloud.clock.now() + 900_000,
    })
    expect('claimUrl' in state && 'code' in state && state.claimUrl).toBe(
      `https://cloud.example/claim?code=${shownBy(box).code}`,
    )
    await claimBox(cloud, box)
    await until(box, 'claimed')
    expect(box.state()).toMatchObject({ state: 'claimed', orgName: 'Acme', siteId: 'lobby', boxId: boxId() })
    expect(box.claim()).toMatchObject({
      apiBase: 'https://cloud.example/api',
      pinned: [cloud.firstConfigKey.publicKey],
      sealingKey: ORG_SEALING_KEY,
    })
    expect(await cloud.enrolment.verifyToken(await box.token())).toEqual({
      kind: 'done',
      value: {
        ...{ boxId: boxId(), orgId: 'acme', siteId: 'lobby' },
        sealingKey: box.sealingKeys()[0]?.publicKey,
      },
    })
  })

  it('is the same after a restart at any time, and shows the same code while that lives', async () => {
    const first = start()
    await first.step()
    const shown = shownBy(first)
    const second = start()
    await second.step()
    expect(shownBy(second)).toEqual(shown)
    await claimBox(cloud, second)
    const third = start()
    await until(third, 'claimed')
    const fourth = start()
    expect(stateOf(fourth)).toBe('claimed')
    expect(cloud.kinds()).not.toContain('box.cloned')
    expect(cloud.kinds()).not.toContain('enrolment.cloned')
  })

  it('waits as it is told and is not slowed down', async () => {
    const box = start()
    for (let i = 0; i < 20; i++) cloud.clock.advance(await box.step())
    expect(cloud.storage.enrolments()[0]?.polling.interval).toBe(5)
  })

  it('slows down when the account says so', async () => {
    const box = start()
    await box.step()
    await box.step()
    expect(await box.step()).toBeGreaterThanOrEqual(10_000)
  })

  it('offline: says since when and why, keeps its code, and goes on when it can', async () => {
    offline = true
    const box = start()
    const since = cloud.clock.now()
    cloud.clock.advance(await box.step())
    await box.step()
    expect(box.state()).toMatchObject({
      state: 'unclaimed',
      unreachable: { since, reason: 'cannot be reached (ConnectionRefused)' },
    })
    offline = false
    await claimed(box)
    expect(box.state()).not.toHaveProperty('unreachable')
  })

  it('claimed while it was offline, it hears of it when it is back', async () => {
    const box = start()
    await box.step()
    const { code, phrase } = shownBy(box)
    offline = true
    await box.step()
    const { claimToken } = (await cloud.ask(ANN, 'POST', '/v1/claims', { code })).body
    expect((await cloud.ask(ANN, 'POST', '/v1/claims/confirm', { claimToken, siteId: 'lobby', phrase })).status).toBe(
      200,
    )
    await until(box, 'claimed', 10)
    offline = false
    expect(await until(box, 'claimed')).toBe(true)
  })

  it('off for more than a day after it was confirmed, it says that it is claimed already', async () => {
    const box = start()
    await box.step()
    await claimBox(cloud, box)
    cloud.clock.advance(25 * 3_600_000)
    expect(await until(box, 'already-claimed')).toBe(true)
    await act('release')
    await until(box, 'unclaimed')
    await box.step()
    expect((await claimBox(cloud, box)).status).toBe(200)
  })

  it.each([0, Date.UTC(2099, 11, 31)])('with a clock that says %i it is claimed all the same', async (now) => {
    const clock = { ...cloud.clock, now: () => now, advance: () => now, set() {} }
    const box = startBox({ transport: memoryTransport(cloud), disk, clock })
    await box.step()
    await claimBox(cloud, box)
    for (let i = 0; i < 5; i++) {
      await box.step()
      cloud.clock.advance(6_000)
    }
    expect(stateOf(box)).toBe('claimed')
    expect((await cloud.enrolment.verifyToken(await box.token())).kind).toBe('done')
  })

  it('uses a token for its hour, whatever its clock does meanwhile', async () => {
    const box = await claimed()
    const first = await box.token()
    cloud.clock.advance(50 * 60_000)
    expect(await box.token()).toBe(first)
    cloud.clock.advance(6 * 60_000)
    const second = await box.token()
    expect(second).not.toBe(first)
    cloud.clock.advance(-3_600_000)
    expect(await box.token()).not.toBe(second)
  })

  it('belongs to nobody before that is on its disk', async () => {
    let full = true
    const box = startBox({
      ...{ transport: memoryTransport(cloud), disk, clock: cloud.clock },
      save: (write) => {
        if (full && disk.saved > 0) throw new OperatorError('no space left on device')
        write()
      },
    })
    await box.step()
    await claimBox(cloud, box)
    await until(box, 'claimed', 4)
    expect([stateOf(box), box.claim()]).toEqual(['unclaimed', undefined])
    full = false
    expect(await until(box, 'claimed')).toBe(true)
    expect(stateOf(start())).toBe('claimed')
  })

  it('refuses to be claimed by answers that are not as documented', async () => {
    const box = startBox({
      transport: {
        send: async (message) =>
          message.path === '/v1/challenge'
            ? { status: 200, body: { challenge: 'x'.repeat(20), expiresIn: 120 } }
            : { status: 201, body: { enrolmentId: '../../x', userCode: '<b>', expiresIn: -1, interval: 0 } },
      },
      ...{ disk, clock: cloud.clock },
    })
    await box.step()
    expect(box.state()).toMatchObject({
      state: 'unclaimed',
      unreachable: { reason: "the account's answer (201) cannot be used: enrolmentId" },
    })
  })

  it('shows a name that the account gives only when it can be shown', async () => {
    const box = startBox({
      transport: memoryTransport(cloud, async (message, deliver) => {
        const reply = await deliver()
        if (!message.path.endsWith('/poll') || reply.status !== 200) return reply
        return { ...reply, body: { ...(reply.body as object), orgName: 'Acme\u202e\n\u001b[2J' } }
      }),
      ...{ disk, clock: cloud.clock },
    })
    await box.step()
    await claimBox(cloud, box)
    await until(box, 'claimed', 4)
    expect(box.state()).toMatchObject({
      state: 'unclaimed',
      unreachable: { reason: expect.stringContaining('orgName') },
    })
  })

  it('does not start on an identity that it cannot read, and leaves it alone', () => {
    disk.text = '{"form":2}'
    expect(() => start()).toThrow('the stored identity of this box is of another form')
    expect(disk).toEqual({ text: '{"form":2}', saved: 0 })
  })
})

describe('release', () => {
  it('is heard at the next contact; nothing is taken away until somebody here decides', async () => {
    const box = await claimed()
    const token = await box.token()
    await act('release')
    expect((await cloud.enrolment.verifyToken(token)).kind).toBe('refused')
    expect(await until(box, 'released')).toBe(true)
    expect(box.state()).toMatchObject({ orgName: 'Acme', since: expect.any(Number) })
    expect(box.claim()).toBeUndefined()
    await expect(box.token()).rejects.toThrow('this box is in no account')
    expect(stateOf(start())).toBe('released')
    box.leave({ by: 'cli:root' })
    await box.step()
    await claimed(box)
  })

  it('while the box is offline is heard when it is back', async () => {
    const box = await claimed()
    offline = true
    await act('release')
    await until(box, 'released', 5)
    expect(box.state()).toMatchObject({ state: 'claimed', unreachable: { since: expect.any(Number) } })
    offline = false
    expect(await until(box, 'released')).toBe(true)
  })

  it('leaving works offline, makes new keys, and the account hears of it later', async () => {
    const box = await claimed()
    offline = true
    box.leave({ by: 'cli:root' })
    expect(stateOf(box)).toBe('unclaimed')
    const again = start()
    await again.step()
    expect(cloud.storage.boxes()[0]?.state).toBe('active')
    offline = false
    await again.step()
    expect(cloud.storage.boxes()[0]?.state).toBe('released')
    expect(cloud.kinds()).toContain('box.left')
    await claimed(again)
    expect(cloud.storage.boxes().map(({ state }) => state)).toEqual(['released', 'active'])
    expect(new Set(cloud.storage.boxes().map(({ identityKey }) => identityKey)).size).toBe(2)
  })

  it('leaving while an answer is on its way: what it says of the old keys is over', async () => {
    await claimed()
    cloud.clock.advance(25 * 3_600_000)
    const { claim: _forgotten, ...rest } = JSON.parse(disk.text ?? '') as Record<string, unknown>
    let during = () => {}
    const box = startBox({
      transport: memoryTransport(cloud, async (message, deliver) => {
        const reply = await deliver()
        if (message.path !== '/v1/challenge') during()
        return reply
      }),
      ...{ disk: { text: JSON.stringify(rest), saved: 1 }, clock: cloud.clock },
    })
    await box.step()
    expect(stateOf(box)).toBe('already-claimed')
    during = () => {
      during = () => {}
      box.leave({ by: 'cli:root' })
    }
    await box.step()
    expect(box.state()).not.toHaveProperty('code')
    expect(stateOf(box)).toBe('unclaimed')
    await claimed(box, 'cellar')
  })

  it('leaving what one is not in is refused', () => {
    expect(() => start().leave({ by: 'cli:root' })).toThrow('this box belongs to no account')
  })

  it('a claimed box takes no code: another account cannot get it', async () => {
    const box = await claimed()
    cloud.clock.advance(25 * 3_600_000)
    const { claim: _forgotten, ...rest } = JSON.parse(disk.text ?? '') as Record<string, unknown>
    const twin = start({ text: JSON.stringify(rest), saved: 0 })
    await twin.step()
    expect(stateOf(twin)).toBe('already-claimed')
    expect(stateOf(box)).toBe('claimed')
  })

  it('to another site or organisation is learned with the next token; older tokens are void', async () => {
    const box = await claimed()
    const token = await box.token()
    const both = { id: 'ann', organisations: ['acme', 'other'] }
    expect((await act('transfer', { siteId: 'harbour' }, both)).body).toEqual({
      ...{ boxId: boxId(), orgId: 'other', siteId: 'harbour' },
    })
    expect((await cloud.enrolment.verifyToken(token)).kind).toBe('refused')
    box.refuseToken(token)
    expect((await cloud.enrolment.verifyToken(await box.token())).kind).toBe('done')
    expect(box.state()).toMatchObject({ state: 'claimed', orgName: 'Other & Sons', siteId: 'harbour' })
    // What this box seals must not go to the organisation before.
    expect(box.claim()).not.toHaveProperty('sealingKey')
    expect((await act('release')).status).toBe(404)
    expect((await act('release', undefined, EVE)).status).toBe(200)
  })
})

describe('keys', () => {
  it('revoked: no token, none of the old ones, not by a replayed one either', async () => {
    const box = await claimed()
    const token = await box.token()
    await act('revoke')
    expect(await cloud.enrolment.verifyToken(token)).toMatchObject({ kind: 'refused', code: 'signature' })
    box.refuseToken(token)
    await expect(box.token()).rejects.toThrow('this box is in no account')
    expect(stateOf(box)).toBe('revoked')
  })

  it('rotate: both are good until the new one is used, then the old one is nothing', async () => {
    const box = await claimed()
    const old = { ...disk }
    const sealing = box.sealingKeys()[0]
    box.rotate()
    await box.step()
    expect(cloud.kinds()).toEqual(expect.arrayContaining(['box.rotating', 'box.rotated']))
    expect(cloud.storage.boxes()[0]?.identityKey).toBe(JSON.parse(disk.text ?? '').keys.identity.publicKey)
    expect(box.sealingKeys().map(({ publicKey }) => publicKey)).toContain(sealing?.publicKey)
    expect(box.sealingKeys()[0]).not.toEqual(sealing)
    expect((await cloud.enrolment.verifyToken(await box.token())).kind).toBe('done')
    const copy = start(old)
    await copy.step()
    expect(copy.state()).toMatchObject({ state: 'claimed', problem: expect.stringContaining('does not know this box') })
  })

  it('two boxes with one key: both are locked out, a person chooses, the other is out for good', async () => {
    const box = await claimed()
    const copy = start({ ...disk })
    const tokens = [await box.token(), await copy.token()]
    cloud.clock.advance(100_000)
    await box.step()
    expect(cloud.kinds()).toContain('box.cloned')
    for (const token of tokens) expect((await cloud.enrolment.verifyToken(token)).kind).toBe('refused')
    for (const one of [box, copy]) {
      cloud.clock.advance(100_000)
      await one.step()
      expect(one.state()).toMatchObject({ state: 'claimed', problem: expect.stringContaining('same key') })
    }
    expect(cloud.kinds().filter((kind) => kind === 'box.cloned').length).toBe(1)
    expect((await act('keep', { bootId: 'nobody' })).status).toBe(404)
    // The one that spoke last is the copy.
    expect((await act('keep', { bootId: bootsOf()?.earlier[0] ?? '' })).status).toBe(200)
    await copy.step()
    expect(copy.state()).toMatchObject({ problem: expect.stringContaining('same key') })
    cloud.clock.advance(await box.step())
    await box.step()
    expect(box.state()).not.toHaveProperty('problem')
    expect((await cloud.enrolment.verifyToken(await box.token())).kind).toBe('done')
    await copy.step()
    expect(copy.state()).toMatchObject({ problem: expect.stringContaining('does not know this box') })
    expect(cloud.storage.boxes()[0]).not.toHaveProperty('cloned')
  })

  it('two unclaimed boxes with one key: no code is good until one has new keys', async () => {
    const box = start()
    await box.step()
    const copy = start({ ...disk })
    await copy.step()
    cloud.clock.advance(6_000)
    const { code } = shownBy(box)
    await box.step()
    cloud.clock.advance(6_000)
    await copy.step()
    cloud.clock.advance(6_000)
    await box.step()
    expect(cloud.kinds()).toContain('enrolment.cloned')
    expect((await cloud.ask(ANN, 'POST', '/v1/claims', { code })).status).toBe(404)
    // They go on asking, more and more seldom, and fill no log with it.
    for (let i = 0; i < 5; i++)
      for (const one of [box, copy]) {
        cloud.clock.advance(60_000)
        await one.step()
      }
    expect(box.state()).toMatchObject({ problem: expect.stringContaining('same key') })
    expect(cloud.kinds().length).toBeLessThan(6)
    const kept = start({ ...disk })
    copy.leave({ by: 'cli:root' })
    await claimed(copy)
    cloud.clock.advance(15 * 60_000)
    await claimed(kept, 'cellar')
  })

  it('of the account: only one that a believed key vouches for is believed', async () => {
    const box = await claimed()
    const [second, forged] = [newKeyPair('ed25519'), newKeyPair('ed25519')]
    const first = cloud.firstConfigKey
    const fake = { ...vouchedKey(forged, forged, false), by: first.publicKey, key: forged.publicKey }
    cloud.configKeys.push({ key: forged.publicKey }, fake, vouchedKey(first, second, true))
    await box.step()
    expect(box.claim()?.pinned).toEqual([second.publicKey])
    expect(start().claim()?.pinned).toEqual([second.publicKey])
  })
})
