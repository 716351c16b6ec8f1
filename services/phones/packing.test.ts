import { gunzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { latin1 } from '../core/bytes.ts'
import { parseMac } from '../core/mac.ts'
import { makeTestBox } from './box.fixture.ts'
import { encryptFile } from './packing.ts'

// The peer is the openssl program, which the makers' own documents give as the way to make these files.

const OPENSSL = Bun.which('openssl')
const KEY = 'Secret0Phrase123'
const ADDRESS = '192.0.2.70'
const PHONES = [
  ['grandstream', 'c074ad005301', 'GXP2170', 'cfgc074ad005301.xml', ['-salt']],
  ['cisco-spa', '001bd5005301', 'SPA504G', '001bd5005301.xml', ['-salt']],
  ['cisco-mpp', '001bd5005302', '8841-3PCC', '001bd5005302.xml', ['-salt']],
  ['vtech', '00122a005301', 'VSP726', 'VSP726_00122A005301.cfg', ['-nosalt']],
] as const

let box: ReturnType<typeof makeTestBox>
beforeEach(() => {
  box = makeTestBox()
})

function set(mac: string, vendor: string, model: string, settings: object): void {
  box.lease(ADDRESS, mac)
  const lines = [{ index: 1, user: '101', secret: 'Line7Secret', server: 'pbx.example.net' }]
  box.devices.put(parseMac(mac), { vendor, model, lines, settings }, { by: 'test' })
}

function served(vendor: string, file: string) {
  const answer = box.ask(`/${vendor}/${file}`, ADDRESS)
  if (answer.kind !== 'content') throw new TypeError(`${file}: ${answer.reason}`)
  return answer
}

async function decrypt(bytes: Uint8Array, ...how: readonly string[]): Promise<Uint8Array> {
  const command = [OPENSSL ?? '', 'enc', '-d', '-aes-256-cbc', '-md', 'md5', '-k', KEY, ...how]
  const child = Bun.spawn(command, { stdin: bytes, stdout: 'pipe', stderr: 'pipe' })
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).bytes(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  expect(code, error).toBe(0)
  return out
}

describe.skipIf(OPENSSL === null)('encrypted files, read by openssl', () => {
  it.each(PHONES)('%s', async (vendor, mac, model, file, how) => {
    set(mac, vendor, model, { 'provisioning.encryption': 'on', 'provisioning.encryptionKey': KEY })
    const answer = served(vendor, file)
    expect(latin1(answer.bytes)).not.toMatch(/Line7Secret|<\?xml|pbx\.example/)
    const plain = box.inspector.render(parseMac(mac), file)
    expect(await decrypt(answer.bytes, ...how)).toEqual(plain.bytes)
    expect(latin1(plain.bytes)).toContain('Line7Secret')
    expect(plain.hash).toBe(answer.hash)
    expect(Object.keys(answer)).not.toContain('plain')
  })

  it('are compressed first where both are asked for', async () => {
    const [, [vendor, mac, model, file]] = PHONES
    const settings = {
      'provisioning.encryption': 'on',
      'provisioning.encryptionKey': KEY,
      'provisioning.compress': true,
    }
    set(mac, vendor, model, settings)
    const zipped = await decrypt(served(vendor, file).bytes)
    expect(new Uint8Array(gunzipSync(zipped))).toEqual(box.inspector.render(parseMac(mac), file).bytes)
    expect(zipped.length).toBeLessThan(box.inspector.render(parseMac(mac), file).bytes.length / 3)
  })

  it.each([0, 1, 15, 16, 17, 5000])('of %i octets', async (length) => {
    const plain = new Uint8Array(length).map((_, i) => i)
    for (const salt of [true, false])
      expect(
        await decrypt(encryptFile({ cipher: 'aes-256-cbc', salt }, KEY, plain), salt ? '-salt' : '-nosalt'),
      ).toEqual(plain)
  })
})

describe('a file', () => {
  const [[vendor, mac, model, file]] = PHONES

  it('is plain unless somebody asks, and tells the phone the key before', () => {
    set(mac, vendor, model, { 'provisioning.encryptionKey': KEY })
    expect(latin1(served(vendor, file).bytes)).not.toContain(KEY)
    set(mac, vendor, model, { 'provisioning.encryption': 'prepare', 'provisioning.encryptionKey': KEY })
    expect(latin1(served(vendor, file).bytes)).toContain(`<P1359>${KEY}</P1359>`)
  })

  it('keeps its bytes as long as nothing changes, and no salt serves two contents', () => {
    const on = { 'provisioning.encryption': 'on', 'provisioning.encryptionKey': KEY }
    set(mac, vendor, model, on)
    const first = served(vendor, file).bytes
    expect(latin1(first.subarray(0, 8))).toBe('Salted__')
    set(mac, vendor, model, on)
    expect(served(vendor, file).bytes).toEqual(first)
    set(mac, vendor, model, { ...on, 'sip.expires': 777 })
    expect(served(vendor, file).bytes.subarray(0, 16)).not.toEqual(first.subarray(0, 16))
  })

  it('does not leave in plain text when there is no key', () => {
    set(mac, vendor, model, { 'provisioning.encryption': 'on' })
    const answer = box.ask(`/${vendor}/${file}`, ADDRESS)
    expect(answer).toMatchObject({ kind: 'missing', reason: expect.stringContaining('set provisioning.encryptionKey') })
    expect(box.alarms).toEqual([expect.stringContaining('template-error')])
  })

  it('does not leave with a key that the phone cannot have', () => {
    const [, , , [other, itsMac, itsModel, itsFile]] = PHONES
    set(itsMac, other, itsModel, { 'provisioning.encryption': 'on', 'provisioning.encryptionKey': 'Short1Key' })
    expect(box.ask(`/${other}/${itsFile}`, ADDRESS).reason).toBe(
      'provisioning.encryptionKey has 9 characters, and phones of VTech take 16',
    )
  })

  it('of a vendor that cannot is plain, and explain says so', () => {
    set('805ec0005301', 'yealink', 'T46U', { 'provisioning.encryption': 'on', 'provisioning.encryptionKey': KEY })
    expect(latin1(served('yealink', '805ec0005301.cfg').bytes)).toContain('Line7Secret')
    expect(box.inspector.explain(parseMac('805ec0005301')).warnings).toContain(
      'setting provisioning.encryption (from device) has no effect: no template of Yealink renders it',
    )
  })

  it('of many phones holds no key, and leaves the rule that has it alone', () => {
    const [, [spa, spaMac, spaModel]] = PHONES
    set(spaMac, spa, spaModel, { 'provisioning.encryption': 'on', 'provisioning.encryptionKey': KEY })
    box.layers.put('site', 'site', { settings: { 'provisioning.encryption': 'on' } }, { by: 'test' })
    const common = latin1(served(spa, 'spa504G.cfg').bytes)
    expect(common).toContain('<flat-profile>')
    expect(common).not.toMatch(/Profile_Rule_B|Secret0Phrase/)
    const own = latin1(box.inspector.render(parseMac(spaMac)).bytes)
    expect(own).toContain(`<Profile_Rule_B>[--key "${KEY}"] http://192.0.2.1/cisco-spa/$MA.xml</Profile_Rule_B>`)
  })
})
