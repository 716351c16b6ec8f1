import { t } from '../i18n.ts'
import { qrShape } from '../qr.ts'

/** Dark on light whatever colours the page has: readers count on it. */
export function Qr({ svg, text }: { svg: string; text: string }) {
  const shape = qrShape(svg)
  if (!shape) return null
  return (
    <svg class="qr" viewBox={shape.box} role="img" aria-label={t('QR code of {text}', { text })}>
      <path d={shape.path} />
    </svg>
  )
}
