import { t } from '../i18n.ts'
import { Palette } from '../kit/palette.tsx'
import { Shortcuts } from '../kit/shortcuts.tsx'
import { shownPlaces } from './places.ts'
import { account, at } from './session.ts'

/** After `g`, where each letter leads. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ s: '', f: 'fleet', a: 'alerts', e: 'settings', t: 'templates', c: 'customers', p: 'people' },
  ...{ r: 'reports', d: 'files', k: 'tokens', l: 'audit' },
}

// What can be found is fetched when somebody first looks for something.
const find = async (text: string) => (await import('./palette.ts')).entries(text)

/** Everything of an account by name, and every page by two letters. */
export function Keyboard() {
  const places = shownPlaces().flatMap((it) => {
    const letter = Object.entries(LETTERS).find(([, id]) => id === it.id)?.[0]
    return letter === undefined ? [] : [{ letter, text: it.text(), href: at(it.id) }]
  })
  return (
    <>
      <Palette
        label={t('Find a site, a phone or a command')}
        placeholder={t('Name, number, MAC, page or command')}
        find={find}
      />
      <Shortcuts places={account.value ? places : []} find={t('find a site, a phone, a page or a command')} />
    </>
  )
}
