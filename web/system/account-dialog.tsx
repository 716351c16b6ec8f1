import { useSignal } from '@preact/signals'
import type { AccountView } from '../../services/admin/schema-accounts.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { toast } from '../kit/toast.tsx'
import { roleWord } from '../session.ts'
import { faultsOf } from '../state.ts'

type Role = AccountView['role']
const ROLES: readonly Role[] = ['viewer', 'installer', 'admin', 'owner']

function roleHelp(role: Role): string {
  return {
    viewer: t('Sees everything but secrets and PINs.'),
    installer: t('Also: phones, people, replacing, fetching again.'),
    admin: t('Also: settings, network, files, firmware, templates.'),
    owner: t('Also: accounts, tokens of everybody, and secrets.'),
  }[role]
}

/** A new account, or another role for one. */
export function AccountDialog({ account, close }: { account: AccountView | undefined; close: () => void }) {
  const name = useSignal('')
  const role = useSignal<Role>(account?.role ?? 'installer')
  const password = useSignal('')
  const disabled = useSignal(account?.disabled ?? false)
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const title = account === undefined ? t('Add an account') : t('Account {name}', { name: account.name })
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    try {
      if (account === undefined) {
        const body = { name: name.value.trim(), role: role.value, password: password.value }
        await api('/accounts', { method: 'POST', body })
        toast(t('{name} may sign in now.', { name: body.name }))
      } else {
        const body = { role: role.value, disabled: disabled.value }
        await api(`/accounts/${encodeURIComponent(account.name)}`, { method: 'PATCH', body })
      }
      close()
    } catch (error) {
      failed.value = faultsOf(error)
    }
  }
  return (
    <Dialog title={title} close={close}>
      <form class="stacked" onSubmit={(event) => void send(event)} aria-label={title}>
        {account === undefined && (
          <TextField
            label={t('Name')}
            value={name.value}
            autofocus
            change={(value) => {
              name.value = value
            }}
          />
        )}
        <SelectField
          label={t('Role')}
          hint={roleHelp(role.value)}
          value={role.value}
          change={(value) => {
            role.value = value as Role
          }}
          choices={ROLES.map((value) => ({ value, text: roleWord(value) }))}
        />
        {account === undefined ? (
          <TextField
            label={t('Password')}
            type="password"
            name="new-password"
            hint={t('At least 10 characters. They can change it themselves.')}
            value={password.value}
            change={(value) => {
              password.value = value
            }}
          />
        ) : (
          <Check
            label={t('Switched off: may not sign in')}
            checked={disabled.value}
            change={(on) => {
              disabled.value = on
            }}
          />
        )}
        <Failed text={failed.value?.text} />
        <Buttons close={close} action={account === undefined ? t('Add') : t('Save')} />
      </form>
    </Dialog>
  )
}

/** A new password for somebody who lost theirs. */
export function PasswordDialog({ name, close }: { name: string; close: () => void }) {
  const password = useSignal('')
  const failed = useSignal<string | undefined>(undefined)
  const title = t('New password for {name}', { name })
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    try {
      const body = { password: password.value }
      await api(`/accounts/${encodeURIComponent(name)}/password`, { method: 'PUT', body })
      toast(t('{name} has a new password.', { name }))
      close()
    } catch (error) {
      failed.value = faultsOf(error).text
    }
  }
  return (
    <Dialog title={title} close={close}>
      <p>{t('Sessions, tokens and the second factor of the account end.')}</p>
      <form class="stacked" onSubmit={(event) => void send(event)} aria-label={title}>
        <TextField
          label={t('Password')}
          type="password"
          name="new-password"
          autofocus
          hint={t('At least 10 characters.')}
          value={password.value}
          change={(value) => {
            password.value = value
          }}
        />
        <Failed text={failed.value} />
        <Buttons close={close} action={t('Save')} />
      </form>
    </Dialog>
  )
}

function Failed({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p class="failed" role="alert">
      {text}
    </p>
  )
}

function Buttons({ close, action }: { close: () => void; action: string }) {
  return (
    <div class="buttons end">
      <button type="button" onClick={close}>
        {t('Cancel')}
      </button>
      <button type="submit" class="primary">
        {action}
      </button>
    </div>
  )
}
