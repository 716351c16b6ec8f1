import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Await, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { kindWord } from './choose.tsx'
import { atLeast, path } from './session.ts'
import type { Account } from './types.ts'

/** Closing an account below this one, and opening one that is closed again. */
export function CustomerDoors({ changed }: { changed: () => void }) {
  const list = useAsked('', async () => (await api<{ accounts: readonly Account[] }>(path('customers'))).accounts)
  const act = (one: Account, verb: 'close' | 'reopen') =>
    tried(t('It was not changed'), async () => {
      await api(path('customers', one.id, verb), { method: 'POST' })
      toast(
        verb === 'close' ? t('{name} is closed.', { name: one.name }) : t('{name} is open again.', { name: one.name }),
      )
      list.again()
      changed()
    })
  const close = async (one: Account) => {
    const yes = await confirmed({
      title: t('Close {name}?', { name: one.name }),
      consequences: [
        t('Nobody of it gets in any more, and its API tokens are turned away.'),
        t('Its boxes go on serving their phones. It can be opened again.'),
      ],
      action: t('Close it'),
      danger: true,
    })
    if (yes) await act(one, 'close')
  }
  if (!atLeast('admin')) return null
  return (
    <Await of={list.of} again={list.again} rows={1}>
      {(accounts: readonly Account[]) =>
        accounts.length > 0 && (
          <Section id="doors" title={t('Open and closed')}>
            <ul class="card history">
              {accounts.map((one) => (
                <li key={one.id}>
                  <span>
                    <span dir="auto">{one.name}</span> <span class="tag">{kindWord(one.kind)}</span>{' '}
                    {one.closed && <span class="badge trouble">{t('closed')}</span>}
                  </span>
                  {one.closed ? (
                    <button type="button" onClick={() => void act(one, 'reopen')}>
                      {t('Open it again')} <span class="unseen">{one.name}</span>
                    </button>
                  ) : (
                    <button type="button" onClick={() => void close(one)}>
                      {t('Close it')} <span class="unseen">{one.name}</span>
                    </button>
                  )}
                </li>
              ))}
            </ul>
          </Section>
        )
      }
    </Await>
  )
}
