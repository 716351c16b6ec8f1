import { t } from './i18n.ts'
import { Shortcuts as KitShortcuts } from './kit/shortcuts.tsx'
import { PLACES } from './places.ts'
import { to } from './router.ts'

/** After `g`, where each letter leads. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ o: '', p: 'phones', n: 'new', m: 'people', w: 'network' },
  ...{ s: 'settings', f: 'files', t: 'templates', a: 'activity', y: 'system' },
}

/** The keys of a box's page. */
export function Shortcuts() {
  const places = PLACES.flatMap((it) => {
    const letter = Object.entries(LETTERS).find(([, id]) => id === it.id)?.[0]
    return letter === undefined ? [] : [{ letter, text: it.text(), href: it.id === '' ? '#/' : to(it.id) }]
  })
  return <KitShortcuts places={places} find={t('find a phone, a page or a command')} />
}
