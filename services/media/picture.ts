import { decode, encode } from 'fast-png'
import { OperatorError } from '../core/errors.ts'
import { decodePaletteBmp, encodeBmp, type Indexed, type Pixels } from './codec-bmp.ts'
import { jpegCut, probePicture } from './codec-picture.ts'
import { MAX_PIXELS, type PictureTarget, targetSize } from './policy.ts'

// Runs in the helper process alone. The runtime's own decoder does the heavy part (a JPEG is made smaller while it is
// decoded); the pixels that are left, as many as a phone's display has, are cropped and coded here.

const QUALITIES = [90, 80, 70, 60, 45, 30]
const COLOURS = [256, 128, 64, 32, 16]

/** Decodes the whole picture; throws `OperatorError` in plain words when it is damaged. */
export async function checkPicture(bytes: Uint8Array): Promise<void> {
  await scaled(bytes, 16, 16)
}

/** The picture as the target says. Throws `OperatorError` in plain words. */
export async function convertPicture(bytes: Uint8Array, target: PictureTarget): Promise<Uint8Array> {
  const facts = probePicture(bytes)
  if (facts?.kind !== 'picture') throw new OperatorError(facts?.reason ?? 'it is no picture')
  const size = targetSize(facts, target)
  // So large that the target is covered; what stands over goes evenly from both sides.
  const scale = Math.max(size.width / facts.width, size.height / facts.height)
  const covering = {
    width: Math.max(size.width, Math.round(facts.width * scale)),
    height: Math.max(size.height, Math.round(facts.height * scale)),
  }
  if (covering.width * covering.height > MAX_PIXELS)
    throw new OperatorError(`of ${facts.width} × ${facts.height} pixels no ${size.width} × ${size.height} are made`)
  const large = await scaled(bytes, covering.width, covering.height)
  const pixels = onWhite(cropped(large, size), target.grey === true)
  for await (const made of attempts(pixels, target)) if (made.length <= target.maxBytes) return made
  throw new OperatorError(`it does not get smaller than the ${target.maxBytes} bytes that are taken`)
}

/** One try after the other, each smaller than the one before. */
async function* attempts(pixels: Pixels, target: PictureTarget): AsyncGenerator<Uint8Array> {
  const png = new Uint8Array(encode({ ...pixels, channels: 4, depth: 8 }, { zlib: { level: 1 } }))
  const image = () => new Bun.Image(png)
  switch (target.format) {
    case 'jpg':
      for (const quality of QUALITIES) yield await image().jpeg({ quality }).bytes()
      return
    case 'png':
      if (target.colours === undefined) yield await image().png({ compressionLevel: 9 }).bytes()
      for (const colors of COLOURS.filter((count) => count <= (target.colours ?? 256)))
        yield await image().png({ compressionLevel: 9, palette: true, colors, dither: true }).bytes()
      if (target.colours !== undefined && target.colours < 16) yield await reduced(png, target.colours)
      return
    case 'bmp':
      if (target.colours === undefined || target.colours > 256) yield encodeBmp(pixels)
      else yield encodeBmp(indexed(await reduced(png, target.colours)))
  }
}

function reduced(png: Uint8Array, colors: number): Promise<Uint8Array> {
  return new Bun.Image(png).png({ palette: true, colors, dither: true, compressionLevel: 9 }).bytes()
}

/** A palette PNG taken apart; fewer than 8 bits a pixel are packed into bytes, rows beginning anew (PNG 7.2). */
function indexed(png: Uint8Array): Indexed {
  const { width, height, depth, data, palette } = decode(png)
  if (palette === undefined) throw new OperatorError('its colours could not be reduced')
  const row = Math.ceil((width * depth) / 8)
  const indexes = new Uint8Array(width * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = Number(data[y * row + Math.floor((x * depth) / 8)] ?? 0)
      indexes[y * width + x] = (byte >> (8 - depth - ((x * depth) % 8))) & (2 ** depth - 1)
    }
  return {
    ...{ width, height, data: indexes },
    palette: palette.map(([red = 0, green = 0, blue = 0]) => [red, green, blue] as const),
  }
}

/** Decoded and scaled. Every fault of the source becomes plain words here. */
async function scaled(bytes: Uint8Array, width: number, height: number): Promise<Pixels> {
  const facts = probePicture(bytes)
  if (facts?.kind !== 'picture') throw new OperatorError(facts?.reason ?? 'it is no picture')
  const cut = facts.format === 'jpg' ? jpegCut(bytes) : undefined
  if (cut !== undefined) throw new OperatorError(cut)
  const palette = facts.format === 'bmp' && (facts.bits ?? 24) <= 8
  const source = palette ? new Uint8Array(encode({ ...decodePaletteBmp(bytes), channels: 4, depth: 8 })) : bytes
  const image = new Bun.Image(source, { maxPixels: MAX_PIXELS })
  const png = await image
    .resize(width, height, { fit: 'fill' })
    .png({ compressionLevel: 1 })
    .bytes()
    .catch((thrown: unknown) => {
      throw new OperatorError(decoderText(thrown, facts.format))
    })
  return rgba(png)
}

function decoderText(thrown: unknown, format: string): string {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'ERR_IMAGE_TOO_MANY_PIXELS') return `it has more than ${MAX_PIXELS / 1_000_000} million pixels`
  return `the ${format} picture is damaged: it cannot be decoded`
}

function rgba(png: Uint8Array): Pixels {
  const { width, height, channels, depth, data, palette } = decode(png)
  if (depth !== 8 || palette !== undefined) throw new OperatorError('the picture has no 8 bits a channel')
  const out = new Uint8Array(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const at = i * channels
    const grey = channels < 3
    const alpha = channels % 2 === 0 ? Number(data[at + channels - 1]) : 255
    const [red, green, blue] = grey ? [data[at], data[at], data[at]] : [data[at], data[at + 1], data[at + 2]]
    out.set([red ?? 0, green ?? 0, blue ?? 0, alpha], i * 4)
  }
  return { width, height, data: out }
}

function cropped(from: Pixels, { width, height }: { readonly width: number; readonly height: number }): Pixels {
  const left = Math.floor((from.width - width) / 2)
  const top = Math.floor((from.height - height) / 2)
  if (left === 0 && top === 0 && from.width === width && from.height === height) return from
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const begin = ((y + top) * from.width + left) * 4
    data.set(from.data.subarray(begin, begin + width * 4), y * width * 4)
  }
  return { width, height, data }
}

/** Phones show what is transparent in black or at random: it is put on white. */
function onWhite({ width, height, data }: Pixels, grey: boolean): Pixels {
  const out = new Uint8Array(data.length)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 255
    const [red = 0, green = 0, blue = 0] = [0, 1, 2].map((i) =>
      Math.round(((data[at + i] ?? 0) * alpha + 255 * (255 - alpha)) / 255),
    )
    // ITU-R BT.601.
    const light = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
    out.set(grey ? [light, light, light, 255] : [red, green, blue, 255], at)
  }
  return { width, height, data: out }
}
