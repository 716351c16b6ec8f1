import { latin1 } from '../core/bytes.ts'
import type { Broken } from './codec-picture.ts'
import type { SoundCodec } from './contract.ts'

// What the first bytes of a sound say of it.

export interface WavFacts {
  readonly kind: 'sound'
  readonly format: 'wav'
  readonly codec: SoundCodec | 'float' | 'adpcm' | 'other'
  readonly rate: number
  readonly channels: number
  readonly bits: number
  readonly seconds: number
  /** Bytes that belong together: one sample of every channel, or a block of ADPCM. */
  readonly block: number
  /** Where the samples stand, and how many bytes they are. */
  readonly data: { readonly at: number; readonly length: number }
}

/** Known by their first bytes and no more. */
export interface CodedFacts {
  readonly kind: 'sound'
  readonly format: 'mp3' | 'ogg' | 'm4a' | 'flac'
}

/** WAVE format tags (RFC 2361); 0xFFFE says that the real one stands in the extension. */
const TAGS: Readonly<Record<number, WavFacts['codec']>> = { 1: 'pcm', 3: 'float', 6: 'pcma', 7: 'pcmu', 17: 'adpcm' }

/** Reads the header of a sound; undefined when it is none. `size` is that of the whole file. */
export function probeSound(bytes: Uint8Array, size: number): WavFacts | CodedFacts | Broken | undefined {
  const magic = latin1(bytes.subarray(0, 12))
  if (/^RIFF....WAVE/s.test(magic)) return probeWav(bytes, size)
  if (magic.startsWith('OggS')) return { kind: 'sound', format: 'ogg' }
  if (magic.startsWith('fLaC')) return { kind: 'sound', format: 'flac' }
  if (/^....ftyp/s.test(magic)) return { kind: 'sound', format: 'm4a' }
  // MPEG audio frame header: 11 set bits, then a version and a layer that exist.
  const [first = 0, second = 0] = bytes
  if (magic.startsWith('ID3') || (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0))
    return { kind: 'sound', format: 'mp3' }
  return undefined
}

function probeWav(bytes: Uint8Array, size: number): WavFacts | Broken {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: Omit<WavFacts, 'seconds' | 'data'> | undefined
  let second = 0
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = latin1(bytes.subarray(at, at + 4))
    const length = data.getUint32(at + 4, true)
    const body = at + 8
    if (id === 'fmt ') {
      if (length < 16 || body + 16 > bytes.length) return { kind: 'broken', reason: 'the WAV ends in its header' }
      const tag = data.getUint16(body, true)
      const real = tag === 0xfffe && body + 26 <= bytes.length ? data.getUint16(body + 24, true) : tag
      second = data.getUint32(body + 8, true)
      format = {
        ...{ kind: 'sound', format: 'wav', codec: TAGS[real] ?? 'other' },
        channels: data.getUint16(body + 2, true),
        rate: data.getUint32(body + 4, true),
        bits: data.getUint16(body + 14, true),
        block: data.getUint16(body + 12, true),
      }
    }
    if (id === 'data') {
      if (format === undefined) return { kind: 'broken', reason: 'the WAV has no format before its samples' }
      if (format.channels === 0 || format.rate === 0 || format.block === 0 || second === 0)
        return { kind: 'broken', reason: `WAV with ${format.channels} channels at ${format.rate} Hz` }
      // What recorders write who do not know the length yet.
      const endless = length === 0 || length === 0xffff_ffff
      if (!endless && body + length > size) return { kind: 'broken', reason: 'the WAV is cut off before its end' }
      const there = endless ? size - body : length
      if (there === 0) return { kind: 'broken', reason: 'the WAV holds no sound' }
      return { ...format, seconds: there / second, data: { at: body, length: there } }
    }
    // Chunks begin at even offsets.
    at = body + length + (length % 2)
  }
  return { kind: 'broken', reason: 'the WAV has no samples' }
}
