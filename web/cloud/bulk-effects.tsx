import { valueText } from '../format.ts'
import { plural, t } from '../i18n.ts'
import { ScrollBox } from '../kit/scroll-box.tsx'
import { Said } from '../kit/states.tsx'
import type { BulkPreview } from './types.ts'

type Effect = BulkPreview['effects'][number]

/** What an edit would change on which phones, as the account worked it out; nothing is written yet. */
export function BulkEffects(props: {
  it: BulkPreview
  patch: Readonly<Record<string, unknown>>
  names: ReadonlyMap<string, string>
}) {
  const { it, patch, names } = props
  return (
    <>
      <p role="status">
        {plural('{n} phone was looked at|{n} phones were looked at', it.looked)};{' '}
        {plural('for {n} of them something changes|for {n} of them something changes', it.affected)},{' '}
        {plural('at {n} site|at {n} sites', it.sites)}.
      </p>
      {it.faulty > 0 && (
        <div class="failed" role="alert">
          <p>{t('Some cannot be changed so. Nothing is changed while there is one of them:')}</p>
          <ul>
            {it.faults.map((fault) => (
              <li key={`${fault.siteId} ${fault.record} ${fault.message}`}>
                <span dir="auto">{names.get(fault.siteId)}</span> <code>{fault.record}</code>{' '}
                <Said>{fault.message}</Said>
              </li>
            ))}
          </ul>
        </div>
      )}
      {it.records === 0 && it.faulty === 0 && (
        <p class="quiet">{t('Nothing would change: all of it is so already.')}</p>
      )}
      {it.effects.length > 0 && (
        <ScrollBox class="effect-list" label={t('What changes')}>
          <ul class="history">
            {it.effects.map((effect) => (
              <li key={`${effect.siteId} ${effect.mac}`}>
                <span>
                  <strong dir="auto">{effect.name || effect.mac}</strong>{' '}
                  <span class="quiet" dir="auto">
                    {names.get(effect.siteId)}
                  </span>
                </span>
                <Changes effect={effect} patch={patch} />
              </li>
            ))}
          </ul>
        </ScrollBox>
      )}
      {it.affected > it.effects.length && (
        <p class="quiet">{t('and {n} more', { n: it.affected - it.effects.length })}</p>
      )}
    </>
  )
}

function Changes({ effect, patch }: { effect: Effect; patch: Readonly<Record<string, unknown>> }) {
  return (
    <span class="effect-changes">
      {effect.fields.map((field) => (
        <span key={field} class="from-to">
          <code>{field}</code> <ins>{patch[field] === null ? t('none') : valueText(patch[field])}</ins>
        </span>
      ))}
      {effect.changes.map((change) => (
        <span key={`${change.what} ${change.name}`} class="from-to">
          <code>{change.name}</code>{' '}
          {change.secret ? (
            <span class="quiet">{t('another secret')}</span>
          ) : (
            <>
              <del>{change.before === undefined ? t('left to the phone') : valueText(change.before)}</del>{' '}
              <ins>{change.after === undefined ? t('left to the phone') : valueText(change.after)}</ins>
            </>
          )}
        </span>
      ))}
    </span>
  )
}
