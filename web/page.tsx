import { useEffect } from 'preact/hooks'
import { FilesPage } from './files.tsx'
import { NewPhones } from './fresh/new-phones.tsx'
import { t } from './i18n.ts'
import { Empty } from './kit/states.tsx'
import { NetworkPage } from './network.tsx'
import { Overview } from './overview.tsx'
import { PeoplePage } from './people.tsx'
import { PhonePage } from './phone/phone.tsx'
import { AddPhone } from './phones/add.tsx'
import { PhonesPage } from './phones/phones.tsx'
import { route } from './router.ts'
import { Shell } from './shell.tsx'

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
  if (first === 'network') return <NetworkPage />
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
    phones: t('Phones'),
    new: t('New phones'),
    add: t('Add a phone'),
    people: t('People'),
    files: t('Files and firmware'),
    network: t('Network'),
  }
  return titles[first ?? ''] ?? ''
}
