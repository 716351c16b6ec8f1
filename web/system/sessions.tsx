import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { SessionView } from '../../services/admin/schema-accounts.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Ago, Await, Said, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'

/** An account tells which of them is this one. */
type Session = Pick<SessionView, 'id' | 'agent' | 'address' | 'seenAt'> & { readonly current?: boolean }

/** Every browser in which this person is signed in. */
export function Sessions() {
  const sessions = useSignal<Loaded<readonly Session[]>>({ kind: 'loading' })
  const ask = () => void load(sessions, async () => (await api<{ sessions: Session[] }>('/me/sessions')).sessions)
  useEffect(ask, [])
  const end = (id: string) =>
    tried(t('It was not ended'), async () => {
      await api(`/me/sessions/${encodeURIComponent(id)}`, { method: 'DELETE' })
      ask()
    })
  const endOthers = () =>
    tried(t('They were not ended'), async () => {
      const { ended } = await api<{ ended: number }>('/me/sessions', { method: 'DELETE' })
      toast(plural('{n} session is ended.|{n} sessions are ended.', ended))
      ask()
    })
  return (
    <Section
      id="sessions"
      title={t('Where you are signed in')}
      action={
        <button type="button" onClick={() => void endOthers()}>
          {t('Sign out everywhere else')}
        </button>
      }
    >
      <Await of={sessions.value} again={ask}>
        {(list: readonly Session[]) => (
          <ul class="files card">
            {list.map((one) => (
              <li key={one.id}>
                <span class="grow">
                  <Said>{browserOf(one.agent)}</Said> {one.current && <span class="tag ours">{t('this one')}</span>}{' '}
                  <span class="quiet">{one.address}</span>
                </span>
                <span class="quiet">
                  {t('last used')} <Ago at={one.seenAt} />
                </span>
                <button
                  type="button"
                  aria-label={t('Sign out {address}', { address: one.address })}
                  onClick={() => void end(one.id)}
                >
                  {t('Sign out')}
                </button>
              </li>
            ))}
          </ul>
        )}
      </Await>
    </Section>
  )
}

/** What people would call the browser; the whole text says more than anybody reads. */
function browserOf(agent: string): string {
  const name = /(Edg|OPR|Firefox|Chrome|Safari)\/(\d+)/.exec(agent)
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1]
  if (name === null) return agent.slice(0, 60)
  return [{ Edg: 'Edge', OPR: 'Opera' }[name[1] ?? ''] ?? name[1], name[2], system && `· ${system}`]
    .filter(Boolean)
    .join(' ')
}
