import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openMedia } from '../appliance/media.ts'
import { silentLog } from '../services/core/log.ts'
import { parseMac } from '../services/core/mac.ts'
import { type FileStore, makeFileStore } from '../services/files/file-store.ts'
import { probe } from '../services/media/codec.ts'
import { decodePaletteBmp } from '../services/media/codec-bmp.ts'
import type { Media } from '../services/media/library.ts'
import { gif, jpeg, pitch, png, wav } from '../services/media/samples.fixture.ts'
import { makeTestBox } from '../services/phones/box.fixture.ts'
import { memoryDatabase } from './support/database.ts'

// Uploaded once, and every phone gets what its model takes: through the same answers that HTTP and TFTP give, with
// the helper process that a box runs.

let folder: string
let files: FileStore
let media: Media
let box: ReturnType<typeof makeTestBox>

let store: FileStore

async function open(db: ReturnType<typeof memoryDatabase>): Promise<void> {
  store = makeFileStore({ db, folder, log: silentLog, clock: { now: () => 42 } })
  await store.start()
  ;({ files, media } = openMedia(store, silentLog))
  box = makeTestBox({ media, files: media.served })
}

let db: ReturnType<typeof memoryDatabase>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branchline-media-'))
  db = memoryDatabase()
  await open(db)
})
afterEach(async () => {
  await media.settled()
  await rm(folder, { recursive: true, force: true })
})

const put = (name: string, bytes: Uint8Array) => files.put(name, bytes, { by: 'test' })
const ADDRESS = '192.0.2.50'

/** A phone with settings: its own file as text, made twice so that what is made in the background is ready. */
async function phone(mac: string, vendor: string, model: string, settings: object): Promise<string> {
  box.lease(ADDRESS, mac)
  const lines = [{ index: 1, user: '101', secret: 'x', server: 'pbx.example.net' }]
  box.devices.put(parseMac(mac), { vendor, model, lines, settings }, { by: 'test' })
  return rendered(mac, vendor)
}

async function rendered(mac: string, vendor: string): Promise<string> {
  const explained = box.inspector.explain(parseMac(mac))
  await media.settled()
  const own = explained.files.filter((file) => file.secret && file.absent === undefined)
  return own
    .map(({ name }) => {
      const answer = box.ask(`/${vendor}/${name}`, ADDRESS)
      return answer.kind === 'content' ? new TextDecoder().decode(answer.bytes) : ''
    })
    .join('\n')
}

/** What the phone gets when it follows the URL that its file names. */
async function fetched(text: string, vendor: string, ending: string) {
  const [, path = ''] = new RegExp(`http://192\\.0\\.2\\.1(/${vendor}/[^"<\\s?]+\\.${ending})`).exec(text) ?? []
  expect(path, text.slice(-1500)).not.toBe('')
  const answer = box.ask(path, ADDRESS)
  expect(answer.kind, answer.reason).toBe('blob')
  if (answer.kind !== 'blob') return { path, bytes: new Uint8Array(0), type: '' }
  const bytes = await files.read(answer.blob.hash, 0, answer.blob.size)
  return { path, bytes: bytes ?? new Uint8Array(0), type: answer.contentType }
}

const facts = (bytes: Uint8Array) => probe(bytes, bytes.length)
const warnings = (mac: string) => box.inspector.explain(parseMac(mac)).warnings
const notes = (mac: string) => box.inspector.explain(parseMac(mac)).media

describe('pictures', () => {
  it('become a PNG of exactly the display of a snom, in its own colours', async () => {
    await put('party.jpg', await jpeg(1200, 900))
    const text = await phone('000413005301', 'snom', 'D785', { 'file.wallpaper': 'party.jpg' })
    const { bytes, type, path } = await fetched(text, 'snom', 'png')
    expect(path).toMatch(/\/party-[0-9a-f]{10}\.png$/)
    expect(type).toBe('image/png')
    const { width, height, data, channels } = decode(bytes)
    expect([width, height]).toEqual([480, 272])
    const at = (x: number, y: number) => [...data.slice((y * width + x) * channels, (y * width + x) * channels + 3)]
    const near = (x: number, y: number, colour: readonly number[]) =>
      at(x, y).forEach((value, i) => void expect(Math.abs(value - (colour[i] ?? 0))).toBeLessThan(40))
    near(100, 200, [220, 0, 0])
    near(400, 200, [0, 0, 220])
    near(240, 5, [0, 200, 0])
    expect(warnings('000413005301')).toEqual([])
    expect(notes('000413005301')).toEqual([
      `file.wallpaper: party.jpg becomes ${path.slice('/snom/'.length)}, 1200 × 900 jpg made 480 × 272 png`,
    ])
  })

  it('become a baseline JPEG of the size of a Polycom', async () => {
    await put('wall.jpg', await jpeg(800, 480, true))
    const text = await phone('0004f2005301', 'poly', 'VVX450', { 'file.wallpaper': 'wall.jpg' })
    const { bytes } = await fetched(text, 'poly', 'jpg')
    expect(facts(bytes)).toEqual({ kind: 'picture', format: 'jpg', width: 480, height: 272 })
    expect(await new Bun.Image(bytes).metadata()).toMatchObject({ width: 480, height: 272 })
  })

  it('stay as they were uploaded where they fit, and are made smaller where they do not', async () => {
    const small = png(200, 100)
    await put('small.png', small)
    const text = await phone('805ec0005301', 'yealink', 'T46G', { 'file.wallpaper': 'small.png' })
    expect(text).toContain('phone_setting.backgrounds = Config:small.png')
    expect((await fetched(text, 'yealink', 'png')).bytes).toEqual(small)
    await put('big.png', png(1500, 500))
    const other = await phone('805ec0005302', 'yealink', 'T46G', { 'file.wallpaper': 'big.png' })
    expect(facts((await fetched(other, 'yealink', 'png')).bytes)).toMatchObject({ width: 480, height: 160 })
  })

  it('become a JPEG of few bytes for an Avaya', async () => {
    await put('noise.gif', gif(300, 200))
    const text = await phone('c81fea005301', 'avaya', 'J179', { 'file.wallpaper': 'noise.gif' })
    const [, name = ''] = /SET BACKGROUND_IMAGE_DISPLAY "?(\S+?)"?$/m.exec(text) ?? []
    const answer = box.ask(`/avaya/${name}`, ADDRESS)
    if (answer.kind !== 'blob') throw new TypeError(answer.reason)
    const bytes = (await files.read(answer.blob.hash, 0, answer.blob.size)) ?? new Uint8Array(0)
    expect(facts(bytes)).toEqual({ kind: 'picture', format: 'jpg', width: 320, height: 240 })
    expect(bytes.length).toBeLessThanOrEqual(256_000)
  })

  it('become four greys in a bitmap for the display of a Cisco 7940', async () => {
    await put('logo.png', png(900, 560, { alpha: 200 }))
    const text = await phone('00070e005301', 'cisco-7940', '7960', { 'file.logo': 'logo.png' })
    const { bytes } = await fetched(text, 'cisco-7940', 'bmp')
    expect(facts(bytes)).toMatchObject({ format: 'bmp', width: 90, height: 56, bits: 4 })
    const { data } = decodePaletteBmp(bytes)
    const colours = new Set(Array.from({ length: 90 * 56 }, (_, i) => data.slice(i * 4, i * 4 + 3).join()))
    expect(colours.size).toBeLessThanOrEqual(4)
    for (const colour of colours) expect(new Set(colour.split(',')).size).toBe(1)
  })
})

describe('ring tones', () => {
  it('become G.711 within the few bytes of an old Yealink, the tone the same', async () => {
    await put('ring.wav', wav(20, { rate: 44_100, channels: 2 }))
    const text = await phone('001565005301', 'yealink', 'T42G', { 'file.ringTone': 'ring.wav' })
    const { bytes } = await fetched(text, 'yealink', 'wav')
    expect(facts(bytes)).toMatchObject({ codec: 'pcmu', rate: 8000, channels: 1 })
    expect(bytes.length).toBeLessThanOrEqual(100_000)
    expect(pitch(bytes)).toBeCloseTo(440, -1)
  })

  it('become linear samples for a snom and for a Gigaset', async () => {
    await put('ring.wav', wav(2, { rate: 16_000, bits: '24' }))
    for (const [mac, vendor, model] of [
      ['000413005302', 'snom', '320'],
      ['7c2f80005301', 'gigaset', 'P850'],
    ] as const) {
      const { bytes } = await fetched(await phone(mac, vendor, model, { 'file.ringTone': 'ring.wav' }), vendor, 'wav')
      expect(facts(bytes)).toMatchObject({ codec: 'pcm', rate: 8000, channels: 1, bits: 16, seconds: 2 })
      expect(pitch(bytes)).toBeCloseTo(440, -1)
    }
  })
})

describe('what cannot be used', () => {
  const SNOM = '000413005301'
  it.each([
    ['a picture of too many pixels', () => bomb(60_000, 60_000), '60000 × 60000 pixels, and at most 25 million'],
    ['a picture that lies about its size', () => bomb(4000, 4000), 'damaged'],
    ['half a JPEG', async () => (await jpeg(800, 600)).subarray(0, 9000), 'cut off before its end'],
    ['half a PNG', () => png(800, 600).subarray(0, 800), 'damaged'],
    ['a page', () => new TextEncoder().encode('<html>not found</html>'), 'it is no png file'],
    ['nothing at all', () => new Uint8Array(0), 'it is no png file'],
    ['a sound', () => wav(1), 'cannot be made a png file'],
  ])('%s is left out, and explain says why', async (_, make, reason) => {
    await put('wall.png', await make())
    const text = await phone(SNOM, 'snom', 'D785', { 'file.wallpaper': 'wall.png' })
    expect(text).not.toContain('custom_bg_image_url')
    expect(text).toContain('101')
    const [warning = '', ...more] = warnings(SNOM)
    expect(more).toEqual([])
    expect(warning).toContain(`setting file.wallpaper (from device) is left out: wall.png: `)
    expect(warning).toContain(reason)
  })

  it('a file that nobody stored is named, and used as soon as it is there', async () => {
    expect(await phone(SNOM, 'snom', 'D785', { 'file.wallpaper': 'wall.png' })).not.toContain('custom_bg_image_url')
    expect(warnings(SNOM).join()).toContain('no stored file is named wall.png')
    await put('wall.png', png(480, 272))
    expect(await rendered(SNOM, 'snom')).toContain('/snom/wall.png<')
    expect(warnings(SNOM)).toEqual([])
  })

  it('a model of which nothing is known gets the file as uploaded, and explain says so', async () => {
    await put('wall.png', png(5, 5))
    expect(await phone(SNOM, 'snom', '870', { 'file.wallpaper': 'wall.png' })).toContain('/snom/wall.png<')
    expect(warnings(SNOM)).toEqual([])
    expect(notes(SNOM)).toEqual([
      'file.wallpaper: wall.png is given as it was uploaded, what this model takes is not known',
    ])
  })
})

describe('copies', () => {
  const SNOM = '000413005301'
  const copies = () => store.list().filter((file) => media.isCopy(file.name))

  it('are made once, and are there again after a start', async () => {
    await put('wall.png', png(100, 100))
    const first = await phone(SNOM, 'snom', 'D785', { 'file.wallpaper': 'wall.png' })
    const [copy] = copies()
    expect(copies().length).toBe(1)
    await open(db)
    const again = await phone(SNOM, 'snom', 'D785', { 'file.wallpaper': 'wall.png' })
    expect(copies()).toEqual([copy])
    expect(await fetched(again, 'snom', 'png')).toEqual(await fetched(first, 'snom', 'png'))
  })

  it('get another name with another content, and go with their source', async () => {
    await put('wall.png', png(100, 100))
    const before = await fetched(await phone(SNOM, 'snom', 'D785', { 'file.wallpaper': 'wall.png' }), 'snom', 'png')
    await put('wall.png', png(100, 50))
    const after = await fetched(await rendered(SNOM, 'snom'), 'snom', 'png')
    expect(after.path).not.toBe(before.path)
    expect(copies().length).toBe(1)
    await files.remove('wall.png', { by: 'test' })
    await media.settled()
    expect(store.list()).toEqual([])
  })

  it('are the box’s own: people neither see nor store nor remove them', async () => {
    await put('wall.png', png(100, 100))
    await phone(SNOM, 'snom', 'D785', { 'file.wallpaper': 'wall.png' })
    const name = copies()[0]?.name ?? ''
    expect(files.list().map((file) => file.name)).toEqual(['wall.png'])
    await expect(files.put(name, png(1, 1), { by: 'test' })).rejects.toThrow('choose another name')
    await expect(files.remove(name, { by: 'test' })).rejects.toThrow('is kept for copies that the box makes')
  })
})

it('what decodes pictures is never loaded in the box itself', async () => {
  const source = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')
  for (const path of ['appliance/media.ts', 'services/media/library.ts', 'services/media/process.ts'])
    expect(await source(path)).not.toMatch(/from '(\.\/|\.\.\/services\/media\/)(picture|sound)\.ts'|fast-png|wavefile/)
})

/** A PNG whose header claims a size that its data has not. */
function bomb(width: number, height: number): Uint8Array {
  const bytes = png(8, 8)
  const view = new DataView(bytes.buffer)
  view.setUint32(16, width)
  view.setUint32(20, height)
  view.setUint32(29, Bun.hash.crc32(bytes.subarray(12, 29)))
  return bytes
}
