import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'

const PASSWORD = 'correct horse battery'
let desk: CloudDesk
beforeEach(async () => {
  desk = await makeCloudDesk({ mail: true })
})
afterEach(() => desk[Symbol.asyncDispose]())

const tokenOf = (link: string | undefined) => /#(bli_[\w-]+)/.exec(link ?? '')?.[1] ?? ''
const accept = (browser: Browser, token: string, more: object = {}) =>
  browser.call('POST', '/api/v1/invitations/accept', { token, name: 'Ada', password: PASSWORD, ...more })

describe('the first owner', () => {
  it('is made once, by the newest link, and has the provider account', async () => {
    const older = tokenOf(await desk.deps.invitations.first())
    const token = tokenOf(await desk.deps.invitations.first())
    const browser = desk.browser()
    const given = { email: 'Ada@Example.net', accountName: 'Phones Ltd' }
    expect((await accept(browser, older, given)).status).toBe(404)
    const look = await browser.call('POST', '/api/v1/invitations/look', { token })
    expect(look.body).toEqual({ account: null, email: null, role: 'owner', known: false })
    expect((await accept(browser, token, { accountName: 'x' })).body.error.message).toContain('e-mail')
    expect((await accept(browser, token, given)).body).toEqual({ next: 'done' })
    const { accounts } = (await browser.call('GET', '/api/v1/accounts')).body
    expect(accounts).toMatchObject([{ name: 'Phones Ltd', kind: 'provider', role: 'owner' }])
    expect((await accept(desk.browser(), token, given)).status).toBe(404)
    expect(await desk.deps.invitations.first()).toBeUndefined()
  })

  it('is one, when a link is used twice in the same moment', async () => {
    const token = tokenOf(await desk.deps.invitations.first())
    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => accept(desk.browser(), token, { email: `${name}@example.net`, accountName: name })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404])
    expect(await desk.deps.database.db.selectFrom('account').select('id').execute()).toHaveLength(1)
  })
})

describe('an invitation', () => {
  async function office() {
    const account = await desk.account('Office')
    const owner = await desk.person('owner@example.net')
    await desk.member(account, owner, 'owner')
    const browser = await desk.signedIn(owner)
    const path = `/api/v1/accounts/${account}`
    const site = (await browser.call('POST', `${path}/sites`, { name: 'Berlin', timeZone: 'Europe/Berlin' })).body.id
    return { account, browser, path, site }
  }

  it('is sent by mail, is not shown then, and makes a person of that address alone', async () => {
    const { browser, path, site } = await office()
    const body = { email: 'New@Example.net', role: 'installer', sites: [site] }
    const made = await browser.call('POST', `${path}/invitations`, body)
    expect(made.body).toEqual({ id: made.body.id, mail: 'sent' })
    expect(desk.letters).toMatchObject([
      { to: 'new@example.net', subject: 'owner@example.net invites you to Office on Branchline' },
    ])
    const token = tokenOf(desk.letters[0]?.text)
    const guest = desk.browser()
    expect((await accept(guest, token, { email: 'other@example.net' })).status).toBe(200)
    expect((await guest.call('GET', '/api/v1/me')).body.email).toBe('new@example.net')
    expect((await guest.call('GET', `${path}/sites`)).body.sites).toMatchObject([
      { id: site, timeZone: 'Europe/Berlin' },
    ])
    const { people } = (await browser.call('GET', `${path}/people`)).body
    expect(people).toMatchObject([{ email: 'new@example.net', role: 'installer', sites: [site] }, { role: 'owner' }])
    expect((await browser.call('GET', `${path}/invitations`)).body.invitations).toEqual([])
  })

  it('ends after a week, and when it is taken back', async () => {
    const { browser, path } = await office()
    const make = async () =>
      (await browser.call('POST', `${path}/invitations`, { email: 'n@example.net', role: 'viewer' })).body.id
    await make()
    const second = await make()
    expect((await browser.call('DELETE', `${path}/invitations/${second}`)).status).toBe(200)
    expect((await accept(desk.browser(), tokenOf(desk.letters[1]?.text))).status).toBe(404)
    desk.clock.advance(7 * 86_400_000)
    expect((await accept(desk.browser(), tokenOf(desk.letters[0]?.text))).status).toBe(404)
  })

  it('is taken by a person who is there already with what it has, and only by that one', async () => {
    const { browser, path } = await office()
    const there = await desk.signedIn(await desk.person('there@example.net'))
    const eve = await desk.signedIn(await desk.person('eve@example.net'))
    await browser.call('POST', `${path}/invitations`, { email: 'there@example.net', role: 'admin' })
    const token = tokenOf(desk.letters[0]?.text)
    expect((await accept(desk.browser(), token)).status).toBe(400)
    expect((await eve.call('POST', '/api/v1/invitations/join', { token })).status).toBe(400)
    expect((await there.call('POST', '/api/v1/invitations/join', { token })).status).toBe(200)
    expect((await there.call('GET', `${path}/people`)).status).toBe(200)
  })

  it('gives no more than its giver has, and only sites of the account', async () => {
    const { account, browser, path } = await office()
    const admin = await desk.person('admin@example.net')
    await desk.member(account, admin, 'admin')
    const byAdmin = await desk.signedIn(admin)
    const invite = (who: Browser, body: object) =>
      who.call('POST', `${path}/invitations`, { email: 'x@example.net', ...body })
    expect((await invite(byAdmin, { role: 'owner' })).body.error.message).toBe('only an owner may invite an owner')
    expect((await invite(browser, { role: 'installer', sites: [] })).body.error.message).toContain('at least one site')
    expect((await invite(browser, { role: 'installer', sites: ['other'] })).body.error.message).toContain(
      'not of this account',
    )
    expect((await invite(browser, { role: 'admin', sites: ['other'] })).status).toBe(400)
    expect((await invite(browser, { role: 'owner', email: 'no address' })).body.error.faults[0].path).toBe('email')
    expect(desk.letters).toEqual([])
  })
})

describe('people of an account', () => {
  it('never lose their last owner, and admins do not touch owners', async () => {
    const account = await desk.account('Office')
    const [owner, admin] = [await desk.person('owner@example.net'), await desk.person('admin@example.net')]
    await desk.member(account, owner, 'owner')
    await desk.member(account, admin, 'admin')
    const [byOwner, byAdmin] = [await desk.signedIn(owner), await desk.signedIn(admin)]
    const path = `/api/v1/accounts/${account}/people`
    expect((await byAdmin.call('DELETE', `${path}/${owner}`)).body.error.message).toContain('only an owner')
    expect((await byAdmin.call('PUT', `${path}/${admin}`, { role: 'owner' })).status).toBe(400)
    expect((await byOwner.call('DELETE', `${path}/${owner}`)).body.error.message).toContain('last owner')
    expect((await byOwner.call('PUT', `${path}/${owner}`, { role: 'viewer' })).status).toBe(400)
    expect((await byOwner.call('PUT', `${path}/${admin}`, { role: 'owner' })).status).toBe(200)
    expect((await byAdmin.call('DELETE', `${path}/${owner}`)).status).toBe(200)
    // Signed in still, and a stranger at once.
    expect((await byOwner.call('GET', path)).status).toBe(404)
  })
})

describe('the audit log', () => {
  it('says who did what, when and from where, and holds no secret', async () => {
    const account = await desk.account('Office')
    const owner = await desk.person('owner@example.net')
    await desk.member(account, owner, 'owner')
    const browser = await desk.signedIn(owner)
    const path = `/api/v1/accounts/${account}`
    const site = (await browser.call('POST', `${path}/sites`, { name: 'Berlin' })).body
    expect((await browser.call('PATCH', `${path}/sites/${site.id}`, { rev: 9, name: 'X' })).status).toBe(409)
    await browser.call('PATCH', `${path}/sites/${site.id}`, { rev: 1, name: 'Bonn' })
    const token = { name: 'sync', role: 'admin', scopes: ['sites:read'], endsAt: desk.clock.now() + 3_600_000 }
    const made = (await browser.call('POST', `${path}/tokens`, token)).body
    await browser.call('DELETE', `${path}/sites/${site.id}`)
    const { entries } = (await browser.call('GET', `${path}/audit`)).body
    expect(entries.map((entry: { action: string }) => entry.action)).toEqual([
      'site.remove',
      'token.create',
      'site.edit',
      'site.create',
    ])
    expect(entries[2]).toMatchObject({
      at: desk.clock.now(),
      actor: `person:${owner}`,
      actorName: 'owner@example.net',
      target: `site:${site.id}`,
      address: expect.stringMatching(/^198\.51\.100\./),
      detail: { name: 'Bonn' },
    })
    expect(JSON.stringify(entries)).not.toContain(made.token)
    const older = (await browser.call('GET', `${path}/audit?before=${entries[2].id}&limit=5`)).body.entries
    expect(older).toEqual([entries[3]])
    const found = async (query: string) =>
      (await browser.call('GET', `${path}/audit?${query}`)).body.entries.map(
        (entry: { action: string }) => entry.action,
      )
    expect(await found('find=OWNER@example.net%20bonn')).toEqual(['site.remove', 'site.edit'])
    expect(await found('find=%25')).toEqual([])
    expect(await found(`site=${site.id}`)).toEqual(['site.remove', 'site.edit', 'site.create'])
    expect(await found(`from=${desk.clock.now() + 1}`)).toEqual([])
    expect(await found(`to=${desk.clock.now()}&find=token`)).toEqual(['token.create'])
    const listed = (await browser.call('GET', `${path}/tokens`)).body
    expect(JSON.stringify(listed)).not.toContain(made.token)
  })
})
