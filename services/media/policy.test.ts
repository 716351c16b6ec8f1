import { describe, expect, it } from 'vitest'
import type { MediaFacts } from './codec.ts'
import type { MediaForm } from './contract.ts'
import { plan, targetSize, variantName } from './policy.ts'

const picture = (width: number, height: number, more: object = {}): MediaFacts =>
  ({ kind: 'picture', format: 'jpg', width, height, ...more }) as MediaFacts
const sound = (more: object = {}): MediaFacts =>
  ({
    kind: 'sound',
    format: 'wav',
    codec: 'pcm',
    rate: 8000,
    channels: 1,
    bits: 16,
    seconds: 5,
    block: 2,
    ...more,
  }) as never
const SCREEN: MediaForm = { formats: ['jpg', 'png'], width: 480, height: 272, maxBytes: 100_000 }
const RING: MediaForm = { formats: ['wav'], codecs: ['pcmu', 'pcma'], rates: [8000], maxBytes: 100_000 }
const decide = (facts: MediaFacts, form: MediaForm, name = 'a.jpg', size = 50_000) => plan(facts, form, { name, size })

describe('a picture', () => {
  it.each([
    ['fits', picture(480, 272), SCREEN, 'as-is', undefined],
    ['is larger', picture(4000, 3000), SCREEN, 'convert', '4000 × 3000 jpg made 480 × 272 jpg'],
    ['is progressive', picture(480, 272, { unusual: 'progressive' }), SCREEN, 'convert', 'progressive'],
    ['is a GIF', picture(480, 272, { format: 'gif' }), SCREEN, 'convert', 'gif made 480 × 272 jpg'],
    ['is smaller than the bounds', picture(100, 50), { ...SCREEN, fit: 'within' }, 'as-is', undefined],
    ['is larger than the bounds', picture(960, 200), { ...SCREEN, fit: 'within' }, 'convert', 'made 480 × 100 jpg'],
    ['keeps its format where that is taken', picture(9, 9, { format: 'png' }), SCREEN, 'convert', '480 × 272 png'],
    ['has too many pixels', picture(60_000, 60_000), SCREEN, 'cannot', '60000 × 60000 pixels'],
    [
      'is wanted in a form that nothing makes',
      picture(9, 9),
      { formats: ['dob'] },
      'cannot',
      'cannot be made a dob file',
    ],
    [
      'has too many colours',
      picture(90, 56, { format: 'bmp', bits: 24 }),
      { formats: ['bmp'], colours: 16 },
      'convert',
      '16 colours',
    ],
  ] as const)('that %s', (_, facts, form, kind, text) => {
    const decided = decide(
      facts,
      form as MediaForm,
      facts.kind === 'picture' && facts.format !== 'jpg' ? 'a.bmp' : 'a.jpg',
    )
    expect(decided.kind).toBe(kind)
    if (text !== undefined) expect(JSON.stringify(decided)).toContain(text)
  })

  it('that fits but is named otherwise is copied under the right ending', () => {
    expect(decide(picture(480, 272), SCREEN, 'logo.png')).toMatchObject({ target: { kind: 'copy', format: 'jpg' } })
    expect(decide(picture(480, 272), SCREEN, 'logo.JPEG')).toEqual({ kind: 'as-is' })
  })

  it('that has too many bytes is made anew', () =>
    expect(decide(picture(480, 272), SCREEN, 'a.jpg', 100_001)).toMatchObject({ target: { maxBytes: 100_000 } }))

  it('that is broken or none at all says so', () => {
    expect(decide({ kind: 'broken', reason: 'the PNG has no header' }, SCREEN)).toMatchObject({ kind: 'cannot' })
    expect(decide({ kind: 'unknown' }, SCREEN)).toEqual({ kind: 'cannot', reason: 'it is no jpg or png file' })
    expect(decide({ kind: 'unknown' }, { formats: ['dob'] }, 'logo.dob')).toEqual({ kind: 'as-is' })
  })

  it('is scaled by the side that is given', () => {
    expect(targetSize({ width: 300, height: 200 }, { width: 150 })).toEqual({ width: 150, height: 100 })
    expect(targetSize({ width: 300, height: 200 }, {})).toEqual({ width: 300, height: 200 })
    expect(targetSize({ width: 3000, height: 1 }, { width: 90, height: 56, fit: 'within' })).toEqual({
      width: 90,
      height: 1,
    })
  })
})

describe('a sound', () => {
  it.each([
    ['fits', sound({ codec: 'pcmu', bits: 8 }), RING, 'as-is', undefined],
    ['is linear', sound(), RING, 'convert', { codec: 'pcmu', rate: 8000 }],
    ['is stereo of a disc', sound({ rate: 44_100, channels: 2 }), RING, 'convert', { codec: 'pcmu', rate: 8000 }],
    ['is too long', sound({ seconds: 60 }), RING, 'convert', { seconds: 12.487, maxBytes: 100_000 }],
    ['keeps its coding', sound({ codec: 'pcma', channels: 2 }), RING, 'convert', { codec: 'pcma' }],
    [
      'has a rate that is taken',
      sound({ rate: 16_000, channels: 2 }),
      { formats: ['wav'], rates: [8000, 16_000] },
      'convert',
      { rate: 16_000 },
    ],
    [
      'is better than what is taken',
      sound({ rate: 44_100 }),
      { formats: ['wav'], rates: [8000, 16_000] },
      'convert',
      { rate: 16_000 },
    ],
  ] as const)('that %s', (_, facts, form, kind, target) => {
    const decided = decide(facts, form as MediaForm, 'a.wav')
    expect(decided.kind).toBe(kind)
    if (target !== undefined) expect(decided).toMatchObject({ target })
  })

  it.each([
    ['an MP3 where WAV is taken', { kind: 'sound', format: 'mp3' }, RING, 'mp3 cannot be converted here'],
    ['an unknown coding', sound({ codec: 'other' }), RING, 'give it as PCM'],
    ['a form without WAV', sound(), { formats: ['bin'] }, 'cannot be made a bin file'],
    ['no room', sound({ seconds: 60 }), { ...RING, maxBytes: 5000 }, 'room for'],
    ['hours of sound', sound({ seconds: 7200, rate: 48_000 }), { formats: ['wav'], rates: [8000] }, 'give it shorter'],
  ] as const)('is refused for %s', (_, facts, form, reason) =>
    expect(decide(facts as MediaFacts, form as MediaForm, 'a.wav')).toMatchObject({
      kind: 'cannot',
      reason: expect.stringContaining(reason),
    }),
  )
})

it('names a copy so that every phone can ask for it', () => {
  const target = { kind: 'picture', format: 'jpg', fit: 'fill', maxBytes: 1 } as const
  expect(variantName('x/My summer party 2026!.PNG', target, 'abcdef0123456789')).toBe(
    'My-summer-party-2026-abcdef0123.jpg',
  )
})
