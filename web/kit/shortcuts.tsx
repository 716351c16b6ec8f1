import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { go } from '../router.ts'
import { Dialog } from './dialog.tsx'
import { takeOffer } from './toast.tsx'

const open = signal(false)

export function openShortcuts(): void {
  open.value = true
}

/** Where `g` and a letter leads. */
export interface Lettered {
  readonly letter: string
  readonly href: string
  readonly text: string
}

const WAIT_MS = 1200

/** `?` shows every key; `g` and a letter goes to a page. */
export function Shortcuts({ places, find }: { places: readonly Lettered[]; find: string }) {
  useEffect(() => {
    let begun = 0
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if ((event.target as HTMLElement).closest('input, textarea, select, dialog, [contenteditable]')) return
      const place = places.find(({ letter }) => letter === event.key)
      if (place !== undefined && event.timeStamp - begun < WAIT_MS) {
        event.preventDefault()
        begun = 0
        go(place.href)
      } else if (event.key === 'g') begun = event.timeStamp
      else if (event.key === '?') {
        event.preventDefault()
        open.value = true
      } else if (event.key === 'z') takeOffer()
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [places.map(({ href }) => href).join(' ')])
  if (!open.value) return null
  return (
    <Dialog
      title={t('Keys')}
      close={() => {
        open.value = false
      }}
    >
      <dl class="pairs keys-help">
        <Key keys={['Ctrl', 'K']} text={find} />
        <Key keys={['/']} text={t('find on this page')} />
        <Key keys={['?']} text={t('this list')} />
        <Key keys={['Ctrl', 'S']} text={t('save')} />
        <Key keys={['↑', '↓']} text={t('from row to row; Space chooses, Enter opens')} />
        <Key keys={['Z']} text={t('what the last message offers, as to take a change back')} />
        <Key keys={['Alt', '↓']} text={t('moves a key of a phone; Delete clears it')} />
        {places.map(({ letter, text }) => (
          <Key key={letter} keys={['G', letter.toUpperCase()]} text={text} />
        ))}
      </dl>
    </Dialog>
  )
}

function Key({ keys, text }: { keys: readonly string[]; text: string }) {
  return (
    <>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{text}</dd>
    </>
  )
}
