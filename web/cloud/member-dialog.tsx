import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { toast } from '../kit/toast.tsx'
import { useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { RoleFields } from './role-fields.tsx'
import { path } from './session.ts'
import type { InvitationMade, Member, Role } from './types.ts'

/** Invites somebody, or gives a person another role or other sites. */
export function MemberDialog({ member, close }: { member: Member | undefined; close: () => void }) {
  const email = useSignal('')
  const role = useSignal<Role>(member?.role ?? 'installer')
  const sites = useSignal<readonly string[]>(member?.sites ?? [])
  const made = useSignal<InvitationMade | undefined>(undefined)
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const given = { role: role.value, sites: sites.value }
    if (member !== undefined) {
      if (!(await run(() => api(path('people', member.personId), { method: 'PUT', body: given })))) return
      toast(t('Saved.'))
      return close()
    }
    const body = { ...given, email: email.value.trim() }
    const invitation = await run(() => api<InvitationMade>(path('invitations'), { method: 'POST', body }))
    if (invitation?.mail === 'sent') {
      toast(t('The invitation is sent.'))
      return close()
    }
    made.value = invitation
  }
  if (made.value)
    return (
      <Dialog title={t('Invitation')} close={close}>
        <p>{t('No mail was sent. Hand this link over; it works once, for seven days:')}</p>
        <CodeBox label={t('Link')} text={made.value.link ?? ''} />
        <div class="buttons end">
          <button type="button" class="primary" onClick={close}>
            {t('Done')}
          </button>
        </div>
      </Dialog>
    )
  const title = member === undefined ? t('Invite somebody') : t('Role of {name}', { name: member.name })
  return (
    <Dialog title={title} close={close}>
      <form class="form" aria-label={title} onSubmit={(event) => void send(event)}>
        {member === undefined && (
          <TextField
            label={t('E-mail address')}
            value={email.value}
            change={(text) => {
              email.value = text
            }}
            fault={faultAt('email')}
            required
            autofocus
          />
        )}
        <RoleFields role={role} sites={sites} />
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={busy.value}>
            {member === undefined ? t('Invite') : t('Save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
