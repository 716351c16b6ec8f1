import { refetchOne } from './actions.ts'
import { whatOf } from './format.ts'
import { t } from './i18n.ts'
import { type Entry, fitting, Palette as KitPalette, lookEntries } from './kit/palette.tsx'
import { openShortcuts } from './kit/shortcuts.tsx'
import { PLACES } from './places.ts'
import { go, to } from './router.ts'
import { may } from './session.ts'
import { devices, listOf } from './state.ts'

const MOST = 12

/** Everything of a box by name. */
export function Palette() {
  return (
    <KitPalette
      label={t('Find a phone or a command')}
      placeholder={t('Name, number, MAC, page or command')}
      find={entries}
    />
  )
}

function entries(text: string): readonly Entry[] {
  const fits = fitting(text)
  const typed = text.trim() !== ''
  const pages: Entry[] = PLACES.map((it) => ({
    ...{ key: `page ${it.id}`, text: it.text(), note: t('Page'), value: () => go(to(it.id)) },
  }))
  const phones = listOf(devices.peek())
  const found: Entry[] = phones
    .filter((row) =>
      fits(row.name, row.mac, row.mac.replaceAll(':', ''), whatOf(row), row.address, ...row.lines.map((it) => it.user)),
    )
    .map((row) => ({
      key: row.mac,
      text: row.name ?? row.mac,
      note: [row.lines.map((line) => line.user).join(', '), whatOf(row)].filter(Boolean).join(' · '),
      value: () => go(to('phones', row.mac)),
    }))
  const [one, two] = found
  const again: Entry[] =
    typed && one && !two && may('devices')
      ? [
          {
            ...{ key: `again ${one.key}`, text: t('Fetch again: {name}', { name: one.text }), note: t('Command') },
            value: () => void refetchOne(one.key, one.text),
          },
        ]
      : []
  const rest = [...pages, ...commands()].filter((it) => fits(it.text, it.note))
  return !typed ? [...rest, ...found].slice(0, MOST) : [...found.slice(0, 8), ...again, ...rest].slice(0, MOST)
}

function commands(): Entry[] {
  const note = t('Command')
  return [
    ...(may('devices')
      ? [
          { key: 'add', text: t('Add a phone'), note, value: () => go(to('add')) },
          { key: 'scan', text: t('Scan labels'), note, value: () => go(to('new')) },
          { key: 'import', text: t('Import a list'), note, value: () => go(to('import')) },
        ]
      : []),
    ...(may('site')
      ? [
          { key: 'setup', text: t('First steps'), note, value: () => go(to('setup')) },
          { key: 'add-network', text: t('Add a network'), note, value: () => go(to('network', 'add')) },
        ]
      : []),
    { key: 'keys', text: t('Keys'), note, value: openShortcuts },
    { key: 'trouble', text: t('Phones in trouble'), note, value: () => go(`${to('phones')}?state=trouble`) },
    ...lookEntries(),
  ]
}
