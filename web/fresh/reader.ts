import jsQr from 'jsqr'
import { decodeCode128 } from './code128.ts'

/** Finds a code in a frame of the camera. */
export type Reader = (frame: HTMLCanvasElement) => Promise<string | undefined>

interface Detector {
  detect(image: HTMLCanvasElement): Promise<readonly { readonly rawValue: string }[]>
}
type DetectorClass = {
  new (options: { formats: readonly string[] }): Detector
  getSupportedFormats(): Promise<readonly string[]>
}
const WANTED = ['code_128', 'qr_code', 'data_matrix', 'code_39'] as const

/** The browser's own reader where there is one, else one of ours for what stands on labels: Code 128 and QR. */
export async function makeReader(): Promise<Reader> {
  const own = (globalThis as { readonly BarcodeDetector?: DetectorClass }).BarcodeDetector
  const known = (await own?.getSupportedFormats().catch(() => [])) ?? []
  const formats = WANTED.filter((one) => known.includes(one))
  if (own !== undefined && formats.includes('code_128')) {
    const detector = new own({ formats })
    return async (frame) => (await detector.detect(frame))[0]?.rawValue
  }
  return async (frame) => {
    const context = frame.getContext('2d', { willReadFrequently: true })
    const picture = context?.getImageData(0, 0, frame.width, frame.height)
    if (picture === undefined) return undefined
    return decodeCode128(picture) ?? jsQr(picture.data, picture.width, picture.height)?.data
  }
}
