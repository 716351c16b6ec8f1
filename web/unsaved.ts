import { signal } from '@preact/signals'

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
