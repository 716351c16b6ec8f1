import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { AccountView } from '../../services/admin/schema-accounts.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { roleWord, session } from '../session.ts'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { AccountDialog, PasswordDialog } from './account-dialog.tsx'
import { passwordAgain } from './fresh.tsx'

/** Who may sign in, and as what. */
export function AccountsTab() {
  const accounts = useSignal<Loaded<readonly AccountView[]>>({ kind: 'loading' })
  const open = useSignal<AccountView | 'new' | undefined>(undefined)
  const reset = useSignal<string | undefined>(undefined)
  const ask = () => void load(accounts, async () => (await api<{ accounts: AccountView[] }>('/accounts')).accounts)
  useEffect(ask, [])
  /** Changes of accounts ask for the password once more. */
  const guarded = (run: () => void) => void passwordAgain().then((yes) => yes && run())
  const path = (name: string) => `/accounts/${encodeURIComponent(name)}`
  const remove = async (it: AccountView) => {
    const yes = await confirmed({
      title: t('Remove {name}?', { name: it.name }),
      consequences: [t('The account, its sessions and its tokens end at once.'), t('What it changed stays.')],
      action: t('Remove'),
      danger: true,
    })
    if (!yes || !(await passwordAgain())) return
    await tried(t('{name} was not removed', { name: it.name }), async () => {
      await api(path(it.name), { method: 'DELETE' })
      ask()
    })
  }
  const endSessions = (it: AccountView) =>
    tried(t('They were not ended'), async () => {
      await api(`${path(it.name)}/sessions`, { method: 'DELETE' })
      toast(t('{name} is signed out everywhere.', { name: it.name }))
    })
  if (session.value.state === 'open')
    return (
      <Empty icon="people">
        <p>{t('Nobody has an account yet.')}</p>
        <p>
          <a href="#/setup/account">{t('Make the first account')}</a>
        </p>
      </Empty>
    )
  return (
    <Section
      id="accounts"
      title={t('Accounts')}
      action={
        <button
          type="button"
          class="primary"
          onClick={() =>
            guarded(() => {
              open.value = 'new'
            })
          }
        >
          {t('Add an account')}
        </button>
      }
    >
      <Await of={accounts.value} again={ask}>
        {(list: readonly AccountView[]) => (
          <ul class="cards">
            {list.map((it) => {
              const own = it.name === session.value.account
              return (
                <li key={it.name} class="card">
                  <div class="need-who">
                    <span>
                      <strong dir="auto">{it.name}</strong> <span class="tag">{roleWord(it.role)}</span>
                    </span>
                    {it.disabled && <span class="badge off">{t('Switched off')}</span>}
                  </div>
                  <p class="quiet facts">
                    <span>
                      {it.signedInAt === undefined ? (
                        t('never signed in')
                      ) : (
                        <>
                          {t('signed in')} <Ago at={it.signedInAt} />
                        </>
                      )}
                    </span>
                    <span>{it.totp ? t('with a second factor') : t('without a second factor')}</span>
                    <span>{t('made by {name}', { name: it.createdBy })}</span>
                  </p>
                  {!own && (
                    <div class="buttons">
                      <button
                        type="button"
                        onClick={() =>
                          guarded(() => {
                            open.value = it
                          })
                        }
                      >
                        {t('Change')} <span class="unseen">{it.name}</span>
                      </button>
                      <button
                        type="button"
                        onClick={() =>
                          guarded(() => {
                            reset.value = it.name
                          })
                        }
                      >
                        {t('New password')} <span class="unseen">{it.name}</span>
                      </button>
                      <button type="button" onClick={() => guarded(() => void endSessions(it))}>
                        {t('Sign out')} <span class="unseen">{it.name}</span>
                      </button>
                      <button type="button" onClick={() => void remove(it)}>
                        {t('Remove')} <span class="unseen">{it.name}</span>
                      </button>
                    </div>
                  )}
                </li>
              )
            })}
          </ul>
        )}
      </Await>
      {open.value && (
        <AccountDialog
          account={open.value === 'new' ? undefined : open.value}
          close={() => {
            open.value = undefined
            ask()
          }}
        />
      )}
      {reset.value && (
        <PasswordDialog
          name={reset.value}
          close={() => {
            reset.value = undefined
            ask()
          }}
        />
      )}
    </Section>
  )
}
