import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  compareVersions,
  misfitOf,
  PACK_LIMITS,
  PACK_MAGIC,
  type PackManifest,
  readManifest,
  signedBytes,
} from './codec-pack.ts'
import { keyIdOf, makeKeyList, makePack, publicKeyOf, readKeys, readPack } from './sign.ts'

function newKey(title: string) {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  return { pem, key: publicKeyOf(pem, title) }
}

const ours = newKey('ours')
const theirs = newKey('theirs')
const encode = (text: string) => new TextEncoder().encode(text)
const FILES = new Map([
  ['acme/vendor.yaml', encode('vendor: Acme\n')],
  ['acme/device.liquid', encode('grüße = {{ mac }}\n')],
  ['acme/empty.liquid', encode('')],
])
const ABOUT = { name: 'acme', version: '2026.12.1', box: { from: '0.1' } }
const pack = makePack(ABOUT, FILES, ours.pem)

describe('a pack', () => {
  it('comes out as it went in, and the same input gives the same bytes', () => {
    const { manifest, key, sources } = readPack(pack, [theirs.key, ours.key], '0.1.0')
    expect([manifest.name, manifest.version, key.title]).toEqual(['acme', '2026.12.1', 'ours'])
    const texts = [...(sources.get('acme') ?? [])].map(([name, { text }]) => [name, text])
    expect(texts).toEqual([
      ['device.liquid', 'grüße = {{ mac }}\n'],
      ['empty.liquid', ''],
      ['vendor.yaml', 'vendor: Acme\n'],
    ])
    expect(Buffer.from(makePack(ABOUT, new Map([...FILES].reverse()), ours.pem)).equals(pack)).toBe(true)
  })

  it('that is cut off anywhere is refused', () => {
    for (let length = 0; length < pack.length; length++)
      expect(() => readPack(pack.subarray(0, length), [ours.key]), `${length}`).toThrow('the file is not taken')
  })

  it('of which any byte is another is refused', () => {
    for (let at = 0; at < pack.length; at++) {
      const changed = Uint8Array.from(pack)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => readPack(changed, [ours.key]), `${at}`).toThrow('the file is not taken')
    }
  })

  it('with something behind it, or signed by a key that is not trusted, is refused', () => {
    expect(() => readPack(Buffer.concat([pack, encode('x')]), [ours.key])).toThrow('1 bytes follow its last file')
    expect(() => readPack(pack, [theirs.key])).toThrow(`the key ${ours.key.id}, which this box does not trust`)
    const posing = { ...theirs.key, id: ours.key.id }
    expect(() => readPack(pack, [posing])).toThrow('its signature')
  })

  it.each([
    [{ from: '0.2' }, '0.1.9', 'it needs a box of version 0.2 or later; this one is 0.1.9'],
    [{ below: '0.3' }, '0.3.0', 'it is for boxes before version 0.3; this one is 0.3.0'],
    [{ below: '0.3' }, '0.3.0-rc.1', 'it is for boxes before version 0.3; this one is 0.3.0-rc.1'],
    [{ from: '0.2', below: '1' }, '0.10.0', undefined],
    [{}, '9', undefined],
  ])('for boxes %j on %s: %s', (box, version, misfit) => {
    expect(misfitOf({ box } as PackManifest, version)).toBe(misfit)
  })
})

describe('a manifest', () => {
  const file = { path: 'acme/a.liquid', size: 1, sha256: 'ab'.repeat(32) }
  const good = { name: 'acme', version: '1', box: {}, files: [file] }
  const read = (value: unknown) => readManifest(JSON.stringify(value))
  it('with nothing wrong is taken', () => expect(read(good)).toEqual({ value: good }))
  it.each([
    ['no object', [], 'no JSON object'],
    ['no name', { ...good, name: '../x' }, 'names no pack'],
    ['no version', { ...good, version: '1.x' }, 'no version'],
    ['no range', { ...good, box: null }, 'which versions of the box'],
    ['a bad range', { ...good, box: { from: 'new' } }, 'which versions of the box'],
    ['no files', { ...good, files: [] }, 'lists no file'],
    ['a file twice', { ...good, files: [file, file] }, 'file 2: acme/a.liquid is there twice'],
    ['too many files', { ...good, files: Array.from({ length: PACK_LIMITS.files + 1 }, () => file) }, 'more than 2000'],
    ['a file too large', { ...good, files: [{ ...file, size: PACK_LIMITS.file + 1 }] }, 'no size from 0'],
    ['a size below zero', { ...good, files: [{ ...file, size: -1 }] }, 'no size from 0'],
    ['a size that is no number', { ...good, files: [{ ...file, size: '1' }] }, 'no size from 0'],
    [
      'too much in all',
      {
        ...good,
        files: Array.from({ length: 17 }, (_, i) => ({ ...file, path: `acme/${i}.liquid`, size: PACK_LIMITS.file })),
      },
      'more than 16777216',
    ],
    ['no hash', { ...good, files: [{ ...file, sha256: 'AB'.repeat(32) }] }, 'no SHA-256'],
    ...[
      '../a.liquid',
      'acme/../a.liquid',
      '/acme/a.liquid',
      'acme\\a.liquid',
      'acme/sub/a.liquid',
      'acme/a.sh',
      'a.liquid',
      'acme/.liquid',
      'acme/a.liquid\0',
      '',
    ].map((path): [string, unknown, string] => [
      `the path ${JSON.stringify(path)}`,
      { ...good, files: [{ ...file, path }] },
      'is no vendor/file',
    ]),
  ])('with %s is refused', (_, value, why) => {
    expect(read(value)).toMatchObject({ fault: expect.stringContaining(why) })
  })
})

describe('a list of keys', () => {
  const list = { number: 2, keys: [ours.key, theirs.key] }
  it('is taken when one that counts signed it', () => {
    expect(readKeys(makeKeyList(list, ours.pem), [ours.key])).toEqual(list)
    expect(() => readKeys(makeKeyList(list, theirs.pem), [ours.key])).toThrow('which this box does not trust')
  })
  it('is no pack, and a pack is no list', () => {
    expect(() => readPack(makeKeyList(list, ours.pem), [ours.key])).toThrow('does not begin')
    expect(() => readKeys(pack, [ours.key])).toThrow('does not begin')
  })
  it('with a key under another one’s id, or with none, is refused', () => {
    const swapped = { number: 3, keys: [{ ...theirs.key, id: ours.key.id }] }
    expect(() => readKeys(makeKeyList(swapped, ours.pem), [ours.key])).toThrow('has another id')
    expect(() => readKeys(makeKeyList({ number: 3, keys: [] }, ours.pem), [ours.key])).toThrow('no key')
  })
  it('ids are of the bytes of the key', () => expect(keyIdOf(ours.key.key)).toBe(ours.key.id))
})

it.each([
  ['1', '1.0', 0],
  ['1.2', '1.10', -1],
  ['2026.12.1', '2026.9.30', 1],
  ['0.2.0-rc.1', '0.2.0', 0],
])('version %s beside %s', (a, b, order) => expect(Math.sign(compareVersions(a, b))).toBe(order))

it('what is signed names what it is', () => {
  expect(new TextDecoder().decode(signedBytes(PACK_MAGIC, { a: 1 }))).toBe('branchline-pack 1\n{"a":1}\n')
})
