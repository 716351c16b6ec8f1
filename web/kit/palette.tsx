import { signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { LANGUAGES, type Language, speak, t } from '../i18n.ts'
import { themeWord } from '../look.tsx'
import { remember, THEMES, theme } from '../prefs.ts'
import { Combobox, type Option } from './combobox.tsx'
import { Dialog } from './dialog.tsx'

const open = signal(false)

export type Entry = Option<() => void>

export function openPalette(): void {
  open.value = true
}

interface Props {
  readonly label: string
  readonly placeholder: string
  readonly find: (text: string) => readonly Entry[] | Promise<readonly Entry[]>
}

/** Everything by name: pages, phones, commands. Ctrl or Cmd and K opens it from anywhere; `/` finds on the page. */
export function Palette(props: Props) {
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
  return open.value ? <Opened {...props} /> : null
}

function Opened({ label, placeholder, find }: Props) {
  const text = useSignal('')
  const close = () => {
    open.value = false
  }
  return (
    <Dialog title={label} close={close} bare>
      <Combobox
        label={label}
        hideLabel
        open
        autofocus
        placeholder={placeholder}
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

/** Whether all words that were typed are in what an entry is called. */
export function fitting(text: string): (...texts: readonly (string | null | undefined)[]) => boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return (...texts) => {
    const all = texts.join(' ').toLowerCase()
    return words.every((word) => all.includes(word))
  }
}

/** How the page looks and what it speaks. */
export function lookEntries(): readonly Entry[] {
  const note = t('Command')
  return [
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
