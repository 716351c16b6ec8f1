import { MalformedPacketError } from '../core/errors.ts'

// Windows bitmaps without compression (BITMAPINFOHEADER), which logos of older phones are. The runtime reads those with
// 24 and 32 bits and writes none.

/** Red, green, blue, four bytes a pixel, rows from the top; the fourth is opacity. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** Indexes into a palette, one byte a pixel, rows from the top. */
export interface Indexed {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
  /** Red, green, blue. */
  readonly palette: readonly (readonly [number, number, number])[]
}

const FILE_HEADER = 14
const INFO_HEADER = 40

/** 24 bits a pixel, or with a palette 1, 4 or 8. */
export function encodeBmp(picture: Pixels | Indexed): Uint8Array {
  const { width, height, data } = picture
  const palette = 'palette' in picture ? picture.palette : []
  const bits = !('palette' in picture) ? 24 : palette.length <= 2 ? 1 : palette.length <= 16 ? 4 : 8
  const colours = bits === 24 ? 0 : 2 ** bits
  const row = Math.ceil((width * bits) / 32) * 4
  const begin = FILE_HEADER + INFO_HEADER + colours * 4
  const out = new Uint8Array(begin + row * height)
  const view = new DataView(out.buffer)
  out.set([0x42, 0x4d])
  view.setUint32(2, out.length, true)
  view.setUint32(10, begin, true)
  view.setUint32(14, INFO_HEADER, true)
  view.setInt32(18, width, true)
  view.setInt32(22, height, true)
  view.setUint16(26, 1, true)
  view.setUint16(28, bits, true)
  view.setUint32(34, row * height, true)
  view.setUint32(46, colours, true)
  for (const [i, [red, green, blue]] of palette.entries()) out.set([blue, green, red, 0], 54 + i * 4)
  for (let y = 0; y < height; y++) {
    // The lowest row comes first.
    const line = begin + (height - 1 - y) * row
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x
      if (bits === 24) {
        const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 4, pixel * 4 + 3)
        out.set([blue, green, red], line + x * 3)
      } else {
        const at = line + Math.floor((x * bits) / 8)
        out[at] = (out[at] ?? 0) | ((data[pixel] ?? 0) << (8 - bits - ((x * bits) % 8)))
      }
    }
  }
  return out
}

/** Reads a bitmap with a palette of 1, 4 or 8 bits; others are the runtime's. Throws `MalformedPacketError`. */
export function decodePaletteBmp(bytes: Uint8Array): Pixels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 54) throw new MalformedPacketError('the BMP ends in its header')
  const begin = view.getUint32(10, true)
  const header = view.getUint32(14, true)
  const width = view.getInt32(18, true)
  const signed = view.getInt32(22, true)
  const height = Math.abs(signed)
  const bits = view.getUint16(28, true)
  if (view.getUint32(30, true) !== 0 || ![1, 4, 8].includes(bits))
    throw new MalformedPacketError(`BMP of ${bits} bits, compression ${view.getUint32(30, true)}`)
  const row = Math.ceil((width * bits) / 32) * 4
  if (width <= 0 || begin + row * height > bytes.length)
    throw new MalformedPacketError('the BMP is cut off before its end')
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const line = begin + (signed > 0 ? height - 1 - y : y) * row
    for (let x = 0; x < width; x++) {
      const byte = bytes[line + Math.floor((x * bits) / 8)] ?? 0
      const index = (byte >> (8 - bits - ((x * bits) % 8))) & (2 ** bits - 1)
      const at = FILE_HEADER + header + index * 4
      const known = at + 3 <= begin
      const [blue = 0, green = 0, red = 0] = known ? bytes.subarray(at, at + 3) : []
      data.set([red, green, blue, 255], (y * width + x) * 4)
    }
  }
  return { width, height, data }
}
