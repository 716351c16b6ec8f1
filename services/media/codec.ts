import { type Broken, type PictureFacts, probePicture } from './codec-picture.ts'
import { type CodedFacts, probeSound, type WavFacts } from './codec-sound.ts'

/** What a stored file is, by its content. */
export type MediaFacts = PictureFacts | WavFacts | CodedFacts | Broken | { readonly kind: 'unknown' }

/** How much of a file is looked at: EXIF and ICC segments of up to 64 KiB each stand before a JPEG's size. */
export const HEAD_BYTES = 262_144

/** Reads what a file is from its beginning; `size` is that of the whole file. Never throws. */
export function probe(head: Uint8Array, size: number): MediaFacts {
  return probePicture(head) ?? probeSound(head, size) ?? { kind: 'unknown' }
}
