import { t } from '../i18n.ts'
import { Empty, NotAllowed } from '../kit/states.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { to } from '../router.ts'
import { may, session } from '../session.ts'
import { AccountTab } from './account-tab.tsx'
import { AccountsTab } from './accounts-tab.tsx'
import { BackupTab } from './backup-tab.tsx'
import { CloudTab } from './cloud-tab.tsx'
import { DiagnosisTab } from './diagnosis-tab.tsx'
import { PasswordQuestion } from './fresh.tsx'
import { LogsTab } from './logs-tab.tsx'
import { TrustTab } from './trust-tab.tsx'
import { UpdateTab } from './update-tab.tsx'

/** The box itself: who may come in, how browsers trust it, the central account, and what is the matter with it. */
export function SystemPage({ tab }: { tab: string | undefined }) {
  const signedIn = session.value.account !== undefined
  const tabs = [
    { id: 'account', text: t('Your account') },
    ...(may('accounts')
      ? [
          { id: 'accounts', text: t('Accounts') },
          { id: 'trust', text: t('Trust') },
        ]
      : []),
    { id: 'cloud', text: t('Central account') },
    ...(may('site') ? [{ id: 'backup', text: t('Backup and restore') }] : []),
    { id: 'update', text: t('Update') },
    ...(may('site') ? [{ id: 'logs', text: t('Log') }] : []),
    { id: 'diagnosis', text: t('Diagnosis') },
  ]
  const at = tab ?? (signedIn ? 'account' : 'diagnosis')
  return (
    <>
      <h1>{t('System')}</h1>
      <Tabs label={t('Parts of the system')} tabs={tabs.map((it) => ({ ...it, href: to('system', it.id) }))} at={at} />
      <At tab={at} />
      <PasswordQuestion />
    </>
  )
}

function At({ tab }: { tab: string }) {
  if (tab === 'account')
    return session.value.account === undefined ? (
      <Empty icon="person">
        <p>{t('Nobody has to sign in here yet: the page is open to everybody at this machine.')}</p>
        <p>
          <a href={to('setup', 'account')}>{t('Make the first account')}</a>
        </p>
      </Empty>
    ) : (
      <AccountTab />
    )
  if (tab === 'accounts') return may('accounts') ? <AccountsTab /> : <NotAllowed />
  if (tab === 'trust') return may('accounts') ? <TrustTab /> : <NotAllowed />
  if (tab === 'cloud') return <CloudTab />
  if (tab === 'backup') return may('site') ? <BackupTab /> : <NotAllowed />
  if (tab === 'update') return <UpdateTab />
  if (tab === 'logs') return may('site') ? <LogsTab /> : <NotAllowed />
  return <DiagnosisTab />
}
