import { beforeEach, describe, expect, it } from 'vitest'
import {
  claimBox,
  memoryTransport,
  newDisk,
  type SmallCloud,
  smallCloud,
  startBox,
  stepUntil,
} from '../../test/support/enrolment-lab.ts'
import { makeRandom } from '../../test/support/random.ts'
import { rotationText, signedText } from './codec-signature.ts'
import { type KeyPair, newKeyPair, sha256Hex, signText } from './crypto.ts'
import type { Message } from './transport.ts'

let cloud: SmallCloud
beforeEach(() => {
  cloud = smallCloud()
})

const identity = newKeyPair('ed25519')
const sealing = newKeyPair('x25519')
const enrolBody = (by: KeyPair = identity) => ({
  ...{ version: 1, bootId: 'b1', identityKey: by.publicKey, sealingKey: sealing.publicKey },
  ...{ model: 'branchline', boxVersion: '0.1.0' },
})

/** A signed message; `mend` may break it afterwards. */
function signed(path: string, body: object | string, by: KeyPair = identity): Message {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const { challenge } = cloud.enrolment.challenge()
  const signature = signText(by, signedText({ method: 'POST', path, bodyHash: sha256Hex(text), challenge }))
  return {
    ...{ method: 'POST', path, body: text },
    headers: { 'branchline-key': by.publicKey, 'branchline-challenge': challenge, 'branchline-signature': signature },
  }
}

async function send(message: Message) {
  const { status, body } = await memoryTransport(cloud).send(message)
  return [status, (body as { error?: { code: string } } | undefined)?.error?.code]
}

describe('a signed request', () => {
  it('is taken once: a replay is refused', async () => {
    const message = signed('/v1/enrolments', enrolBody())
    expect(await send(message)).toEqual([201, undefined])
    expect(await send(message)).toEqual([401, 'challenge'])
    expect(cloud.storage.enrolments().length).toBe(1)
  })

  it('is not taken with anything of it changed', async () => {
    const path = '/v1/enrolments'
    const other = signed(path, { ...enrolBody(), model: 'other' })
    const mine = signed(path, enrolBody())
    const headers = mine.headers
    const broken: readonly Message[] = [
      { ...mine, body: other.body ?? '' },
      { ...mine, headers: { ...headers, 'branchline-key': newKeyPair('ed25519').publicKey } },
      { ...mine, headers: { ...headers, 'branchline-signature': other.headers['branchline-signature'] ?? '' } },
      { ...mine, headers: { ...headers, 'branchline-signature': 'x' } },
      { ...mine, headers: {} },
      { ...mine, path: '/v1/token' },
    ]
    for (const message of broken) expect(await send(message)).toEqual([401, 'signature'])
    const { challenge } = cloud.enrolment.challenge()
    expect(await send({ ...mine, headers: { ...headers, 'branchline-challenge': challenge } })).toEqual([
      401,
      'signature',
    ])
    const made = `${challenge.slice(0, -3)}AAA`
    expect(await send({ ...mine, headers: { ...headers, 'branchline-challenge': made } })).toEqual([401, 'challenge'])
    expect(cloud.storage.enrolments()).toEqual([])
    expect(await send(mine)).toEqual([201, undefined])
  })

  it('is good for two minutes', async () => {
    const message = signed('/v1/enrolments', enrolBody())
    cloud.clock.advance(120_001)
    expect(await send(message)).toEqual([401, 'challenge'])
  })

  it('by another key than it brings is refused', async () =>
    expect(await send(signed('/v1/enrolments', enrolBody(newKeyPair('ed25519'))))).toEqual([401, 'signature']))

  it('of a version to come is refused with upgrade', async () =>
    expect(await send(signed('/v1/enrolments', { ...enrolBody(), version: 2 }))).toEqual([426, 'upgrade']))

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['a key of other length', { ...enrolBody(), sealingKey: 'AAAA' }],
    ['a key in another spelling', { ...enrolBody(), sealingKey: `${sealing.publicKey.slice(0, 42)}B` }],
    ['a model with a line break', { ...enrolBody(), model: 'a\nb' }],
    ['a model without end', { ...enrolBody(), model: 'a'.repeat(61) }],
    ['a serial that changes direction', { ...enrolBody(), serial: '\u202eabc' }],
    ['a boot id with blanks', { ...enrolBody(), bootId: 'a b' }],
  ])('%s is malformed', async (_name, body) => {
    expect(await send(signed('/v1/enrolments', body))).toEqual([400, 'malformed'])
    expect(cloud.storage.enrolments()).toEqual([])
  })

  it('of random bytes in any place is refused and changes nothing', async () => {
    const draw = makeRandom(11)
    const base = signed('/v1/enrolments', enrolBody())
    for (let i = 0; i < 500; i++) {
      const text = base.body ?? ''
      const at = Math.floor(draw() * text.length)
      const body =
        text.slice(0, at) +
        String.fromCharCode(32 + Math.floor(draw() * 95)) +
        text.slice(at + 1 + Math.floor(draw() * 3))
      if (body === text) continue
      const [status] = await send({ ...base, body })
      expect(status).toBe(401)
      const [resigned] = await send(signed('/v1/enrolments', body))
      expect([201, 400, 401, 409, 426]).toContain(resigned)
    }
  })
})

describe('a stranger', () => {
  it('polls no enrolment of another key, and learns nothing', async () => {
    await send(signed('/v1/enrolments', enrolBody()))
    const id = cloud.storage.enrolments()[0]?.id ?? ''
    const body = { version: 1, bootId: 'b1' }
    const stranger = newKeyPair('ed25519')
    const paths = [`/v1/enrolments/${id}/poll`, '/v1/enrolments/nothing/poll']
    for (const path of paths) expect(await send(signed(path, body, stranger))).toEqual([404, 'not-found'])
    expect(await send(signed(paths[0] ?? '', body))).toEqual([428, 'authorization_pending'])
  })

  it('gets no token, rotates nothing and takes nobody out', async () => {
    const disk = newDisk()
    const box = startBox({ transport: memoryTransport(cloud), disk, clock: cloud.clock })
    await box.step()
    await claimBox(cloud, box)
    await stepUntil(box, cloud.clock, () => box.state().state === 'claimed')
    const boxId = cloud.storage.boxes()[0]?.boxId ?? ''
    const before = JSON.stringify(cloud.storage.boxes())
    const stranger = newKeyPair('ed25519')
    const mine = { identityKey: stranger.publicKey, sealingKey: sealing.publicKey }
    const proof = signText(stranger, rotationText({ boxId, ...mine }))
    const base = { version: 1, bootId: 'b1' }
    for (const id of [boxId, 'nobody']) {
      expect(await send(signed('/v1/token', { ...base, boxId: id }, stranger))).toEqual([401, 'signature'])
      expect(await send(signed(`/v1/boxes/${id}/leave`, base, stranger))).toEqual([401, 'signature'])
    }
    expect(await send(signed(`/v1/boxes/${boxId}/keys`, { ...base, ...mine, proof }, stranger))).toEqual([
      401,
      'signature',
    ])
    expect(JSON.stringify(cloud.storage.boxes())).toBe(before)
  })

  it('puts no key in that it does not hold', async () => {
    const disk = newDisk()
    const box = startBox({ transport: memoryTransport(cloud), disk, clock: cloud.clock })
    await box.step()
    await claimBox(cloud, box)
    await stepUntil(box, cloud.clock, () => box.state().state === 'claimed')
    const { boxId = '', boots } = cloud.storage.boxes()[0] ?? {}
    const own = (JSON.parse(disk.text ?? '') as { keys: { identity: KeyPair } }).keys.identity
    const theirs = newKeyPair('ed25519').publicKey
    const keys = { identityKey: theirs, sealingKey: sealing.publicKey }
    const body = { version: 1, bootId: boots?.current, ...keys, proof: signText(own, rotationText({ boxId, ...keys })) }
    expect(await send(signed(`/v1/boxes/${boxId}/keys`, body, own))).toEqual([400, 'malformed'])
  })

  it.each(['', 'a.b', 'e30.AAAA', `${'A'.repeat(3000)}.B`, 'null.x'])('has no token like %j', async (token) =>
    expect((await cloud.enrolment.verifyToken(token)).kind).toBe('refused'),
  )
})
