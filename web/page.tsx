import { useEffect } from 'preact/hooks'
import { NewPhones } from './fresh/new-phones.tsx'
import { t } from './i18n.ts'
import { Empty } from './kit/states.tsx'
import { MorePage } from './more.tsx'
import { Overview } from './overview.tsx'
import { part } from './part.tsx'
import { PhonePage } from './phone/phone.tsx'
import { AddPhone } from './phones/add.tsx'
import { PhonesPage } from './phones/phones.tsx'
import { PLACES } from './places.ts'
import { route } from './router.ts'
import { Shell } from './shell.tsx'

// What an installer needs first is there at once; the rest is fetched when somebody goes there.
const PeoplePage = part(async () => (await import('./people.tsx')).PeoplePage)
const FilesPage = part(async () => (await import('./files.tsx')).FilesPage)
const NetworkPage = part(async () => (await import('./network/network.tsx')).NetworkPage)
const SetupPage = part(async () => (await import('./setup/setup.tsx')).SetupPage)
const SettingsPage = part(async () => (await import('./settings/settings.tsx')).SettingsPage)
const TemplatesPage = part(async () => (await import('./templates/templates.tsx')).TemplatesPage)
const ActivityPage = part(async () => (await import('./activity/activity.tsx')).ActivityPage)
const ImportPage = part(async () => (await import('./activity/import.tsx')).ImportPage)
const SystemPage = part(async () => (await import('./system/system.tsx')).SystemPage)

export function Page() {
  return (
    <Shell>
      <Routed />
    </Shell>
  )
}

function Routed() {
  const [first, second, third] = route.value.path
  const title = titleOf(first)
  useEffect(() => {
    document.title = title === '' ? 'Branchline' : `${title} · Branchline`
  }, [title])
  if (first === undefined) return <Overview />
  if (first === 'phones')
    return second === undefined ? (
      <PhonesPage />
    ) : (
      <PhonePage key={second} mac={second.toLowerCase()} tab={third ?? 'journey'} />
    )
  if (first === 'new') return <NewPhones />
  if (first === 'add') return <AddPhone />
  if (first === 'people') return <PeoplePage />
  if (first === 'files') return <FilesPage />
  if (first === 'network') return <NetworkPage part={second} />
  if (first === 'setup') return <SetupPage step={second} />
  if (first === 'settings') return <SettingsPage kind={second} id={third} />
  if (first === 'templates') return <TemplatesPage vendor={second} file={third} />
  if (first === 'activity') return <ActivityPage />
  if (first === 'import') return <ImportPage />
  if (first === 'system') return <SystemPage tab={second} />
  if (first === 'more') return <MorePage />
  return (
    <>
      <h1>{t('There is no such page')}</h1>
      <Empty icon="warn">
        <a href="#/">{t('To the overview')}</a>
      </Empty>
    </>
  )
}

function titleOf(first: string | undefined): string {
  const titles: Readonly<Record<string, string>> = {
    add: t('Add a phone'),
    setup: t('First steps'),
    import: t('Import a list'),
    more: t('More'),
  }
  return titles[first ?? ''] ?? PLACES.find((it) => it.id !== '' && it.id === first)?.text() ?? ''
}
