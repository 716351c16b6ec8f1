import type { RecordChange } from '../../services/admin/schema-changes.ts'
import { t } from '../i18n.ts'
import { to } from '../router.ts'

/** A kind of record in words. */
export function kindWord(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    device: t('Phone'),
    person: t('Person'),
    site: t('Settings of the site'),
    group: t('Group'),
    model: t('Model'),
    vendor: t('Vendor'),
    network: t('Network'),
    interface: t('Interface'),
    template: t('Template'),
    pack: t('Pack'),
    file: t('File'),
    rollout: t('Rollout'),
  }
  return words[kind] ?? kind
}

/** Where what was changed is to be seen. */
export function placeOf({ kind, id }: Pick<RecordChange, 'kind' | 'id'>): string | undefined {
  if (kind === 'device') return to('phones', id)
  if (kind === 'person') return to('people')
  if (kind === 'site') return to('settings')
  if (kind === 'group' || kind === 'model' || kind === 'vendor') return to('settings', kind, id)
  if (kind === 'network' || kind === 'interface') return to('network')
  if (kind === 'file' || kind === 'rollout') return to('files')
  return kind === 'template' ? to('templates', ...id.split('/')) : undefined
}

/** Who did it: an account by its name, else where it came from. */
export function byWord(by: string): string {
  const [from = '', who = ''] = by.split(/:(.*)/s)
  if (from === 'account') return who
  if (from === 'token') return t('{who} (a program)', { who })
  if (from === 'rule') return t('a rule of this site')
  if (from === 'cli') return t('{who} at the command line', { who })
  return by
}
