import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { t } from '../i18n.ts'
import { Copied } from '../kit/copied.tsx'
import { Qr } from '../kit/qr.tsx'
import { Ago, Said } from '../kit/states.tsx'

/** Whether the box belongs to a central account, and what to type there so that it does. */
export function CloudCard({ it }: { it: CloudView }) {
  if (it.state === 'off')
    return (
      <div class="card">
        <p>{t('This box works alone. Everything that its phones need is in it.')}</p>
      </div>
    )
  return (
    <div class="card cloud">
      <dl class="pairs">
        <dt>{t('Central account')}</dt>
        <dd>
          <code>{it.url}</code>
        </dd>
        <dt>{t('State')}</dt>
        <dd>
          {it.state === 'unclaimed'
            ? t('waits to be taken in')
            : it.state === 'claimed'
              ? t('belongs to {name}', { name: it.orgName })
              : it.state === 'already-claimed'
                ? t('somebody has it already: remove it there first')
                : it.state === 'revoked'
                  ? t('was put out by its account')
                  : t('has left its account')}
        </dd>
        {'phrase' in it && (
          <>
            <dt>{t('Phrase')}</dt>
            <dd>
              <strong class="phrase">{it.phrase}</strong>
              <p class="hint">{t('The account shows the same three words, or it is not this box.')}</p>
            </dd>
          </>
        )}
        {it.state === 'unclaimed' && it.code !== undefined && (
          <>
            <dt>{t('Code')}</dt>
            <dd>
              <strong class="code-big">{it.code}</strong>
            </dd>
          </>
        )}
        {it.state === 'unclaimed' && it.claimPage !== undefined && (
          <>
            <dt>{t('Type it in at')}</dt>
            <dd>
              <Copied text={it.claimPage} />
            </dd>
          </>
        )}
        {it.state === 'claimed' && (
          <>
            <dt>{t('Since')}</dt>
            <dd>
              <Ago at={it.claimedAt} />
            </dd>
          </>
        )}
      </dl>
      {it.state === 'unclaimed' && it.qr !== undefined && it.claimUrl !== undefined && (
        <Qr svg={it.qr} text={it.claimUrl} />
      )}
      {'unreachable' in it && it.unreachable && (
        <p class="held card">
          {t('The account cannot be reached now: {reason}. Phones are served all the same.', {
            reason: it.unreachable.reason,
          })}{' '}
          <Ago at={it.unreachable.since} />
        </p>
      )}
      {'problem' in it && it.problem !== undefined && (
        <p class="failed">
          <Said>{it.problem}</Said>
        </p>
      )}
    </div>
  )
}
