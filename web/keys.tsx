import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { t } from './i18n.ts'
import { Dialog } from './kit/dialog.tsx'
import { PLACES } from './places.ts'
import { go, to } from './router.ts'

const open = signal(false)

export function openShortcuts(): void {
  open.value = true
}

/** After `g`, where each letter leads. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ o: '', p: 'phones', n: 'new', m: 'people', w: 'network' },
  ...{ s: 'settings', f: 'files', t: 'templates', a: 'activity', y: 'system' },
}
const WAIT_MS = 1200

/** `?` shows every key; `g` and a letter goes to a page. */
export function Shortcuts() {
  useEffect(() => {
    let begun = 0
    const listener = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return
      if ((event.target as HTMLElement).closest('input, textarea, select, dialog, [contenteditable]')) return
      const place = LETTERS[event.key]
      if (place !== undefined && event.timeStamp - begun < WAIT_MS) {
        event.preventDefault()
        begun = 0
        go(place === '' ? '#/' : to(place))
      } else if (event.key === 'g') begun = event.timeStamp
      else if (event.key === '?') {
        event.preventDefault()
        open.value = true
      }
    }
    addEventListener('keydown', listener)
    return () => removeEventListener('keydown', listener)
  }, [])
  if (!open.value) return null
  return (
    <Dialog
      title={t('Keys')}
      close={() => {
        open.value = false
      }}
    >
      <dl class="pairs keys-help">
        <Key keys={['Ctrl', 'K']} text={t('find a phone, a page or a command')} />
        <Key keys={['/']} text={t('find on this page')} />
        <Key keys={['?']} text={t('this list')} />
        <Key keys={['Ctrl', 'S']} text={t('save')} />
        <Key keys={['↑', '↓']} text={t('from row to row; Space chooses, Enter opens')} />
        <Key keys={['Alt', '↓']} text={t('moves a key of a phone; Delete clears it')} />
        {PLACES.map((it) => {
          const letter = Object.entries(LETTERS).find(([, id]) => id === it.id)?.[0]
          return letter === undefined ? null : <Key key={it.id} keys={['G', letter.toUpperCase()]} text={it.text()} />
        })}
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
