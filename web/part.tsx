import { useSignal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { t } from './i18n.ts'
import { Skeleton } from './kit/states.tsx'

/** A page that is fetched when somebody first goes there: the first load stays small. */
export function part<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Part(props: Props) {
    const failed = useSignal(false)
    const here = useSignal(loaded !== undefined)
    useEffect(() => {
      if (loaded === undefined)
        load().then(
          (it) => {
            loaded = it
            here.value = true
          },
          () => {
            failed.value = true
          },
        )
    }, [])
    const Loaded = here.value ? loaded : undefined
    if (Loaded !== undefined) return <Loaded {...props} />
    if (!failed.value) return <Skeleton rows={5} />
    return (
      <div class="failed" role="alert">
        <p>{t('This part of the page could not be loaded. The box may have been updated meanwhile.')}</p>
        <button type="button" onClick={() => location.reload()}>
          {t('Load the page anew')}
        </button>
      </div>
    )
  }
}
