import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

/** Typing goes on for so long before it is asked. */
const PAUSE_MS = 250

/** What is being typed into a search; `tell` hears it without its outer spaces once typing rests. */
export function useTyped(first: string, tell: (text: string) => void): Signal<string> {
  const text = useSignal(first)
  useEffect(() => {
    const timer = setTimeout(() => tell(text.value.trim()), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text.value])
  return text
}
