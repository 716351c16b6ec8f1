import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { plural, t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Await, Empty, Section } from '../kit/states.tsx'
import { roleWord } from '../session.ts'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { MemberDialog } from './member-dialog.tsx'
import { path, who } from './session.ts'
import type { Invitation, Member } from './types.ts'

/** Who may do what in the account, and invitations that nobody has taken yet. */
export function PeoplePage() {
  const people = useAsked('', async () => (await api<{ people: readonly Member[] }>(path('people'))).people)
  const invited = useAsked('', async () => {
    return (await api<{ invitations: readonly Invitation[] }>(path('invitations'))).invitations
  })
  const open = useSignal<Member | 'new' | undefined>(undefined)
  const remove = async (one: Member) => {
    const consequences = [t('They see nothing of this account any more, at once.')]
    const title = t('Remove {name}?', { name: one.name })
    if (!(await confirmed({ title, consequences, action: t('Remove'), danger: true }))) return
    await tried(t('{name} was not removed', { name: one.name }), async () => {
      await api(path('people', one.personId), { method: 'DELETE' })
      people.again()
    })
  }
  const takeBack = (one: Invitation) =>
    tried(t('It was not taken back'), async () => {
      await api(path('invitations', one.id), { method: 'DELETE' })
      invited.again()
    })
  return (
    <>
      <div class="page-head">
        <h1>{t('People and roles')}</h1>
        <button
          type="button"
          class="primary"
          onClick={() => {
            open.value = 'new'
          }}
        >
          {t('Invite somebody')}
        </button>
      </div>
      <Await of={people.of} again={people.again} rows={4}>
        {(list: readonly Member[]) => (
          <ul class="card history">
            {list.map((one) => (
              <li key={one.personId}>
                <span>
                  <strong dir="auto">{one.name}</strong> <span class="tag">{roleWord(one.role)}</span>
                  {one.sites.length > 0 && <span class="quiet"> {plural('{n} site|{n} sites', one.sites.length)}</span>}
                  <span class="quiet block">{one.email}</span>
                </span>
                <span class="buttons">
                  <button
                    type="button"
                    aria-label={`${t('Change')}: ${one.name}`}
                    onClick={() => {
                      open.value = one
                    }}
                  >
                    {t('Change')}
                  </button>
                  {one.personId !== who.value?.me.id && (
                    <button type="button" aria-label={`${t('Remove')}: ${one.name}`} onClick={() => void remove(one)}>
                      {t('Remove')}
                    </button>
                  )}
                </span>
              </li>
            ))}
          </ul>
        )}
      </Await>
      <Section id="invitations" title={t('Invitations')}>
        <Await of={invited.of} again={invited.again}>
          {(list: readonly Invitation[]) =>
            list.length === 0 ? (
              <Empty icon="told">{t('No invitation is open.')}</Empty>
            ) : (
              <ul class="card history">
                {list.map((one) => (
                  <li key={one.id}>
                    <span>
                      <span dir="auto">{one.email}</span> <span class="tag">{roleWord(one.role)}</span>
                      <span class="quiet block">{t('until {when}', { when: fullTime(one.endsAt) })}</span>
                    </span>
                    <button
                      type="button"
                      aria-label={`${t('Take it back')}: ${one.email ?? ''}`}
                      onClick={() => void takeBack(one)}
                    >
                      {t('Take it back')}
                    </button>
                  </li>
                ))}
              </ul>
            )
          }
        </Await>
      </Section>
      {open.value && (
        <MemberDialog
          member={open.value === 'new' ? undefined : open.value}
          close={() => {
            open.value = undefined
            people.again()
            invited.again()
          }}
        />
      )}
    </>
  )
}
