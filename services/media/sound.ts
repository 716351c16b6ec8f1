import wavefile from 'wavefile'
import { concat, fromLatin1 } from '../core/bytes.ts'
import { messageOf, OperatorError } from '../core/errors.ts'
import { probeSound, type WavFacts } from './codec-sound.ts'
import type { SoundTarget } from './policy.ts'

// Runs in the helper process alone.

/** Throws `OperatorError` in plain words when the sound is damaged. */
export function checkSound(bytes: Uint8Array): void {
  const facts = probeSound(bytes, bytes.length)
  if (facts?.kind === 'broken') throw new OperatorError(facts.reason)
}

/** The sound as the target says, with one channel. Throws `OperatorError` in plain words. */
export function convertSound(bytes: Uint8Array, target: SoundTarget): Uint8Array {
  const facts = probeSound(bytes, bytes.length)
  if (facts === undefined || facts.kind === 'broken' || facts.format !== 'wav')
    throw new OperatorError(facts?.kind === 'broken' ? facts.reason : 'it is no WAV file')
  const linear = monoSamples(shortened(bytes, facts, target.seconds), facts)
  const made = new wavefile.WaveFile()
  made.fromScratch(1, facts.rate, '16', linear)
  // A windowed sinc behind a low-pass filter: without it what is above half the new rate comes back as noise.
  if (facts.rate !== target.rate) made.toSampleRate(target.rate, { method: 'sinc' })
  if (target.codec === 'pcmu') made.toMuLaw()
  else if (target.codec === 'pcma') made.toALaw()
  else if (target.bits !== 16) made.toBitDepth(`${target.bits}`)
  const out = made.toBuffer()
  if (out.length > target.maxBytes)
    throw new OperatorError(`it has ${out.length} bytes, and ${target.maxBytes} are taken`)
  return out
}

/** One channel of 16 bits: the mean of all. */
function monoSamples(bytes: Uint8Array, facts: WavFacts): Int16Array {
  const wav = new wavefile.WaveFile()
  try {
    wav.fromBuffer(bytes)
    if (facts.codec === 'pcmu') wav.fromMuLaw()
    else if (facts.codec === 'pcma') wav.fromALaw()
    else if (facts.codec === 'adpcm') wav.fromIMAADPCM()
    else if (wav.bitDepth !== '16') wav.toBitDepth('16')
  } catch (thrown) {
    throw new OperatorError(`the WAV is damaged: ${messageOf(thrown)}`)
  }
  const samples = wav.getSamples(true, Int16Array) as unknown as Int16Array
  const { channels } = facts
  if (channels === 1) return samples
  const mono = new Int16Array(Math.floor(samples.length / channels))
  for (let i = 0; i < mono.length; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += samples[i * channels + channel] ?? 0
    mono[i] = Math.round(sum / channels)
  }
  return mono
}

/** The header and the first seconds alone, so that no more is decoded than is used; other chunks are left out. */
function shortened(bytes: Uint8Array, facts: WavFacts, seconds: number | undefined): Uint8Array {
  const {
    data: { at, length },
    block,
  } = facts
  const wanted = seconds === undefined ? length : Math.min(length, (length / facts.seconds) * seconds)
  const data = bytes.subarray(at, at + Math.floor(wanted / block) * block)
  const format = formatChunk(bytes)
  const riff = new Uint8Array(12)
  riff.set(fromLatin1('RIFF'))
  riff.set(fromLatin1('WAVE'), 8)
  new DataView(riff.buffer).setUint32(4, 4 + format.length + 8 + data.length, true)
  const head = new Uint8Array(8)
  head.set(fromLatin1('data'))
  new DataView(head.buffer).setUint32(4, data.length, true)
  return concat([riff, format, head, data])
}

function formatChunk(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true)
    if (view.getUint32(at) === 0x666d7420) return bytes.slice(at, at + 8 + length)
    at += 8 + length + (length % 2)
  }
  throw new OperatorError('the WAV has no format')
}
