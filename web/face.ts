import { signal } from '@preact/signals'
import { t } from './i18n.ts'

/** Whom this page belongs to: a box, or the central account. */
export const face = signal<'box' | 'cloud'>('box')

export function unreachable(): string {
  return face.value === 'box' ? t('the box cannot be reached') : t('the account cannot be reached')
}
