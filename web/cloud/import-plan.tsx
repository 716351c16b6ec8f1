import { t } from '../i18n.ts'
import { Said } from '../kit/states.tsx'

interface Fault {
  readonly path: string
  readonly message: string
}
export interface ImportResult {
  readonly dryRun: boolean
  readonly places: readonly {
    readonly siteId: string | null
    readonly name: string
    readonly action: 'create' | 'update' | 'keep' | 'refused'
    readonly added: number
    readonly replaced: number
    readonly same: number
    readonly faults: readonly Fault[]
    readonly done: boolean
  }[]
  readonly faults: readonly Fault[]
  readonly leftOut: readonly { readonly what: string; readonly why: string }[]
}

/** What came of each place of a file, or would. */
export function ImportPlan({ it }: { it: ImportResult }) {
  return (
    <div class="outcome" role="status">
      {it.faults.length > 0 && (
        <div class="failed" role="alert">
          <p>{t('Nothing of the file can be used:')}</p>
          <Faults of={it.faults} />
        </div>
      )}
      {it.places.length > 0 && (
        <ul class="card history">
          {it.places.map((place) => (
            <li key={place.siteId ?? ''}>
              <span>
                <strong dir="auto">{place.siteId === null ? t('The account itself') : place.name}</strong>{' '}
                <span class={`badge ${toneOf(place.action)}`}>{actionWord(place.action, it.dryRun)}</span>
                <Faults of={place.faults} />
              </span>
              <span class="quiet">
                {t('{added} new, {replaced} replaced, {same} the same', {
                  ...{ added: place.added, replaced: place.replaced, same: place.same },
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
      {it.leftOut.length > 0 && (
        <details>
          <summary>{t('Left out: {n}', { n: it.leftOut.length })}</summary>
          <ul class="history card">
            {it.leftOut.map((one) => (
              <li key={`${one.what} ${one.why}`}>
                <Said>{one.what}</Said> <Said class="quiet">{one.why}</Said>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Faults({ of }: { of: readonly Fault[] }) {
  if (of.length === 0) return null
  return (
    <ul>
      {of.slice(0, 20).map((fault) => (
        <li key={`${fault.path} ${fault.message}`} class="fault">
          <code>{fault.path}</code> <Said>{fault.message}</Said>
        </li>
      ))}
    </ul>
  )
}

type Action = ImportResult['places'][number]['action']

function toneOf(action: Action): string {
  return { create: 'under-way', update: 'under-way', keep: 'configured', refused: 'trouble' }[action]
}

function actionWord(action: Action, dryRun: boolean): string {
  if (dryRun)
    return {
      create: t('would be made'),
      update: t('would be changed'),
      keep: t('is so already'),
      refused: t('does not fit'),
    }[action]
  return { create: t('is made'), update: t('is changed'), keep: t('is so already'), refused: t('does not fit') }[action]
}
