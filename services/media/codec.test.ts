import { describe, expect, it } from 'vitest'
import { makeMutator } from '../../test/support/mutate.ts'
import { makeRandom } from '../../test/support/random.ts'
import { concat, fromLatin1 } from '../core/bytes.ts'
import { probe } from './codec.ts'
import { decodePaletteBmp, encodeBmp } from './codec-bmp.ts'
import { jpegCut } from './codec-picture.ts'
import { gif, jpeg, png, wav } from './samples.fixture.ts'

const look = (bytes: Uint8Array) => probe(bytes, bytes.length)
const RED = [[255, 0, 0] as const, [0, 0, 255] as const]
const bmp = encodeBmp({ width: 3, height: 2, data: new Uint8Array([0, 1, 0, 1, 0, 1]), palette: RED })

describe('what a file is', () => {
  it.each([
    ['PNG', png(40, 30), { format: 'png', width: 40, height: 30, bits: 32 }],
    ['GIF', gif(20, 10), { format: 'gif', width: 20, height: 10 }],
    ['BMP', bmp, { format: 'bmp', width: 3, height: 2, bits: 1 }],
    [
      'WAV',
      wav(1.5, { rate: 44_100, channels: 2 }),
      { codec: 'pcm', rate: 44_100, channels: 2, bits: 16, seconds: 1.5 },
    ],
    ['µ-law', wav(1, { codec: 'pcmu' }), { codec: 'pcmu', rate: 8000, bits: 8, seconds: 1 }],
    ['A-law', wav(1, { codec: 'pcma' }), { codec: 'pcma', rate: 8000, seconds: 1 }],
    ['MP3', fromLatin1('ID3\x04\0\0\0\0\0\0'), { kind: 'sound', format: 'mp3' }],
    ['text', fromLatin1('<html>wallpaper.jpg</html>'), { kind: 'unknown' }],
    ['nothing', new Uint8Array(0), { kind: 'unknown' }],
  ])('is read from the header of a %s', (_, bytes, expected) => expect(look(bytes)).toMatchObject(expected))

  it('tells a baseline JPEG from a progressive one', async () => {
    expect(look(await jpeg(64, 48))).toEqual({ kind: 'picture', format: 'jpg', width: 64, height: 48 })
    expect(look(await jpeg(64, 48, true))).toMatchObject({ width: 64, unusual: 'progressive' })
  })

  it('reads the sizes of a WebP', async () => {
    const image = () => new Bun.Image(png(70, 50))
    expect(look(await image().webp({ quality: 80 }).bytes())).toMatchObject({ format: 'webp', width: 70, height: 50 })
    expect(look(await image().webp({ lossless: true }).bytes())).toMatchObject({ width: 70, height: 50 })
  })

  it('says what is wrong with a header that ends or lies', () => {
    const sound = wav(1)
    expect(probe(sound.subarray(0, 200), 200)).toEqual({ kind: 'broken', reason: 'the WAV is cut off before its end' })
    expect(look(png(4, 4).subarray(0, 20))).toMatchObject({ kind: 'broken' })
    const empty = png(4, 4)
    new DataView(empty.buffer).setUint32(16, 0)
    expect(look(empty)).toEqual({ kind: 'broken', reason: 'the picture has no pixels' })
  })

  it('is decided about any bytes without a fault', async () => {
    const samples = [png(9, 9), await jpeg(16, 16), gif(5, 5), bmp, wav(0.05), wav(0.05, { codec: 'pcma' })]
    const mutate = makeMutator(samples, makeRandom(7), 4096)
    for (let i = 0; i < 5000; i++) expect(look(mutate()).kind).toMatch(/^(picture|sound|broken|unknown)$/)
    for (const sample of samples) for (let end = 0; end < sample.length; end += 3) look(sample.subarray(0, end))
  })
})

describe('the end of a JPEG', () => {
  it('is missed wherever it is cut', async () => {
    for (const bytes of [await jpeg(64, 48), await jpeg(64, 48, true)]) {
      expect(jpegCut(bytes)).toBeUndefined()
      expect(jpegCut(concat([bytes, new Uint8Array(9)]))).toBeUndefined()
      for (let end = 20; end < bytes.length - 1; end += 7) expect(jpegCut(bytes.subarray(0, end))).toBeDefined()
    }
  })
})

describe('a bitmap', () => {
  it.each([2, 16, 256])('of %i colours comes back', (count) => {
    const palette = Array.from({ length: count }, (_, i) => [i, 255 - i, (i * 7) & 255] as const)
    const data = Uint8Array.from({ length: 33 * 5 }, (_, i) => (i * 3) % count)
    const { data: pixels, ...size } = decodePaletteBmp(encodeBmp({ width: 33, height: 5, data, palette }))
    expect(size).toEqual({ width: 33, height: 5 })
    for (const [i, index] of data.entries())
      expect([...pixels.subarray(i * 4, i * 4 + 3)]).toEqual([...(palette[index] ?? [])])
  })

  it('of 24 bits is read by the runtime', async () => {
    const bytes = encodeBmp({ width: 5, height: 3, data: new Uint8Array(60).fill(200) })
    expect(await new Bun.Image(bytes).metadata()).toEqual({ width: 5, height: 3, format: 'bmp' })
  })

  it('that is cut off is refused', () => {
    for (let end = 0; end < bmp.length; end++) expect(() => decodePaletteBmp(bmp.subarray(0, end))).toThrow('BMP')
  })
})
