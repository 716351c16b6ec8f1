import type { ComponentChildren } from 'preact'
import type { VersionRow } from '../../services/admin/schema-templates.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Difference } from '../kit/difference.tsx'
import { Ago } from '../kit/states.tsx'

/** What a text was at one moment. */
export interface SeenVersion {
  readonly seq: number
  readonly text: string
}

/** The versions of an own text, the newest first. `byOf`: who made one, where that is known. */
export function VersionList(props: {
  versions: readonly VersionRow[]
  byOf?: (one: VersionRow) => string
  look: (seq: number) => Promise<unknown>
}) {
  return (
    <ol class="history card">
      {[...props.versions].reverse().map((one) => (
        <li key={one.seq}>
          <span>
            {one.did === 'removed' ? t('Taken away') : one.did === 'made' ? t('First written') : t('Changed')}{' '}
            <span class="quiet">
              {props.byOf && `${props.byOf(one)}, `}
              <Ago at={one.at} />
            </span>
          </span>
          {one.did !== 'removed' && (
            <button type="button" onClick={() => void props.look(one.seq)}>
              {t('Look at it')} <span class="unseen">{one.seq}</span>
            </button>
          )}
        </li>
      ))}
    </ol>
  )
}

/** One version beside what is in the editor, and what can be done with it. */
export function VersionShown(props: {
  seen: SeenVersion
  now: string
  close: () => void
  children: ComponentChildren
}) {
  const { seen, now } = props
  return (
    <Dialog title={t('Version {n}', { n: seen.seq })} wide close={props.close}>
      {seen.text === now ? (
        <p>{t('The same as in the editor.')}</p>
      ) : (
        <Difference name={t('From this version to the editor')} before={seen.text} after={now} />
      )}
      {props.children}
    </Dialog>
  )
}
