import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CloudDatabase } from '../../cloud/database/open.ts'
import { feedOfSite } from '../../cloud/enrolment/site-feed.ts'
import { makeReportingBox } from './cloud-boxes.ts'
import { type Browser, type CloudDesk, makeCloudDesk } from './cloud-desk.ts'
import { ACME } from './cloud-matrix.ts'
import { packKey, packOf } from './vendor-packs.ts'

const CALLER = { actor: 'test', name: 'test', address: '' }
const { pem } = packKey('anybody')

/** Packs that an account gives to its boxes, on a database. */
export function describePacks(database: string, open: () => Promise<CloudDatabase>): void {
  describe(`packs on ${database}`, () => {
    let desk: CloudDesk
    let account: string
    let site: string
    let owner: Browser
    let packs: string
    let people = 0
    beforeAll(async () => {
      desk = await makeCloudDesk({ database: await open() })
    })
    afterAll(() => desk[Symbol.asyncDispose]())
    beforeEach(async () => {
      account = await desk.account('Office')
      site = (await desk.deps.sites.create(account, { name: 'lobby', timeZone: 'UTC', note: '' }, CALLER)).id
      const person = await desk.person(`ada${++people}@example.net`)
      await desk.member(account, person, 'owner')
      owner = await desk.signedIn(person)
      packs = `/api/v1/accounts/${account}/packs`
      await owner.call('PUT', `/api/v1/accounts/${account}/templates/acme`, {
        files: { 'vendor.yaml': ACME, 'a.liquid': 'a\n' },
      })
    })

    /** A pack with one file more for the vendor, among the files of the account. */
    async function uploaded(name: string, version: string, file = 'b.liquid', text = 'b'): Promise<string> {
      const content = packOf(pem, { [`acme/${file}`]: text }, { name, version })
      return put(`${name}.pack`, content)
    }
    async function put(name: string, content: Uint8Array): Promise<string> {
      const given = { contentType: 'x', replace: true, caller: CALLER }
      return (await desk.deps.files.put(account, name, content, given)).hash
    }
    const assign = (name: string, file = `${name}.pack`, more: object = {}) =>
      owner.call('PUT', `${packs}/${name}`, { file, ...more })
    const stored = () => desk.deps.boxes.feeds.read((reader) => reader.record(`org:${account}`, 'pack', 'gadget'))

    describe('a pack', () => {
      it('is given to every box by a record in the feed of the account, and noted', async () => {
        const hash = await uploaded('gadget', '1.2')
        const { status, body } = await assign('gadget')
        expect([status, body]).toEqual([
          200,
          expect.objectContaining({ name: 'gadget', version: '1.2', sha256: hash, rev: 1, shared: false }),
        ])
        expect(await stored()).toMatchObject({ body: { version: '1.2', sha256: hash, size: body.size } })
        const ofSite = await owner.call('GET', `/api/v1/accounts/${account}/sites/${site}/packs`)
        expect(ofSite.body.packs).toMatchObject([{ name: 'gadget', shared: true, rev: 0 }])
        const { entries } = (await owner.call('GET', `/api/v1/accounts/${account}/audit`)).body
        expect(entries).toContainEqual(
          expect.objectContaining({ action: 'pack.assign', actorName: `ada${people}@example.net` }),
        )
        // What stands beneath own texts in the account is what boxes have.
        const text = await owner.call('GET', `/api/v1/accounts/${account}/templates/acme/b.liquid`)
        expect(text.body).toMatchObject({ origin: 'pack', pack: 'gadget 1.2', text: 'b' })
      })

      it('that is cut off, changed, no pack at all or another one is refused in words', async () => {
        const content = packOf(pem, { 'acme/b.liquid': 'whole' }, { name: 'gadget' })
        const changed = content.slice()
        changed[changed.length - 1] = 0x21
        const bad: readonly (readonly [string, Uint8Array, string])[] = [
          ['cut', content.slice(0, -2), 'it is cut off: 3 of 5 bytes'],
          ['changed', changed, 'acme/b.liquid is not what its signer listed'],
          ['text', new TextEncoder().encode('hello'), 'it does not begin with the line "branchline-pack 1"'],
          ['other', packOf(pem, { 'acme/b.liquid': 'x' }, { name: 'other' }), 'is the pack other, not "gadget"'],
          [
            'fault',
            packOf(pem, { 'yealink/settings.liquid': '{% if %}' }, { name: 'gadget' }),
            'pack gadget 1 has 1 fault',
          ],
        ]
        for (const [name, bytes, reason] of bad) {
          await put(name, bytes)
          const { status, body } = await assign('gadget', name)
          expect([name, status, body.error.message]).toEqual([name, 400, expect.stringContaining(reason)])
          await owner.call('DELETE', `/api/v1/accounts/${account}/files/${name}`)
        }
        expect((await assign('gadget', 'nothing.pack')).status).toBe(404)
        expect(await stored()).toBeUndefined()
      })

      it('beside another one that has the same file is refused', async () => {
        await uploaded('gadget', '1')
        await assign('gadget')
        await uploaded('widget', '1')
        const { status, body } = await assign('widget')
        expect([status, body.error.message]).toEqual([409, 'acme/b.liquid belongs to the pack gadget 1 already'])
      })

      it('keeps its file as long as boxes shall have it', async () => {
        await uploaded('gadget', '1')
        await assign('gadget')
        const file = `/api/v1/accounts/${account}/files/gadget.pack`
        const kept = await owner.call('DELETE', file)
        expect([kept.status, kept.body.error.message]).toEqual([
          409,
          expect.stringContaining('the pack gadget of all sites'),
        ])
        await expect(uploaded('gadget', '2')).rejects.toThrow('boxes fetch it')
        expect((await owner.call('DELETE', `${packs}/gadget`)).status).toBe(204)
        expect((await owner.call('DELETE', `${packs}/gadget`)).status).toBe(404)
        expect((await owner.call('DELETE', file)).status).toBe(200)
      })

      it('of a site stands before the one of the account, by its revision', async () => {
        await uploaded('gadget', '1')
        await assign('gadget')
        await put('newer', packOf(pem, { 'acme/b.liquid': 'newer' }, { name: 'gadget', version: '2' }))
        const ofSite = `/api/v1/accounts/${account}/sites/${site}/packs/gadget`
        expect((await owner.call('PUT', ofSite, { file: 'newer', rev: 3 })).status).toBe(409)
        expect((await owner.call('PUT', ofSite, { file: 'newer', rev: 0 })).body).toMatchObject({
          version: '2',
          rev: 1,
        })
        expect((await owner.call('GET', packs)).body.packs).toMatchObject([{ version: '1' }])
        const kept = await owner.call('DELETE', `/api/v1/accounts/${account}/files/newer`)
        expect(kept.body.error.message).toContain('the pack gadget of lobby')
      })
    })

    describe('how far sites are', () => {
      it('is what their boxes told last of this version', async () => {
        await uploaded('gadget', '2')
        await assign('gadget')
        const box = makeReportingBox(desk.deps.database, 'box-1')
        await desk.box({ boxId: 'box-1', orgId: account, siteId: site, identityKey: 'k' })
        expect(await feedOfSite(desk.deps.database.db, site)).toBe('box:box-1')
        const told = async (given: object) => {
          const status = { version: '1', startedAt: 0, clock: 0, addresses: [], services: [], dhcp: [] }
          await box.status('box', 'box', { ...status, ...given } as never, desk.clock.now())
          return (await owner.call('GET', `${packs}/gadget/sites`)).body.sites
        }
        const base = { siteId: site, site: 'lobby', wanted: '2' }
        expect((await owner.call('GET', `${packs}/gadget/sites`)).body.sites).toEqual([{ ...base, state: 'unknown' }])
        const refused = {
          kind: 'pack',
          name: 'gadget',
          version: '2',
          state: 'refused',
          reason: 'its signature is wrong',
        }
        expect(await told({ packs: [], given: [refused] })).toMatchObject([
          { ...base, state: 'refused', reason: 'its signature is wrong' },
        ])
        const former = { kind: 'pack', name: 'gadget', version: '1', state: 'in-use' }
        expect(await told({ packs: [{ name: 'gadget', version: '1' }], given: [former] })).toMatchObject([
          { ...base, state: 'unknown', version: '1' },
        ])
        // A box says what it likes; what cannot be read is unknown.
        expect(await told({ packs: 'many' })).toEqual([{ ...base, state: 'unknown' }])
      })

      it('comes in pages, and no other site is among them', async () => {
        for (const name of ['a', 'b'])
          await desk.deps.sites.create(account, { name, timeZone: 'UTC', note: '' }, CALLER)
        const first = (await owner.call('GET', `${packs}/gadget/sites?limit=2`)).body
        const second = (await owner.call('GET', `${packs}/gadget/sites?limit=2&after=${first.next}`)).body
        expect([first.sites.length, second.sites.length, second.next]).toEqual([2, 1, undefined])
        const person = await desk.person('ivy@example.net')
        await desk.member(account, person, 'installer', [site])
        const seen = (await (await desk.signedIn(person)).call('GET', `${packs}/gadget/sites`)).body.sites
        expect(seen.map(({ siteId }: { siteId: string }) => siteId)).toEqual([site])
      })
    })
  })
}
