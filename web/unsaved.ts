import { signal } from '@preact/signals'
import { t } from './i18n.ts'
import { confirmed } from './kit/dialog.tsx'

/** Asks whether changes may be thrown away; absent while there are none. The page that holds them sets it. */
export const mayLeave = signal<(() => Promise<boolean>) | undefined>(undefined)

/** The browser's own question, for a tab that is closed. Returns the way to stop. */
export function guardClosing(): () => void {
  const closing = (event: BeforeUnloadEvent) => {
    if (mayLeave.peek()) event.preventDefault()
  }
  addEventListener('beforeunload', closing)
  return () => removeEventListener('beforeunload', closing)
}

/** The question before edits are thrown away; `discard` is called when they may be. */
export async function askToLeave(discard: () => void): Promise<boolean> {
  const yes = await confirmed({
    title: t('Leave without saving?'),
    consequences: [t('What was changed here is lost.')],
    action: t('Leave'),
    cancel: t('Stay here'),
    danger: true,
  })
  if (yes) discard()
  return yes
}
