import { signal, useSignal } from '@preact/signals'
import { useCallback, useEffect } from 'preact/hooks'
import { refetchOne } from './actions.ts'
import { whatOf } from './format.ts'
import { LANGUAGES, type Language, speak, t } from './i18n.ts'
import { openShortcuts } from './keys.tsx'
import { Combobox, type Option } from './kit/combobox.tsx'
import { Dialog } from './kit/dialog.tsx'
import { themeWord } from './look.tsx'
import { PLACES } from './places.ts'
import { remember, THEMES, theme } from './prefs.ts'
import { go, to } from './router.ts'
import { may } from './session.ts'
import { devices, listOf } from './state.ts'

const open = signal(false)
const MOST = 12

export function openPalette(): void {
  open.value = true
}

/** Everything by name: pages, phones, commands. Ctrl or Cmd and K opens it from anywhere; `/` finds on the page. */
export function Palette() {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        open.value = !open.peek()
      }
      const typing = (event.target as HTMLElement).closest('input, textarea, select, dialog')
      const search = document.querySelector<HTMLInputElement>('main input[type=search]')
      if (event.key === '/' && !typing && search) {
        event.preventDefault()
        search.focus()
      }
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
  return open.value ? <Opened /> : null
}

function Opened() {
  const text = useSignal('')
  const find = useCallback(entries, [])
  const close = () => {
    open.value = false
  }
  return (
    <Dialog title={t('Find a phone or a command')} close={close} bare>
      <Combobox
        label={t('Find a phone or a command')}
        hideLabel
        open
        autofocus
        placeholder={t('Name, number, MAC, page or command')}
        text={text.value}
        change={(value) => {
          text.value = value
        }}
        find={find}
        choose={(option) => {
          close()
          option.value()
        }}
      />
    </Dialog>
  )
}

type Entry = Option<() => void>

function entries(text: string): readonly Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (...texts: readonly (string | undefined)[]) => {
    const all = texts.join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  }
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
    words.length > 0 && one && !two && may('devices')
      ? [
          {
            ...{ key: `again ${one.key}`, text: t('Fetch again: {name}', { name: one.text }), note: t('Command') },
            value: () => void refetchOne(one.key, one.text),
          },
        ]
      : []
  const rest = [...pages, ...commands()].filter((it) => fits(it.text, it.note))
  return words.length === 0
    ? [...rest, ...found].slice(0, MOST)
    : [...found.slice(0, 8), ...again, ...rest].slice(0, MOST)
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
    ...(may('site') ? [{ key: 'setup', text: t('First steps'), note, value: () => go(to('setup')) }] : []),
    { key: 'keys', text: t('Keys'), note, value: openShortcuts },
    { key: 'trouble', text: t('Phones in trouble'), note, value: () => go(`${to('phones')}?state=trouble`) },
    ...THEMES.map((value) => ({
      ...{ key: `theme ${value}`, text: `${t('Colours')}: ${themeWord(value)}`, note },
      value: () => {
        theme.value = value
      },
    })),
    ...Object.entries(LANGUAGES).map(([value, name]) => ({
      ...{ key: `language ${value}`, text: `${t('Language')}: ${name}`, note },
      value: () => {
        remember('language', value)
        void speak(value as Language)
      },
    })),
  ]
}
