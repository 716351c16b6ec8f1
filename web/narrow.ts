import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'

const QUERY = '(max-width: 46rem)'

/** Whether the screen is as narrow as a telephone's. */
export function useNarrow(): boolean {
  const narrow = useSignal(globalThis.matchMedia?.(QUERY).matches ?? false)
  useEffect(() => {
    const media = matchMedia(QUERY)
    const changed = () => {
      narrow.value = media.matches
    }
    media.addEventListener('change', changed)
    return () => media.removeEventListener('change', changed)
  }, [])
  return narrow.value
}
