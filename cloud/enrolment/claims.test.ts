import { describe, expect, it } from 'vitest'
import { phraseOf } from '../../services/enrolment/codec-phrase.ts'
import { keyHash, newKeyPair } from '../../services/enrolment/crypto.ts'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'
import { ASKERS, type Asker } from '../../test/support/cloud-matrix.ts'
import { enrolmentRow } from '../../test/support/enrolment-storage-suite.ts'
import { TOKEN_SCOPES } from '../accounts/policy.ts'
import { newId } from '../tokens.ts'
import { makeEnrolmentStorage } from './enrolment-storage.ts'

const CODE = 'BCDFGHJK'
const FINGERPRINT = 'a'.repeat(64)

interface House {
  readonly account: string
  /** Of the installer, with a box; not of the installer, without; not of the installer, with a box. */
  readonly sites: readonly [string, string, string]
  readonly boxes: readonly [string, string]
  readonly askers: Readonly<Record<Asker, Browser>>
}

async function house(desk: CloudDesk, name: string): Promise<House> {
  const reseller = await desk.account(`${name} reseller`, { kind: 'reseller' })
  const account = await desk.account(name, { parent: reseller })
  const caller = { actor: 'test', name: 'test', address: '' }
  const site = async (its: string) =>
    (await desk.deps.sites.create(account, { name: its, timeZone: 'UTC', note: '' }, caller)).id
  const sites = [await site('one'), await site('two'), await site('three')] as const
  const askers: Partial<Record<Asker, Browser>> = {}
  for (const asker of ASKERS) {
    const person = await desk.person(`${asker}@${name}.example`)
    if (asker === 'above') await desk.member(reseller, person, 'admin')
    else if (asker === 'watcher') await desk.member(reseller, person, 'viewer')
    else await desk.member(account, person, asker, asker === 'installer' ? [sites[0]] : [])
    askers[asker] = await desk.signedIn(person)
  }
  const boxes = [newId().slice(0, 24), newId().slice(-24)] as const
  const boots = { current: 'b1', since: 1, earlier: ['b0'] }
  for (const [i, siteId] of [sites[0], sites[2]].entries()) {
    const boxId = boxes[i] ?? ''
    await desk.box({ boxId, orgId: account, siteId, identityKey: `k${boxId}`, boots, cloned: { at: 1 } })
  }
  return { account, sites, boxes, askers: askers as Record<Asker, Browser> }
}

/** A box that shows a code, and its phrase. */
async function waiting(desk: CloudDesk, network?: string): Promise<string> {
  const { publicKey } = newKeyPair('ed25519')
  const now = desk.clock.now()
  const claim = { state: 'open' as const, expiresAt: now + 900_000, wrong: [] }
  const place = network === undefined ? {} : { network }
  const row = enrolmentRow({ identityKey: publicKey, userCode: CODE, claim, createdAt: now, ...place })
  const storage = makeEnrolmentStorage({ database: desk.deps.database, keys: desk.deps.boxes.keys, clock: desk.clock })
  await storage.write((writer) => writer.putEnrolment(row))
  return phraseOf(keyHash(publicKey))
}

async function confirm(who: Browser, siteId: string, phrase?: string, more: object = {}) {
  const offer = await who.call('POST', '/api/v1/claims', { code: CODE })
  if (offer.status !== 200) return offer
  const { claimToken } = offer.body
  return who.call('POST', '/api/v1/claims/confirm', { claimToken, siteId, phrase, ...more })
}

const HANDS: readonly Asker[] = ['owner', 'admin', 'installer', 'above']
const MANAGERS: readonly Asker[] = ['owner', 'admin', 'above']
type Act = (desk: CloudDesk, it: House, who: Browser) => Promise<{ readonly status: number }>
const ACTS: readonly { readonly act: string; readonly may: readonly Asker[]; readonly run: Act }[] = [
  {
    act: 'claims a box for its site, in the place of the one there',
    may: HANDS,
    run: async (desk, { sites }, who) => confirm(who, sites[0], await waiting(desk), { replace: true }),
  },
  {
    act: 'says that it is not its box',
    may: HANDS,
    async run(desk, _it, who) {
      await waiting(desk)
      const offer = await who.call('POST', '/api/v1/claims', { code: CODE })
      return offer.status === 200
        ? who.call('POST', '/api/v1/claims/deny', { claimToken: offer.body.claimToken })
        : offer
    },
  },
  ...(['release', 'revoke'] as const).map((verb) => ({
    act: `${verb}s a box`,
    may: MANAGERS,
    run: (async (_desk, { boxes }, who) => who.call('POST', `/api/v1/boxes/${boxes[0]}/${verb}`)) satisfies Act,
  })),
  {
    act: 'moves a box',
    may: MANAGERS,
    run: async (_desk, { boxes, sites }, who) =>
      who.call('POST', `/api/v1/boxes/${boxes[0]}/transfer`, { siteId: sites[1] }),
  },
  {
    act: 'chooses one of two copies',
    may: MANAGERS,
    run: async (_desk, { boxes }, who) => who.call('POST', `/api/v1/boxes/${boxes[0]}/keep`, { bootId: 'b0' }),
  },
  {
    act: 'expects a box',
    may: MANAGERS,
    run: async (_desk, { sites }, who) =>
      who.call('POST', '/api/v1/expected-boxes', { siteId: sites[1], fingerprints: [FINGERPRINT] }),
  },
  {
    act: 'expects it no longer',
    may: MANAGERS,
    async run(_desk, { account, sites, askers }, who) {
      await askers.owner.call('POST', '/api/v1/expected-boxes', { siteId: sites[1], fingerprints: [FINGERPRINT] })
      return who.call('DELETE', `/api/v1/expected-boxes/${account}/${FINGERPRINT}`)
    },
  },
]

describe('who may have boxes', () => {
  it.each(ACTS)('$act: exactly the roles that may', async ({ may, run }) => {
    for (const asker of ASKERS) {
      await using desk = await makeCloudDesk()
      const it = await house(desk, 'ours')
      const { status } = await run(desk, it, it.askers[asker])
      expect([asker, status]).toEqual([asker, may.includes(asker) ? 200 : 403])
    }
  })

  it.each(ACTS.slice(2))('$act: what is of others is answered like what is not there', async ({ run }) => {
    await using desk = await makeCloudDesk()
    const [ours, theirs] = [await house(desk, 'ours'), await house(desk, 'theirs')]
    const nobodys = { ...theirs, account: newId(), boxes: ['x'.repeat(24), 'y'], sites: [newId(), newId(), newId()] }
    const others = await run(desk, { ...theirs, askers: ours.askers }, ours.askers.owner)
    const none = await run(desk, { ...(nobodys as unknown as House), askers: ours.askers }, ours.askers.owner)
    expect(others.status).toBe(404)
    expect({ ...others, headers: undefined }).toEqual({ ...none, headers: undefined })
  })

  it('an installer has boxes at its own sites alone', async () => {
    await using desk = await makeCloudDesk()
    const { askers, sites, boxes, account } = await house(desk, 'ours')
    const { installer } = askers
    expect((await confirm(installer, sites[1], await waiting(desk))).status).toBe(404)
    const { body } = await installer.call('GET', `/api/v1/accounts/${account}/boxes`)
    expect(body.boxes.map((box: { id: string }) => box.id)).toEqual([boxes[0]])
  })

  it('the words may be left out behind the same address, where the account allows it', async () => {
    await using desk = await makeCloudDesk()
    const { askers, sites, account } = await house(desk, 'ours')
    const { owner } = askers
    const there = `/api/v1/accounts/${account}`
    await owner.call('PATCH', there, { name: 'ours', rev: 1 })
    const { address } = (await owner.call('GET', `${there}/audit`)).body.entries[0]
    await waiting(desk, address)
    expect((await confirm(owner, sites[1])).body.error).toMatchObject({ code: 'phrase-needed' })
    const { rev, phraseMayBeLeftOut } = (await owner.call('GET', there)).body
    expect(phraseMayBeLeftOut).toBe(false)
    const edited = await owner.call('PATCH', there, { phraseMayBeLeftOut: true, rev })
    expect(edited.body).toMatchObject({ name: 'ours', phraseMayBeLeftOut: true, rev: rev + 1 })
    expect((await owner.call('PATCH', there, { phraseMayBeLeftOut: false, rev })).status).toBe(409)
    const made = await confirm(owner, sites[1])
    expect([made.status, made.body.siteId]).toEqual([200, sites[1]])
    await waiting(desk, '203.0.113.9')
    expect((await confirm(owner, sites[2], undefined, { replace: true })).body.error).toMatchObject({
      code: 'phrase-needed',
    })
  })

  it('a program needs the scope, and what it does stands in the log under its name', async () => {
    await using desk = await makeCloudDesk()
    const { account, boxes, askers } = await house(desk, 'ours')
    const token = async (scopes: readonly string[]) => {
      const input = { name: 'p', role: 'admin', sites: [], scopes, endsAt: desk.clock.now() + 3_600_000 }
      const made = await askers.owner.call('POST', `/api/v1/accounts/${account}/tokens`, input)
      return desk.program(made.body.token)
    }
    const release = `/api/v1/boxes/${boxes[0]}/release`
    const without = await token(TOKEN_SCOPES.filter((scope) => scope !== 'boxes:write'))
    expect((await without.call('POST', release)).status).toBe(403)
    expect((await (await token(['boxes:write'])).call('POST', release)).status).toBe(200)
    const { entries } = (await askers.owner.call('GET', `/api/v1/accounts/${account}/audit`)).body
    expect(entries[0]).toMatchObject({ action: 'box.released', target: `box:${boxes[0]}`, actorName: 'p' })
  })
})
