import type { MediaFacts } from './codec.ts'
import type { PictureFacts } from './codec-picture.ts'
import type { MediaForm, SoundCodec } from './contract.ts'
import { planSound } from './policy-sound.ts'

// What a model needs of a stored file: as it is, a copy, or nothing that can be made. Pure: the file's header and the
// model's form decide, so that the same name always stands for the same bytes.

export interface PictureTarget {
  readonly kind: 'picture'
  readonly format: 'jpg' | 'png' | 'bmp'
  /** Absent: as the source has it. */
  readonly width?: number
  readonly height?: number
  readonly fit: 'fill' | 'within'
  readonly colours?: number
  readonly grey?: boolean
  readonly maxBytes: number
}

export interface SoundTarget {
  readonly kind: 'sound'
  readonly codec: SoundCodec
  readonly rate: number
  /** Of a linear sample. */
  readonly bits: number
  /** Cut after so long. */
  readonly seconds?: number
  readonly maxBytes: number
}

/** The same bytes under a name with the right ending. */
export interface CopyTarget {
  readonly kind: 'copy'
  readonly format: string
}

export type Target = PictureTarget | SoundTarget | CopyTarget

export type Plan =
  | { readonly kind: 'as-is' }
  /** `how` says in plain words what is changed. */
  | { readonly kind: 'convert'; readonly target: Target; readonly how: string }
  | { readonly kind: 'cannot'; readonly reason: string }

/** Pixels that a picture may have: 25 million are 100 MB while they are worked on. */
export const MAX_PIXELS = 25_000_000
/** Octets that are read of any picture or sound. */
export const MAX_SOURCE = 33_554_432
/** Octets that are made when the form names no bound. */
const MAX_MADE = 4_194_304

/** What must be done to a file of this name so that it fits. */
export function plan(facts: MediaFacts, form: MediaForm, file: { readonly name: string; readonly size: number }): Plan {
  const formats = form.formats.map(spelling)
  const ending = endingOf(file.name)
  switch (facts.kind) {
    case 'broken':
      return { kind: 'cannot', reason: facts.reason }
    case 'unknown': {
      // Formats of a vendor's own tool (.dob, .bin) cannot be looked into, only measured.
      if (!formats.includes(ending) || isKnown(ending))
        return { kind: 'cannot', reason: `it is no ${words(form.formats)} file` }
      return tooLarge(form, file.size) ?? { kind: 'as-is' }
    }
    case 'picture':
      return tooLargeToRead(file.size) ?? planPicture(facts, form, file)
    case 'sound':
      if (facts.format === 'wav') return tooLargeToRead(file.size) ?? planSound(facts, form, file)
      if (!formats.includes(facts.format))
        return { kind: 'cannot', reason: `${facts.format} cannot be converted here; give a WAV file` }
      return tooLarge(form, file.size) ?? renamed(facts.format, file.name)
  }
}

function tooLarge({ maxBytes }: MediaForm, size: number): Plan | undefined {
  if (maxBytes === undefined || size <= maxBytes) return undefined
  return { kind: 'cannot', reason: `it has ${size} bytes, and at most ${maxBytes} are taken` }
}

function tooLargeToRead(size: number): Plan | undefined {
  if (size <= MAX_SOURCE) return undefined
  return { kind: 'cannot', reason: `it has ${size} bytes, and at most ${MAX_SOURCE} are read` }
}

/** What fits by its content is only copied when its name ends otherwise: phones go by the ending. */
export function renamed(format: string, name: string): Plan {
  if (spelling(endingOf(name)) === format) return { kind: 'as-is' }
  return { kind: 'convert', target: { kind: 'copy', format }, how: `given the ending .${format}` }
}

const MAKES = ['jpg', 'png', 'bmp'] as const

function planPicture(
  facts: PictureFacts,
  form: MediaForm,
  file: { readonly name: string; readonly size: number },
): Plan {
  const formats = form.formats.map(spelling)
  if (pictureFits(facts, form, file.size)) return renamed(facts.format, file.name)
  const own = MAKES.find((format) => format === facts.format && formats.includes(format))
  const format = own ?? MAKES.find((one) => one === formats.find((wanted) => isMade(wanted)))
  if (format === undefined)
    return { kind: 'cannot', reason: `a ${facts.format} picture cannot be made a ${words(form.formats)} file here` }
  if (facts.width * facts.height > MAX_PIXELS)
    return {
      kind: 'cannot',
      reason: `it has ${facts.width} × ${facts.height} pixels, and at most ${MAX_PIXELS / 1_000_000} million are read`,
    }
  const { width, height } = targetSize(facts, form)
  const target: PictureTarget = {
    ...{ kind: 'picture', format, width, height, fit: form.fit ?? 'fill' },
    maxBytes: form.maxBytes ?? MAX_MADE,
    ...(form.colours !== undefined && { colours: form.colours }),
    ...(form.grey !== undefined && { grey: form.grey }),
  }
  const from = `${facts.width} × ${facts.height} ${facts.unusual === undefined ? '' : `${facts.unusual} `}${facts.format}`
  const to = `${width} × ${height} ${format}`
  const colours = form.colours === undefined ? '' : ` of ${form.colours} ${form.grey === true ? 'greys' : 'colours'}`
  return { kind: 'convert', target, how: `${from} made ${to}${colours}` }
}

function isMade(format: string): format is (typeof MAKES)[number] {
  return (MAKES as readonly string[]).includes(format)
}

function pictureFits(facts: PictureFacts, form: MediaForm, size: number): boolean {
  const { width, height, maxBytes, colours } = form
  const exact = (form.fit ?? 'fill') === 'fill'
  const fits = (has: number, wanted: number | undefined) =>
    wanted === undefined || (exact ? has === wanted : has <= wanted)
  return (
    form.formats.map(spelling).includes(facts.format) &&
    facts.unusual === undefined &&
    fits(facts.width, width) &&
    fits(facts.height, height) &&
    (maxBytes === undefined || size <= maxBytes) &&
    (colours === undefined || (facts.bits !== undefined && 2 ** facts.bits <= colours)) &&
    // A header does not say that its colours are greys; two may be black and white or not.
    form.grey !== true
  )
}

/** The size of what is made. With one side given the other follows. */
export function targetSize(
  { width, height }: { readonly width: number; readonly height: number },
  form: Pick<MediaForm, 'width' | 'height' | 'fit'>,
): { readonly width: number; readonly height: number } {
  if ((form.fit ?? 'fill') === 'fill' && form.width !== undefined && form.height !== undefined)
    return { width: form.width, height: form.height }
  const scales = [
    form.width === undefined ? 1 : form.width / width,
    form.height === undefined ? 1 : form.height / height,
  ]
  // Within bounds nothing is made larger than it is; a single side is met.
  const scale = form.fit === 'within' ? Math.min(1, ...scales) : (scales.find((one) => one !== 1) ?? 1)
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** `jpeg` and `jpg` are one. */
export function spelling(ending: string): string {
  return ending === 'jpeg' ? 'jpg' : ending
}

function endingOf(name: string): string {
  return /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

function isKnown(ending: string): boolean {
  return ['jpg', 'jpeg', 'png', 'bmp', 'gif', 'webp', 'wav', 'mp3', 'ogg', 'm4a', 'flac'].includes(ending)
}

export function words(formats: readonly string[]): string {
  return formats.join(' or ')
}

/**
 * The name of a copy: the stem for people, then what tells it from every other. Short, since phones cut long names, and
 * with nothing that an URL must escape. `id` is hexadecimal, made of the source's hash and the target.
 */
export function variantName(name: string, target: Target, id: string): string {
  const last = name.split('/').at(-1) ?? name
  const stem = last
    .replace(/\.[^.]*$/, '')
    .replace(/[^A-Za-z0-9_-]/g, '-')
    .slice(0, 20)
  return `${stem === '' ? 'file' : stem}-${id.slice(0, 10)}.${target.kind === 'sound' ? 'wav' : target.format}`
}

export function contentTypeOf(name: string): string {
  const types: Readonly<Record<string, string>> = {
    ...{ jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', bmp: 'image/bmp', gif: 'image/gif' },
    ...{ wav: 'audio/wav', mp3: 'audio/mpeg' },
  }
  return types[endingOf(name)] ?? 'application/octet-stream'
}

/** What a phone is said to take, in plain words. */
export function formText(form: MediaForm): string {
  const { width, height, colours, codecs, rates, maxSeconds, maxBytes } = form
  const size =
    width === undefined && height === undefined
      ? []
      : [`${form.fit === 'within' ? 'at most ' : ''}${width ?? 'any'} × ${height ?? 'any'} pixels`]
  return [
    words(form.formats),
    ...size,
    ...(colours === undefined ? [] : [`${colours} ${form.grey === true ? 'greys' : 'colours'}`]),
    ...(codecs === undefined ? [] : [codecs.join(' or ')]),
    ...(rates === undefined ? [] : [`${rates.join(' or ')} Hz`]),
    ...(maxSeconds === undefined ? [] : [`at most ${maxSeconds} s`]),
    ...(maxBytes === undefined ? [] : [`at most ${maxBytes} bytes`]),
  ].join(', ')
}
