import { beforeEach, describe, expect, it } from 'vitest'
import {
  ANN,
  BOB,
  claimBox,
  EVE,
  memoryTransport,
  newDisk,
  type Person,
  type SmallCloud,
  shownBy,
  smallCloud,
  startBox,
  stepUntil,
} from '../../test/support/enrolment-lab.ts'
import type { BoxEnrolment } from './box-enrolment.ts'

let cloud: SmallCloud
let box: BoxEnrolment
beforeEach(async () => {
  cloud = smallCloud()
  box = startBox({ transport: memoryTransport(cloud), disk: newDisk(), clock: cloud.clock })
  await box.step()
})

const code = () => shownBy(box).code
const wrongCode = () => (code().startsWith('B') ? 'CCCC-CCCC' : 'BBBB-BBBB')
const type = (who: Person, text: string) => cloud.ask(who, 'POST', '/v1/claims', { code: text })
const confirm = (who: Person, body: object) => cloud.ask(who, 'POST', '/v1/claims/confirm', body)
const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code]
const settle = () => stepUntil(box, cloud.clock, () => box.state().state === 'claimed')

describe('code', () => {
  it.each([
    (text: string) => text,
    (text: string) => text.toLowerCase(),
    (text: string) => text.replace('-', ''),
    (text: string) => ` ${[...text].join(' ')} `,
  ])('is read as people type it: form %#', async (form) => {
    const { status, body } = await type(ANN, form(code()))
    expect([status, body]).toEqual([
      200,
      {
        claimToken: expect.any(String),
        model: 'branchline',
        boxVersion: '0.1.0',
        seenFrom: 'elsewhere',
        expiresIn: expect.any(Number),
      },
    ])
    // A single word may well be part of a name ("claim" is on the list): it is the phrase that must not be there.
    expect(JSON.stringify(body)).not.toContain(shownBy(box).phrase)
  })

  it('has a form; what has not is no guess', async () => {
    for (let i = 0; i < 9; i++) expect(codeOf(await type(ANN, 'hello'))).toEqual([400, 'malformed'])
    expect((await type(ANN, code())).status).toBe(200)
  })

  it('wrong: nobody shows it', async () => expect(codeOf(await type(ANN, wrongCode()))).toEqual([404, 'wrong-code']))

  it('expires after a quarter of an hour, and the box shows another', async () => {
    const old = code()
    cloud.clock.advance(15 * 60_000)
    expect(codeOf(await type(ANN, old))).toEqual([410, 'expired'])
    await stepUntil(box, cloud.clock, () => ![old, ''].includes(code()))
    expect((await type(ANN, code())).status).toBe(200)
  })

  it('is the first one’s who types it; another is told, and the log too', async () => {
    const [first, second] = await Promise.all([type(ANN, code()), type(BOB, code())])
    expect([first.status, ...codeOf(second)]).toEqual([200, 409, 'taken'])
    expect(cloud.kinds()).toContain('claim.taken')
    const { claimToken } = first.body
    const { phrase } = shownBy(box)
    // The token is Ann's: it is nothing in Bob's hands.
    expect(codeOf(await confirm(BOB, { claimToken, siteId: 'lobby', phrase }))).toEqual([404, 'not-found'])
    expect((await confirm(ANN, { claimToken, siteId: 'lobby', phrase })).status).toBe(200)
  })

  it('typed again by the same person gives the same claim', async () => {
    const [first, second] = [await type(ANN, code()), await type(ANN, code())]
    expect(second.body.claimToken).toBe(first.body.claimToken)
    expect(cloud.kinds().filter((kind) => kind === 'claim.coded').length).toBe(1)
  })

  it('is nothing for people without the role, or not signed in', async () => {
    expect(codeOf(await type({ id: 'max', organisations: [] }, code()))).toEqual([403, 'forbidden'])
    const response = await cloud.app.request('/v1/claims', { method: 'POST', body: JSON.stringify({ code: code() }) })
    expect(response.status).toBe(401)
    const claimToken = (await type(ANN, code())).body.claimToken
    const roleLost = { id: 'ann', organisations: [] }
    expect(codeOf(await confirm(roleLost, { claimToken, siteId: 'lobby', phrase: 'zoo zoo zoo' }))).toEqual([
      403,
      'forbidden',
    ])
  })

  it('is void when the person says that it is another box', async () => {
    const old = code()
    const { claimToken } = (await type(ANN, old)).body
    expect((await cloud.ask(ANN, 'POST', '/v1/claims/deny', { claimToken })).status).toBe(200)
    expect((await cloud.ask(ANN, 'POST', '/v1/claims/deny', { claimToken })).status).toBe(200)
    const { phrase } = shownBy(box)
    expect(codeOf(await confirm(ANN, { claimToken, siteId: 'lobby', phrase }))).toEqual([403, 'denied'])
    await stepUntil(box, cloud.clock, () => ![old, ''].includes(code()))
    expect((await claimBox(cloud, box)).status).toBe(200)
  })
})

describe('guessing', () => {
  it('five wrong codes hold an admin for ten minutes, the right one too', async () => {
    for (let i = 0; i < 5; i++) await type(ANN, wrongCode())
    expect(codeOf(await type(ANN, code()))).toEqual([429, 'limited'])
    expect((await type({ ...BOB, address: '198.51.100.2' }, code())).status).toBe(200)
    const response = await cloud.app.request('/v1/claims', {
      method: 'POST',
      headers: { 'x-test-person': JSON.stringify(ANN), 'content-type': 'application/json' },
      body: JSON.stringify({ code: code() }),
    })
    expect(response.headers.get('retry-after')).toBe('600')
    cloud.clock.advance(600_000)
    expect((await type(ANN, code())).status).toBe(409)
  })

  it('twenty hold a public address for an hour, whoever sits there, an IPv6 network as one', async () => {
    const at = (i: number) => ({ id: `p${i}`, organisations: ['acme'], address: `2001:db8:1:2::${i}` })
    for (let i = 0; i < 20; i++) expect((await type(at(i), wrongCode())).status).toBe(404)
    expect(codeOf(await type(at(99), code()))).toEqual([429, 'limited'])
    expect((await type({ ...at(99), address: '2001:db8:1:3::1' }, code())).status).toBe(200)
    cloud.clock.advance(3_600_000)
    expect(codeOf(await type(at(98), wrongCode()))).toEqual([404, 'wrong-code'])
  })

  it('fifty a minute over all raise one alarm', async () => {
    const stranger = (i: number) => ({ id: `p${i}`, organisations: ['acme'], address: `192.0.2.${i}` })
    const alarms = () => cloud.kinds().filter((kind) => kind === 'claim.guessing').length
    for (let i = 0; i < 49; i++) await type(stranger(i), wrongCode())
    expect(alarms()).toBe(0)
    for (let i = 49; i < 60; i++) await type(stranger(i), wrongCode())
    expect(alarms()).toBe(1)
    cloud.clock.advance(61_000)
    for (let i = 60; i < 120; i++) await type(stranger(i), wrongCode())
    expect(alarms()).toBe(2)
  })

  it('ten boxes of one address may wait, not eleven', async () => {
    const another = () => startBox({ transport: memoryTransport(cloud), disk: newDisk(), clock: cloud.clock })
    for (let i = 0; i < 9; i++) await another().step()
    const eleventh = another()
    await eleventh.step()
    expect(eleventh.state()).toMatchObject({ state: 'unclaimed', problem: expect.stringContaining('many boxes') })
    const elsewhere = startBox({
      transport: memoryTransport(cloud, undefined, '203.0.113.9'),
      disk: newDisk(),
      clock: cloud.clock,
    })
    await elsewhere.step()
    expect(shownBy(elsewhere).code).not.toBe('')
    cloud.clock.advance(15 * 60_000)
    await eleventh.step()
    expect(shownBy(eleventh).code).not.toBe('')
  })
})

describe('phrase', () => {
  const offered = async (who = ANN) => (await type(who, code())).body.claimToken as string

  it('wrong three times burns the code; the box shows another, and that one works', async () => {
    const claimToken = await offered()
    const old = code()
    const { phrase } = shownBy(box)
    const tries = ['zoo zoo zoo', 'able able able', 'zoo zoo able']
    const answers = []
    for (const wrong of tries) answers.push(codeOf(await confirm(ANN, { claimToken, siteId: 'lobby', phrase: wrong })))
    expect(answers).toEqual([
      [403, 'wrong-phrase'],
      [403, 'wrong-phrase'],
      [410, 'burned'],
    ])
    expect(codeOf(await confirm(ANN, { claimToken, siteId: 'lobby', phrase }))).toEqual([410, 'burned'])
    expect(codeOf(await type(ANN, old))).toEqual([404, 'wrong-code'])
    expect(cloud.kinds().filter((kind) => kind === 'claim.burned').length).toBe(1)
    await stepUntil(box, cloud.clock, () => ![old, ''].includes(code()))
    expect(shownBy(box).phrase).toBe(phrase)
    expect((await claimBox(cloud, box)).status).toBe(200)
  })

  it('the same wrong one sent twice is one try, and what is no phrase none', async () => {
    const claimToken = await offered()
    for (let i = 0; i < 5; i++) await confirm(ANN, { claimToken, siteId: 'lobby', phrase: 'zoo zoo zoo' })
    for (let i = 0; i < 5; i++)
      expect(codeOf(await confirm(ANN, { claimToken, siteId: 'lobby', phrase: `zoo${i}` }))).toEqual([400, 'malformed'])
    const { phrase } = shownBy(box)
    expect((await confirm(ANN, { claimToken, siteId: 'lobby', phrase: phrase.toUpperCase() })).status).toBe(200)
  })

  it('may be left out only where the organisation says so and the public addresses agree', async () => {
    const beside = { ...ANN, address: '192.0.2.10' }
    const { body } = await type(beside, code())
    expect(body.seenFrom).toBe('same-public-address')
    const { claimToken } = body
    expect(codeOf(await confirm(beside, { claimToken, siteId: 'lobby' }))).toEqual([400, 'phrase-needed'])
    expect(codeOf(await confirm(ANN, { claimToken, siteId: 'attic' }))).toEqual([400, 'phrase-needed'])
    expect((await confirm(beside, { claimToken, siteId: 'attic' })).status).toBe(200)
  })

  it('two who confirm at once: one box, one owner, one answer told again', async () => {
    const claimToken = await offered()
    const { phrase } = shownBy(box)
    const said = { claimToken, siteId: 'lobby', phrase }
    const [first, second, other] = await Promise.all([
      confirm(ANN, said),
      confirm(ANN, said),
      confirm(ANN, { ...said, siteId: 'attic' }),
    ])
    expect([first.status, second.status, codeOf(other)]).toEqual([200, 200, [409, 'claimed']])
    expect(second.body).toEqual(first.body)
    expect(cloud.storage.boxes().length).toBe(1)
  })

  it('comes too late after a quarter of an hour', async () => {
    const claimToken = await offered()
    const { phrase } = shownBy(box)
    cloud.clock.advance(15 * 60_000)
    expect(codeOf(await confirm(ANN, { claimToken, siteId: 'lobby', phrase }))).toEqual([410, 'expired'])
  })
})

describe('a site has one box', () => {
  async function another(): Promise<BoxEnrolment> {
    const other = startBox({ transport: memoryTransport(cloud), disk: newDisk(), clock: cloud.clock })
    await other.step()
    return other
  }

  it('a second one is refused, until somebody says that it takes the place of the first', async () => {
    await claimBox(cloud, box)
    const other = await another()
    const { code: its, phrase } = shownBy(other)
    const { claimToken } = (await type(ANN, its)).body
    const refused = await confirm(ANN, { claimToken, siteId: 'lobby', phrase })
    expect(codeOf(refused)).toEqual([409, 'occupied'])
    expect(refused.body.error.message).toContain('replace')
    const done = await confirm(ANN, { claimToken, siteId: 'lobby', phrase, replace: true })
    expect(done.status).toBe(200)
    expect(await confirm(ANN, { claimToken, siteId: 'lobby', phrase, replace: true })).toEqual(done)
    expect(cloud.storage.boxes().map(({ state }) => state)).toEqual(['released', 'active'])
  })

  it('none is moved to one that has one', async () => {
    await claimBox(cloud, box)
    const other = await another()
    const { boxId } = (await claimBox(cloud, other, ANN, 'cellar')).body
    expect(codeOf(await cloud.ask(ANN, 'POST', `/v1/boxes/${boxId}/transfer`, { siteId: 'lobby' }))).toEqual([
      409,
      'occupied',
    ])
  })

  it('who has only some sites does nothing at others', async () => {
    const guest: Person = { id: 'guy', organisations: ['acme'], sites: { acme: ['cellar'] } }
    expect(codeOf(await claimBox(cloud, box, guest, 'lobby'))).toEqual([404, 'not-found'])
    const { boxId } = (await claimBox(cloud, box, guest, 'cellar')).body
    expect(codeOf(await cloud.ask(guest, 'POST', `/v1/boxes/${boxId}/transfer`, { siteId: 'lobby' }))).toEqual([
      404,
      'not-found',
    ])
    await cloud.ask(ANN, 'POST', `/v1/boxes/${boxId}/transfer`, { siteId: 'lobby' })
    expect(codeOf(await cloud.ask(guest, 'POST', `/v1/boxes/${boxId}/release`))).toEqual([404, 'not-found'])
  })
})

describe('another organisation', () => {
  it('confirms nothing to a site of others, and learns nothing of it', async () => {
    const { claimToken } = (await type(EVE, code())).body
    const { phrase } = shownBy(box)
    const [theirs, nowhere] = [
      await confirm(EVE, { claimToken, siteId: 'lobby', phrase }),
      await confirm(EVE, { claimToken, siteId: 'nowhere', phrase }),
    ]
    expect(codeOf(theirs)).toEqual([404, 'not-found'])
    expect(theirs).toEqual(nowhere)
    expect(cloud.storage.boxes()).toEqual([])
  })

  it('does nothing to a box of others, on any route', async () => {
    await claimBox(cloud, box)
    const boxId = cloud.storage.boxes()[0]?.boxId ?? ''
    const before = JSON.stringify([cloud.storage.boxes(), cloud.kinds()])
    for (const id of [boxId, 'nobody']) {
      const answers = [
        await cloud.ask(EVE, 'POST', `/v1/boxes/${id}/release`),
        await cloud.ask(EVE, 'POST', `/v1/boxes/${id}/revoke`),
        await cloud.ask(EVE, 'POST', `/v1/boxes/${id}/transfer`, { siteId: 'harbour' }),
        await cloud.ask(EVE, 'POST', `/v1/boxes/${id}/keep`, { bootId: 'boot-1' }),
      ]
      expect(answers.map(codeOf)).toEqual(Array.from({ length: 4 }, () => [404, 'not-found']))
    }
    expect(codeOf(await cloud.ask(ANN, 'POST', `/v1/boxes/${boxId}/transfer`, { siteId: 'harbour' }))).toEqual([
      404,
      'not-found',
    ])
    expect(
      codeOf(await cloud.ask(EVE, 'POST', '/v1/expected-boxes', { siteId: 'lobby', fingerprints: ['a'.repeat(64)] })),
    ).toEqual([404, 'not-found'])
    expect(codeOf(await cloud.ask(EVE, 'DELETE', `/v1/expected-boxes/acme/${'a'.repeat(64)}`))).toEqual([
      404,
      'not-found',
    ])
    expect(JSON.stringify([cloud.storage.boxes(), cloud.kinds()])).toBe(before)
  })
})

describe('expected boxes', () => {
  const fingerprintOfBox = (it: BoxEnrolment) => {
    const state = it.state()
    return state.state === 'unclaimed' || state.state === 'already-claimed' ? state.fingerprint : ''
  }
  const expectBox = (who: Person, siteId: string, fingerprint: string) =>
    cloud.ask(who, 'POST', '/v1/expected-boxes', { siteId, fingerprints: [fingerprint] })

  it('are claimed without anybody typing, whether they were named before or while they wait', async () => {
    expect((await expectBox(ANN, 'attic', fingerprintOfBox(box))).body).toEqual({ added: 1 })
    expect((await expectBox(ANN, 'lobby', fingerprintOfBox(box))).body).toEqual({ added: 0 })
    await settle()
    expect(box.state()).toMatchObject({ state: 'claimed', orgId: 'acme', siteId: 'lobby' })

    const later = startBox({ transport: memoryTransport(cloud), disk: newDisk(), clock: cloud.clock })
    await expectBox(ANN, 'cellar', fingerprintOfBox(later))
    await stepUntil(later, cloud.clock, () => later.state().state === 'claimed', 4)
    expect(later.state().state).toBe('claimed')
  })

  it('do not come to a site that has a box, which is told, but by code', async () => {
    await claimBox(cloud, box)
    const later = startBox({ transport: memoryTransport(cloud), disk: newDisk(), clock: cloud.clock })
    await expectBox(ANN, 'lobby', fingerprintOfBox(later))
    await stepUntil(later, cloud.clock, () => later.state().state === 'claimed', 5)
    expect(later.state().state).toBe('unclaimed')
    expect(cloud.kinds()).toContain('preload.occupied')
    expect((await claimBox(cloud, later, ANN, 'cellar')).status).toBe(200)
  })

  it('that two organisations expect go to neither, with an alarm, but by code', async () => {
    await expectBox(ANN, 'lobby', fingerprintOfBox(box))
    await expectBox(EVE, 'harbour', fingerprintOfBox(box))
    expect(cloud.kinds()).toContain('preload.disputed')
    await stepUntil(box, cloud.clock, () => box.state().state === 'claimed', 5)
    expect(box.state().state).toBe('unclaimed')
    expect((await claimBox(cloud, box, EVE, 'harbour')).status).toBe(200)
  })

  it('come once: released, a box does not come back by itself', async () => {
    const fingerprint = fingerprintOfBox(box)
    await expectBox(ANN, 'lobby', fingerprint)
    await settle()
    expect((await cloud.ask(ANN, 'DELETE', `/v1/expected-boxes/acme/${fingerprint}`)).status).toBe(404)
  })

  it('bad fingerprints are named', async () => {
    const { status, body } = await cloud.ask(ANN, 'POST', '/v1/expected-boxes', {
      siteId: 'lobby',
      fingerprints: ['a'.repeat(64), 'XYZ'],
    })
    expect([status, body.error.faults]).toEqual([
      400,
      [{ path: 'fingerprints.1', message: expect.stringContaining('64 hexadecimal digits') }],
    ])
  })
})
