import { encode } from 'fast-png'
import wavefile from 'wavefile'

// Small real files: made by encoders, and where none writes a form, byte by byte.

/** A picture whose left half is red and right half blue, with a green bar along its top. */
export function png(width: number, height: number, more: { alpha?: number } = {}): Uint8Array {
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = y < height / 4 ? [0, 200, 0] : x < width / 2 ? [220, 0, 0] : [0, 0, 220]
      data.set([...colour, more.alpha ?? 255], (y * width + x) * 4)
    }
  return new Uint8Array(encode({ width, height, data, channels: 4, depth: 8 }))
}

export function jpeg(width: number, height: number, progressive = false): Promise<Uint8Array> {
  return new Bun.Image(png(width, height)).jpeg({ quality: 95, progressive }).bytes()
}

/** One frame of one colour: GIF89a with a table of two colours and LZW data that only clears and repeats. */
export function gif(width: number, height: number): Uint8Array {
  const codes: number[] = []
  // With 2-bit codes of 3 bits and a clear code before every pixel no code grows.
  for (let i = 0; i < width * height; i++) codes.push(4, 1)
  codes.push(5)
  const bytes: number[] = []
  let [bits, count] = [0, 0]
  for (const code of codes) {
    bits |= code << count
    for (count += 3; count >= 8; count -= 8, bits >>= 8) bytes.push(bits & 255)
  }
  if (count > 0) bytes.push(bits & 255)
  const blocks: number[] = []
  for (let at = 0; at < bytes.length; at += 255) {
    const block = bytes.slice(at, at + 255)
    blocks.push(block.length, ...block)
  }
  const size = [width & 255, width >> 8, height & 255, height >> 8]
  return Uint8Array.from([
    ...[...'GIF89a'].map((char) => char.charCodeAt(0)),
    ...[...size, 0x81, 0, 0],
    ...[0, 0, 0, 250, 120, 10, 0, 0, 0, 0, 0, 0],
    ...[0x2c, 0, 0, 0, 0, ...size, 0],
    ...[2, ...blocks, 0, 0x3b],
  ])
}

/** A tone of 440 Hz. */
export function wav(
  seconds: number,
  more: { rate?: number; channels?: number; codec?: 'pcm' | 'pcmu' | 'pcma'; bits?: '8' | '16' | '24' } = {},
): Uint8Array {
  const { rate = 8000, channels = 1, codec = 'pcm', bits = '16' } = more
  const samples = new Int16Array(Math.round(seconds * rate) * channels)
  for (let i = 0; i < samples.length; i++)
    samples[i] = Math.round(12_000 * Math.sin((2 * Math.PI * 440 * Math.floor(i / channels)) / rate))
  const made = new wavefile.WaveFile()
  made.fromScratch(channels, rate, '16', samples)
  if (codec === 'pcmu') made.toMuLaw()
  else if (codec === 'pcma') made.toALaw()
  else if (bits !== '16') made.toBitDepth(bits)
  return made.toBuffer()
}

/** How often a sound crosses zero upwards in a second: 440 for the tone above. */
export function pitch(bytes: Uint8Array): number {
  const wave = new wavefile.WaveFile(bytes)
  if (wave.bitDepth === '8m') wave.fromMuLaw()
  if (wave.bitDepth === '8a') wave.fromALaw()
  const samples = wave.getSamples(true, Int16Array) as unknown as Int16Array
  let crossings = 0
  for (let i = 1; i < samples.length; i++) if ((samples[i - 1] ?? 0) < 0 && (samples[i] ?? 0) >= 0) crossings++
  return crossings / (samples.length / (wave.fmt as { sampleRate: number }).sampleRate)
}
