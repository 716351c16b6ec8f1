import { t } from '../i18n.ts'
import type { TemplateRow } from './types.ts'

export function originWord(origin: TemplateRow['origin']): string {
  return {
    shipped: t('as shipped'),
    pack: t('from a pack'),
    folder: t('from the folder of the configuration'),
    own: t('own'),
  }[origin]
}
