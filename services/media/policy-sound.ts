import type { WavFacts } from './codec-sound.ts'
import type { MediaForm, SoundCodec } from './contract.ts'

// Ring tones and music on hold. Phones take one channel at the rates of telephony; what is too long is cut, since a ring
// tone begins again anyway.

/** Samples that are read: 64-bit numbers while they are worked on, and two copies of them. */
const MAX_SAMPLES = 3_000_000
/** A tone that was cut shorter than this is none. */
const LEAST_SECONDS = 1
/** RIFF, `fmt ` with extension, `fact` and `data`: what stands before the samples at most. */
const HEADER = 100

interface Candidate {
  readonly codec: SoundCodec
  readonly rate: number
  readonly bits: number
}

type SoundPlan =
  | { readonly kind: 'as-is' }
  | {
      readonly kind: 'convert'
      readonly how: string
      readonly target:
        | (Candidate & { readonly kind: 'sound'; readonly seconds?: number; readonly maxBytes: number })
        | { readonly kind: 'copy'; readonly format: string }
    }
  | { readonly kind: 'cannot'; readonly reason: string }

/** What must be done to a WAV file of this name so that it fits. */
export function planSound(
  facts: WavFacts,
  form: MediaForm,
  file: { readonly name: string; readonly size: number },
): SoundPlan {
  if (!form.formats.includes('wav'))
    return { kind: 'cannot', reason: `a WAV file cannot be made a ${form.formats.join(' or ')} file here` }
  if (soundFits(facts, form, file.size))
    return /\.wav$/i.test(file.name)
      ? { kind: 'as-is' }
      : { kind: 'convert', target: { kind: 'copy', format: 'wav' }, how: 'given the ending .wav' }
  if (facts.codec === 'other') return { kind: 'cannot', reason: 'its WAV coding is not known here; give it as PCM' }
  const candidates = candidatesOf(facts, form)
  const maxBytes = form.maxBytes ?? Number.POSITIVE_INFINITY
  const whole = Math.min(facts.seconds, form.maxSeconds ?? Number.POSITIVE_INFINITY)
  const room = ({ codec, rate, bits }: Candidate) => (maxBytes - HEADER) / (rate * (codec === 'pcm' ? bits / 8 : 1))
  const chosen =
    candidates.find((candidate) => room(candidate) >= whole) ?? candidates.toSorted((a, b) => room(b) - room(a))[0]
  if (chosen === undefined) return { kind: 'cannot', reason: 'no coding is known that this model takes' }
  const seconds = Math.floor(Math.min(whole, room(chosen)) * 1000) / 1000
  const read = Math.min(facts.seconds, seconds) * facts.rate * facts.channels
  if (read > MAX_SAMPLES)
    return {
      kind: 'cannot',
      reason: `it has more than ${MAX_SAMPLES / 1_000_000} million samples; give it shorter or mono`,
    }
  if (seconds < Math.min(LEAST_SECONDS, facts.seconds))
    return { kind: 'cannot', reason: `in ${form.maxBytes} bytes there is room for ${seconds} s alone` }
  const cut = seconds < facts.seconds
  return {
    kind: 'convert',
    target: {
      ...{ kind: 'sound', ...chosen, maxBytes: form.maxBytes ?? MAX_SAMPLES * 2 },
      ...(cut && { seconds }),
    },
    how: `${soundText(facts)} made ${chosen.codec} at ${chosen.rate} Hz, 1 channel${cut ? `, cut after ${seconds} s` : ''}`,
  }
}

function soundText({ codec, rate, channels, bits }: WavFacts): string {
  return `${codec === 'pcm' ? `${bits}-bit pcm` : codec} at ${rate} Hz, ${channels} ${channels === 1 ? 'channel' : 'channels'},`
}

function soundFits(facts: WavFacts, form: MediaForm, size: number): boolean {
  const { codecs, rates, bits = 16, maxSeconds, maxBytes } = form
  const codec = facts.codec
  if (codec === 'other' || codec === 'float' || codec === 'adpcm') return false
  return (
    facts.channels === 1 &&
    (codecs === undefined || codecs.includes(codec)) &&
    (codec !== 'pcm' || facts.bits === bits) &&
    (rates === undefined || rates.includes(facts.rate)) &&
    (maxSeconds === undefined || facts.seconds <= maxSeconds) &&
    (maxBytes === undefined || size <= maxBytes)
  )
}

/** Every coding that the model takes, what is nearest to the source first. */
function candidatesOf(facts: WavFacts, { codecs = ['pcm'], rates, bits = 16 }: MediaForm): Candidate[] {
  // G.711 is 8000 samples a second (ITU-T G.711 section 2) where nothing else is said.
  const all = codecs.flatMap((codec) =>
    (rates ?? [codec === 'pcm' ? Math.min(facts.rate, 16_000) : 8000]).map((rate) => ({ codec, rate, bits })),
  )
  // A higher rate than the source's adds bytes and no sound: it comes last, the lowest first.
  const loss = ({ rate }: Candidate) => (rate <= facts.rate ? facts.rate - rate : 1_000_000 + rate)
  const other = ({ codec }: Candidate) => (codec === facts.codec ? 0 : 1)
  return all.toSorted((a, b) => loss(a) - loss(b) || other(a) - other(b))
}
