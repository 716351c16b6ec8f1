import { useEffect, useRef } from 'preact/hooks'

/**
 * Keeps the keyboard in a row whose button has just been replaced: by the field that it opened, or by the button that it
 * came from. Call `next` when the button is used.
 */
export function useRowFocus() {
  const row = useRef<HTMLLIElement>(null)
  const wanted = useRef<string | undefined>(undefined)
  useEffect(() => {
    if (wanted.current === undefined) return
    const it = row.current?.querySelector<HTMLElement>(wanted.current)
    wanted.current = undefined
    it?.focus()
  })
  return {
    row,
    next(to: 'field' | 'button') {
      wanted.current = to === 'field' ? 'input:not([type=checkbox]), select' : 'button'
    },
  }
}
