import { latin1 } from '../core/bytes.ts'

// What the first bytes of a picture say of it. Nothing is decoded: a picture of a million by a million pixels costs no
// more than its header.

export type PictureFormat = 'jpg' | 'png' | 'gif' | 'bmp' | 'webp'

export interface PictureFacts {
  readonly kind: 'picture'
  readonly format: PictureFormat
  readonly width: number
  readonly height: number
  /** Bits of a pixel, all channels together; absent where the header does not say. */
  readonly bits?: number
  /** Form that simple decoders do not read: progressive or CMYK JPEG, interlaced or 16-bit PNG, compressed BMP. */
  readonly unusual?: string
}

/** The header is that of a picture, but cannot be read. */
export interface Broken {
  readonly kind: 'broken'
  readonly reason: string
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const broken = (reason: string): Broken => ({ kind: 'broken', reason })

/** Reads the header of a picture; undefined when it is none. `bytes` is the beginning of the file. */
export function probePicture(bytes: Uint8Array): PictureFacts | Broken | undefined {
  const magic = latin1(bytes.subarray(0, 12))
  const facts = magic.startsWith('\xff\xd8\xff')
    ? probeJpeg(bytes)
    : magic.startsWith('\x89PNG\r\n\x1a\n')
      ? probePng(bytes)
      : /^GIF8[79]a/.test(magic)
        ? probeGif(bytes)
        : /^BM/.test(magic)
          ? probeBmp(bytes)
          : /^RIFF....WEBP/s.test(magic)
            ? probeWebp(bytes)
            : undefined
  if (facts?.kind === 'picture' && (facts.width === 0 || facts.height === 0)) return broken('the picture has no pixels')
  return facts
}

/** ITU-T T.81 annex B: segments up to the first frame header. */
function probeJpeg(bytes: Uint8Array): PictureFacts | Broken {
  const data = view(bytes)
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return broken(`no JPEG marker at byte ${at}`)
    const marker = bytes[at + 1] ?? 0
    // Fill bytes (B.1.1.2) and markers without a length.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (marker === 0xd9 || marker === 0xda) return broken('the JPEG has no frame header')
    const length = data.getUint16(at + 2)
    // SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (length < 8 || at + 10 > bytes.length) break
      const [precision = 0, components = 0] = [bytes[at + 4], bytes[at + 9]]
      const unusual =
        marker === 0xc2
          ? 'progressive'
          : marker > 0xc1
            ? 'not baseline'
            : components !== 1 && components !== 3
              ? 'CMYK'
              : precision === 8
                ? undefined
                : `${precision} bits a sample`
      return {
        ...{ kind: 'picture', format: 'jpg', height: data.getUint16(at + 5), width: data.getUint16(at + 7) },
        ...(unusual !== undefined && { unusual }),
      }
    }
    if (length < 2) return broken(`JPEG segment of length ${length} at byte ${at}`)
    at += 2 + length
  }
  return broken('the JPEG ends before its frame header')
}

/** PNG third edition, 11.2.1. */
function probePng(bytes: Uint8Array): PictureFacts | Broken {
  if (bytes.length < 29 || latin1(bytes.subarray(12, 16)) !== 'IHDR') return broken('the PNG has no header')
  const data = view(bytes)
  const [depth = 0, type = 0, interlace = 0] = [bytes[24], bytes[25], bytes[28]]
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[type]
  if (channels === undefined) return broken(`PNG colour type ${type}`)
  const unusual = interlace !== 0 ? 'interlaced' : depth === 16 ? '16 bits a sample' : undefined
  return {
    ...{ kind: 'picture', format: 'png', width: data.getUint32(16), height: data.getUint32(20) },
    bits: depth * channels,
    ...(unusual !== undefined && { unusual }),
  }
}

function probeGif(bytes: Uint8Array): PictureFacts | Broken {
  if (bytes.length < 13) return broken('the GIF ends in its header')
  const data = view(bytes)
  return {
    ...{ kind: 'picture', format: 'gif', width: data.getUint16(6, true), height: data.getUint16(8, true) },
    bits: ((bytes[10] ?? 0) & 7) + 1,
  }
}

/** BITMAPINFOHEADER and its successors; the older OS/2 header of 12 bytes is refused. */
function probeBmp(bytes: Uint8Array): PictureFacts | Broken {
  if (bytes.length < 54) return broken('the BMP ends in its header')
  const data = view(bytes)
  const header = data.getUint32(14, true)
  if (header < 40) return broken(`BMP header of ${header} bytes`)
  const compression = data.getUint32(30, true)
  return {
    ...{ kind: 'picture', format: 'bmp', bits: data.getUint16(28, true) },
    // Rows from the top downwards have a negative height.
    ...{ width: Math.abs(data.getInt32(18, true)), height: Math.abs(data.getInt32(22, true)) },
    ...(compression !== 0 && { unusual: 'compressed' }),
  }
}

/** RFC 9649 section 2: lossy, lossless and extended headers. */
function probeWebp(bytes: Uint8Array): PictureFacts | Broken {
  if (bytes.length < 30) return broken('the WebP ends in its header')
  const data = view(bytes)
  const u24 = (at: number) => data.getUint16(at, true) | ((bytes[at + 2] ?? 0) << 16)
  switch (latin1(bytes.subarray(12, 16))) {
    case 'VP8 ':
      return webp(data.getUint16(26, true) & 0x3fff, data.getUint16(28, true) & 0x3fff)
    case 'VP8L': {
      const sizes = data.getUint32(21, true)
      return webp((sizes & 0x3fff) + 1, ((sizes >>> 14) & 0x3fff) + 1)
    }
    case 'VP8X':
      return webp(u24(24) + 1, u24(27) + 1)
    default:
      return broken('the WebP has no known header')
  }
}

function webp(width: number, height: number): PictureFacts {
  return { kind: 'picture', format: 'webp', width, height }
}

/**
 * Why the data of a JPEG does not reach its end, if so. Decoders paint grey what is missing and say nothing. In the scans
 * 0xFF is followed by 0 or a restart marker, so that an end marker there is one (ITU-T T.81 B.1.1.5).
 */
export function jpegCut(bytes: Uint8Array): string | undefined {
  const data = view(bytes)
  let at = 2
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0
    if (bytes[at] !== 0xff) return `no JPEG marker at byte ${at}`
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else if (marker === 0xda) break
    else if (data.getUint16(at + 2) < 2) return `JPEG segment of length ${data.getUint16(at + 2)} at byte ${at}`
    else at += 2 + data.getUint16(at + 2)
  }
  for (let next = bytes.indexOf(0xff, at); next !== -1; next = bytes.indexOf(0xff, next + 1))
    if (bytes[next + 1] === 0xd9) return undefined
  return 'the JPEG is cut off before its end'
}
