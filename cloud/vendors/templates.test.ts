import { beforeEach, describe, expect, it } from 'vitest'
import { type Browser, type CloudDesk, makeCloudDesk } from '../../test/support/cloud-desk.ts'
import { ACME } from '../../test/support/cloud-matrix.ts'

let desk: CloudDesk
let account: string
let site: string
let owner: Browser
let ours: string
beforeEach(async () => {
  desk = await makeCloudDesk()
  account = await desk.account('Office')
  const caller = { actor: 'test', name: 'test', address: '' }
  site = (await desk.deps.sites.create(account, { name: 'lobby', timeZone: 'UTC', note: '' }, caller)).id
  const person = await desk.person('ada@example.net')
  await desk.member(account, person, 'owner')
  owner = await desk.signedIn(person)
  ours = `/api/v1/accounts/${account}/templates`
  return () => desk[Symbol.asyncDispose]()
})

const SETTINGS = 'yealink/settings.liquid'
const ofSite = () => `/api/v1/accounts/${account}/sites/${site}/templates`
const stored = (id: string) => desk.deps.boxes.feeds.read((reader) => reader.record(`org:${account}`, 'template', id))

describe('own texts of an account', () => {
  it('stand over the shipped one in the feed of every box, and are compared with it', async () => {
    const before = (await owner.call('GET', `${ours}/${SETTINGS}`)).body
    expect(before).toMatchObject({ origin: 'shipped', vendor: 'yealink', file: 'settings.liquid' })
    const text = `${before.text}\n`
    const { status, body } = await owner.call('PUT', `${ours}/${SETTINGS}`, { text, rev: 0 })
    expect([status, body.id]).toEqual([200, 'yealink'])
    const [row] = body.files.filter((file: { origin: string }) => file.origin === 'own')
    expect(row).toMatchObject({ file: 'settings.liquid', own: { rev: 1, behind: false, shared: false } })
    expect(await stored(SETTINGS)).toMatchObject({ body: { text, basedOn: before.hash }, deleted: false })
    const after = await owner.call('GET', `${ours}/${SETTINGS}`)
    expect(after.headers.get('etag')).toBe('"1"')
    expect(after.body).toMatchObject({ origin: 'own', text, beneath: { origin: 'shipped', text: before.text } })
    expect(after.body.diff).toContain('--- yealink/settings.liquid (shipped)')
    const { vendors } = (await owner.call('GET', ours)).body
    expect(vendors.length).toBeGreaterThan(5)
    const { changes } = (await owner.call('GET', `${ours}/${SETTINGS}/history`)).body
    expect(changes).toMatchObject([{ action: 'record.edit', by: 'ada@example.net', fields: ['text'] }])
  })

  it('with a fault are refused with its file and line, and nothing is stored', async () => {
    const { status, body } = await owner.call('PUT', `${ours}/${SETTINGS}`, { text: 'fine\n{% if %}' })
    expect([status, body.error.code]).toEqual([400, 'bad-input'])
    expect(body.error.faults[0]).toMatchObject({ file: SETTINGS, line: 2 })
    expect(await stored(SETTINGS)).toBeUndefined()
    const looked = await owner.call('POST', `${ours}/check`, { vendor: 'yealink', files: { 'settings.liquid': '{{' } })
    expect([looked.status, looked.body.faults.length]).toEqual([200, 1])
  })

  it.each([
    ['../../etc/passwd', 'x'],
    ['run.sh', 'x'],
    ['a.liquid', `x${'\0'}`],
  ])('%s is no text of a vendor', async (file, text) => {
    const { status, body } = await owner.call('PUT', `${ours}/yealink/${encodeURIComponent(file)}`, { text })
    expect([status, body.error.code]).toEqual([400, 'bad-input'])
  })

  it('are based on a revision, and are gone when they are taken away', async () => {
    const text = (await owner.call('GET', `${ours}/${SETTINGS}`)).body.text
    await owner.call('PUT', `${ours}/${SETTINGS}`, { text: `${text}\n` })
    expect((await owner.call('PUT', `${ours}/${SETTINGS}`, { text, rev: 0 })).status).toBe(409)
    expect((await owner.call('DELETE', `${ours}/${SETTINGS}`, undefined, { 'if-match': '"7"' })).status).toBe(409)
    const gone = await owner.call('DELETE', `${ours}/${SETTINGS}`, undefined, { 'if-match': '"1"' })
    expect([gone.status, gone.body.files.some(({ origin }: { origin: string }) => origin === 'own')]).toEqual([
      200,
      false,
    ])
    expect((await owner.call('DELETE', `${ours}/${SETTINGS}`)).status).toBe(404)
    expect(await stored(SETTINGS)).toMatchObject({ deleted: true })
  })

  it('make a new vendor, all files of it or none', async () => {
    const half = await owner.call('PUT', `${ours}/acme`, { files: { 'vendor.yaml': ACME } })
    expect([half.status, half.body.error.faults[0].file]).toEqual([400, 'acme/vendor.yaml'])
    expect(await stored('acme/vendor.yaml')).toBeUndefined()
    const whole = await owner.call('PUT', `${ours}/acme`, { files: { 'vendor.yaml': ACME, 'a.liquid': 'a = b\n' } })
    expect([whole.status, whole.body.files.length]).toEqual([200, 2])
    const devices = `/api/v1/accounts/${account}/sites/${site}/devices`
    expect((await owner.call('PUT', `${devices}/02005e005301`, { vendor: 'acme', model: 'A1' })).status).toBe(201)
    expect((await owner.call('PATCH', `${devices}/02005e005301`, { name: 'hall' })).status).toBe(200)
    expect((await owner.call('PUT', `${devices}/02005e005302`, { vendor: 'acne' })).status).toBe(400)
  })

  it('give way to those of a site, which the account does not see', async () => {
    await owner.call('PUT', `${ours}/acme`, { files: { 'vendor.yaml': ACME, 'a.liquid': 'a = account\n' } })
    const shared = (await owner.call('GET', `${ofSite()}/acme/a.liquid`)).body
    expect(shared).toMatchObject({ text: 'a = account\n', own: { rev: 0, shared: true } })
    const refused = await owner.call('DELETE', `${ofSite()}/acme/a.liquid`)
    expect([refused.status, refused.body.error.code]).toEqual([409, 'conflict'])
    await owner.call('PUT', `${ofSite()}/acme/a.liquid`, { text: 'a = site\n' })
    const own = (await owner.call('GET', `${ofSite()}/acme/a.liquid`)).body
    expect(own).toMatchObject({ text: 'a = site\n', own: { shared: false } })
    expect((await owner.call('GET', `${ours}/acme/a.liquid`)).body.text).toBe('a = account\n')
  })
})
