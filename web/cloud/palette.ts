import { api } from '../api.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { type Entry, fitting, lookEntries } from '../kit/palette.tsx'
import { openShortcuts } from '../kit/shortcuts.tsx'
import { toast } from '../kit/toast.tsx'
import { go, to } from '../router.ts'
import { tried } from '../tried.ts'
import { asked } from './job.ts'
import { shownPlaces } from './places.ts'
import { account, at, atLeast, path, who } from './session.ts'
import type { FleetDevice, FleetSite } from './types.ts'

const MOST = 14
const MOST_PHONES = 8
/** Fewer letters name too much to ask for. */
const LETTERS = 2

/** What fits what was typed: phones and sites first, then pages and commands. */
export async function entries(text: string): Promise<readonly Entry[]> {
  const typed = text.trim()
  const fits = fitting(text)
  const rest = [...pages(), ...accounts(), ...commands()].filter((it) => fits(it.text, it.note))
  if (account.value === undefined) return rest.slice(0, MOST)
  const [places, phones] = await Promise.all([sites(), typed.length < LETTERS ? [] : phonesFor(typed)])
  const found = places.filter((it) => fits(it.text, it.note))
  const [one, two] = phones
  const again = one !== undefined && two === undefined ? one.commands : []
  const list = phones.map(({ entry }) => entry)
  return (typed === '' ? [...rest, ...found] : [...list, ...again, ...found.slice(0, 6), ...rest]).slice(0, MOST)
}

function pages(): readonly Entry[] {
  if (account.value === undefined) return []
  const note = t('Page')
  return shownPlaces().map((it) => ({ key: `page ${it.id}`, text: it.text(), note, value: () => go(at(it.id)) }))
}

/** Other accounts of this person. */
function accounts(): readonly Entry[] {
  return (who.value?.accounts ?? [])
    .filter(({ id, closed }) => !closed && id !== account.value?.id)
    .map(({ id, name }) => ({ key: `account ${id}`, text: name, note: t('Account'), value: () => go(to(id)) }))
}

let known: { readonly of: string; readonly at: number; readonly sites: readonly FleetSite[] } | undefined
const FRESH_MS = 30_000

/** Sites with their parts; asked for once while somebody types. */
async function sites(): Promise<readonly Entry[]> {
  const of = account.value?.id ?? ''
  if (known?.of !== of || known.at < Date.now() - FRESH_MS)
    known = { of, at: Date.now(), sites: (await api<{ sites: readonly FleetSite[] }>(path('fleet', 'sites'))).sites }
  const parts: readonly (readonly [string, string])[] = [
    ['', t('Site')],
    ['settings', t('Settings')],
    ['networks', t('Networks')],
    ['people', t('Directory')],
    ['templates', t('Templates')],
    ['box', t('Box')],
    ['conflicts', t('Conflicts')],
  ]
  return parts.flatMap(([part, note]) =>
    (known?.sites ?? []).map(({ siteId, name }) => ({
      ...{ key: `site ${siteId} ${part}`, text: name, note },
      value: () => go(part === '' ? at('sites', siteId) : at('sites', siteId, part)),
    })),
  )
}

interface Phone {
  readonly entry: Entry
  readonly commands: readonly Entry[]
}

async function phonesFor(text: string): Promise<readonly Phone[]> {
  const query = new URLSearchParams({ text, limit: String(MOST_PHONES) })
  const { devices } = await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${query}`)
  return devices.map(phoneOf)
}

function phoneOf({ siteId, mac, name, vendor, model, extension }: FleetDevice): Phone {
  const text = name || mac
  const what = whatOf({ vendor: vendor ?? undefined, model: model ?? undefined })
  const go_ = (tab: string) => () => go(at('sites', siteId, 'devices', mac, tab))
  const note = t('Command')
  const again = () =>
    tried(t('{name} was not told', { name: text }), async () => {
      await asked(siteId, { kind: 'refetch', macs: [mac] }, 'act')
      toast(t('It has fetched again.'))
    })
  return {
    entry: { key: `${siteId} ${mac}`, text, note: [extension, what].filter(Boolean).join(' · '), value: go_('state') },
    commands: [
      ...(atLeast('installer')
        ? [{ key: 'again', text: t('Fetch again: {name}', { name: text }), note, value: () => void again() }]
        : []),
      { key: 'keys', text: t('Keys: {name}', { name: text }), note, value: go_('keys') },
      { key: 'settings', text: t('Settings: {name}', { name: text }), note, value: go_('settings') },
    ],
  }
}

function commands(): readonly Entry[] {
  const note = t('Command')
  const inAccount = account.value !== undefined
  return [
    ...(inAccount && atLeast('installer')
      ? [{ key: 'claim', text: t('Claim a box'), note, value: () => go(at('claim')) }]
      : []),
    ...(inAccount
      ? [{ key: 'trouble', text: t('Phones in trouble'), note, value: () => go(`${at('fleet')}?verdict=trouble`) }]
      : []),
    { key: 'me', text: t('Your sign-in'), note, value: () => go('#/me') },
    { key: 'choose', text: t('Choose an account'), note, value: () => go('#/choose') },
    { key: 'keyboard', text: t('Keys'), note, value: openShortcuts },
    ...lookEntries(),
  ]
}
