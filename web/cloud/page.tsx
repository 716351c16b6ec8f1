import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from '../kit/icon.tsx'
import { Await, Empty } from '../kit/states.tsx'
import { part } from '../part.tsx'
import { go, to } from '../router.ts'
import { useAsked } from './asked.ts'
import { ChoosePage } from './choose.tsx'
import { followAccount } from './live.ts'
import { PLACES, shownPlaces } from './places.ts'
import { account, accountInAddress, at, enter, firstAccount, inside } from './session.ts'
import { CloudShell } from './shell.tsx'
import { SitesPage } from './sites.tsx'

// Where most people look first is there at once; the rest is fetched when somebody goes there.
const ClaimPage = part(async () => (await import('./claim.tsx')).ClaimPage)
const SitePage = part(async () => (await import('./site.tsx')).SitePage)
const DevicePage = part(async () => (await import('./device.tsx')).DevicePage)
const FleetPage = part(async () => (await import('./fleet.tsx')).FleetPage)
const AlertsPage = part(async () => (await import('./alerts.tsx')).AlertsPage)
const PeoplePage = part(async () => (await import('./people.tsx')).PeoplePage)
const ReportsPage = part(async () => (await import('./reports.tsx')).ReportsPage)
const AccountSettings = part(async () => (await import('./layers-page.tsx')).AccountSettings)
const Texts = part(async () => (await import('./texts.tsx')).Texts)
const AccountPage = part(async () => (await import('./account.tsx')).AccountPage)
const MePage = part(async () => (await import('./me.tsx')).MePage)
const FilesPage = part(async () => (await import('./files.tsx')).FilesPage)
const RolloutsPage = part(async () => (await import('./rollouts.tsx')).RolloutsPage)
const TokensPage = part(async () => (await import('./tokens.tsx')).TokensPage)
const AuditPage = part(async () => (await import('./audit.tsx')).AuditPage)
const CustomersPage = part(async () => (await import('./customers.tsx')).CustomersPage)

export function CloudPage() {
  const named = accountInAddress.value
  const first = inside.value[0] ?? ''
  const wanted = named ?? (first === 'choose' || first === 'me' ? undefined : firstAccount())
  useEffect(() => {
    if (named === undefined && first === '' && wanted !== undefined) go(to(wanted))
  }, [named, first, wanted])
  if (first === 'me')
    return (
      <CloudShell>
        <MePage />
      </CloudShell>
    )
  return <CloudShell>{wanted === undefined ? <ChoosePage /> : <InAccount key={wanted} id={wanted} />}</CloudShell>
}

function InAccount({ id }: { id: string }) {
  const asked = useAsked(id, async () => {
    await enter(id)
    return true
  })
  useEffect(() => followAccount(id), [id])
  return (
    <Await of={asked.of} again={asked.again} rows={6}>
      {() => (account.value?.id === id ? <Routed key={id} /> : null)}
    </Await>
  )
}

function Routed() {
  const [first = '', second, third, fourth] = inside.value
  const title = PLACES.find(({ id }) => id === (first === 'sites' ? '' : first))?.text() ?? ''
  useEffect(() => {
    document.title = title === '' ? 'Branchline' : `${title} · Branchline`
  }, [title])
  if (first === '') return <SitesPage />
  if (first === 'claim') return <ClaimPage />
  if (first === 'sites' && second !== undefined) {
    if (third === 'devices' && fourth !== undefined)
      return <DevicePage key={`${second} ${fourth}`} site={second} mac={fourth} />
    return <SitePage key={second} id={second} tab={third ?? 'state'} rest={inside.value.slice(3)} />
  }
  if (first === 'fleet') return <FleetPage />
  if (first === 'alerts') return <AlertsPage tab={second ?? 'open'} />
  if (first === 'customers') return <CustomersPage />
  if (first === 'settings') return <AccountSettings kind={second} id={third} />
  if (first === 'templates') return <Texts site={undefined} vendor={second} file={third} />
  if (first === 'account') return <AccountPage tab={second ?? 'about'} />
  if (first === 'people') return <PeoplePage />
  if (first === 'reports') return <ReportsPage />
  if (first === 'files') return <FilesPage />
  if (first === 'rollouts') return <RolloutsPage id={second} />
  if (first === 'tokens') return <TokensPage />
  if (first === 'audit') return <AuditPage />
  if (first === 'more') return <More />
  return (
    <>
      <h1>{t('There is no such page')}</h1>
      <Empty icon="warn">
        <a href={at()}>{t('To the sites')}</a>
      </Empty>
    </>
  )
}

/** Where a narrow screen has no room for in its bar. */
function More() {
  return (
    <>
      <h1>{t('More')}</h1>
      <ul class="cards more-places">
        {shownPlaces()
          .filter((it) => it.about)
          .map((it) => (
            <li key={it.id}>
              <a class="card" href={at(it.id)}>
                <Icon name={it.icon} />
                <span>
                  <strong>{it.text()}</strong>
                  <span class="quiet">{it.about?.()}</span>
                </span>
              </a>
            </li>
          ))}
      </ul>
    </>
  )
}
