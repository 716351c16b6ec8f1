import { useEffect, useMemo } from 'preact/hooks'
import type { DeviceView, ExplainView } from '../../services/admin/schema.ts'
import { api } from '../api.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Editable } from '../kit/editable.tsx'
import { Await } from '../kit/states.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { toast } from '../kit/toast.tsx'
import { part } from '../part.tsx'
import type { Desk } from '../phone/desk.ts'
import { LinesTab } from '../phone/lines-tab.tsx'
import { SaveBar } from '../phone/save-bar.tsx'
import { go } from '../router.ts'
import { may } from '../session.ts'
import { tried } from '../tried.ts'
import { askToLeave, mayLeave } from '../unsaved.ts'
import { type Asked, useAsked } from './asked.ts'
import { makeCloudDesk } from './device-desk.ts'
import { DeviceHistory } from './device-history.tsx'
import { DeviceRecord } from './device-record.tsx'
import { DeviceState } from './device-state.tsx'
import { DriftBadge, VerdictBadge } from './drift.tsx'
import { useFollowed } from './followers.ts'
import { PhoneHands } from './hands.tsx'
import { asked } from './job.ts'
import { at, atLeast, inside, path } from './session.ts'
import type { FleetDevice, Site } from './types.ts'

// Each part of the page is fetched when somebody opens it.
const KeysTab = part(async () => (await import('../phone/keys-tab.tsx')).KeysTab)
const PhonePage = part(async () => (await import('./phone-page.tsx')).PhonePage)
const SettingsTab = part(async () => (await import('../phone/settings-tab.tsx')).SettingsTab)
const DeviceFiles = part(async () => (await import('./device-known.tsx')).DeviceFiles)
const DeviceJourney = part(async () => (await import('./device-known.tsx')).DeviceJourney)

/** One phone at a site: what is wanted of it, what it has, and every edit until it is saved. */
export function DevicePage({ site, mac }: { site: string; mac: string }) {
  const tab = inside.value[4] ?? 'state'
  const fleet = useAsked(
    `${site} ${mac}`,
    async () => {
      const query = `site=${encodeURIComponent(site)}&text=${encodeURIComponent(mac)}`
      const { devices } = await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${query}`)
      return devices.find((one) => one.mac === mac)
    },
    { what: ['devices', 'box'], site },
  )
  const desk = useMemo(() => makeCloudDesk(site, mac, fleet.again), [site, mac])
  useEffect(() => {
    void desk.load()
  }, [desk])
  useFollowed({ what: ['devices', 'records'], site }, () => desk.refresh())
  const saved = () =>
    toast(t('Saved. The box gets it within seconds, the phone when it fetches again.'), {
      action: {
        text: t('Fetch again'),
        run: () =>
          void tried(t('{name} was not told', { name: mac }), async () => {
            await asked(site, { kind: 'refetch', macs: [mac] }, 'act')
            toast(t('It has fetched again.'))
          }),
      },
    })
  const dirty = desk.edits.value > 0
  useEffect(() => {
    mayLeave.value = dirty ? () => askToLeave(() => desk.discard()) : undefined
    return () => {
      mayLeave.value = undefined
    }
  }, [dirty, desk])
  return (
    <>
      {desk.explanation.value.kind !== 'ready' && <h1 class="mac">{mac}</h1>}
      <Await of={desk.explanation.value} again={() => void desk.load()} rows={6}>
        {(it: ExplainView) => (
          <>
            <Head {...{ site, desk, fleet }} device={it.device} />
            <Tabs
              label={t('Parts of the phone')}
              at={tab}
              tabs={tabsOf(it.device).map(([id, text, mark]) => ({
                ...{ id, text, mark },
                href: at('sites', site, 'devices', mac, id),
              }))}
            />
            {tab === 'record' ? (
              <Editable when={may('devices')}>
                <DeviceRecord desk={desk} />
              </Editable>
            ) : tab === 'lines' ? (
              <LinesTab desk={desk} />
            ) : tab === 'keys' ? (
              <KeysTab desk={desk} />
            ) : tab === 'settings' ? (
              <SettingsTab desk={desk} it={it} />
            ) : tab === 'journey' ? (
              <DeviceJourney site={site} desk={desk} />
            ) : tab === 'files' ? (
              <DeviceFiles site={site} desk={desk} />
            ) : tab === 'history' ? (
              <DeviceHistory {...{ site, desk }} rev={it.device?.rev ?? 0} settled={() => void desk.load()} />
            ) : (
              <>
                <DeviceState fleet={fleet} />
                <PhoneHands site={site} mac={mac} name={it.device?.name ?? mac} />
                <PhonePage site={site} mac={mac} />
              </>
            )}
            <SaveBar desk={desk} saved={saved} />
          </>
        )}
      </Await>
    </>
  )
}

function tabsOf(device: DeviceView | undefined): readonly (readonly [string, string, (string | undefined)?])[] {
  const count = (n: number | undefined) => (n ? String(n) : undefined)
  return [
    ['state', t('State')],
    ['journey', t('Journey')],
    ['record', t('Name and model')],
    ['lines', t('Lines'), count(device?.lines.length)],
    ['keys', t('Keys'), count(device?.keys.length)],
    ['settings', t('Settings'), count(Object.keys(device?.settings ?? {}).length)],
    ['files', t('Files')],
    ['history', t('History')],
  ]
}

function Head(props: {
  site: string
  desk: Desk
  fleet: Asked<FleetDevice | undefined>
  device: DeviceView | undefined
}) {
  const { site, desk, device, fleet } = props
  const place = useAsked(site, () => api<Site>(path('sites', site)))
  const name = device?.name ?? desk.mac
  const now = fleet.of.kind === 'ready' ? fleet.of.value : undefined
  useEffect(() => {
    document.title = `${name} · Branchline`
  }, [name])
  const remove = async () => {
    const yes = await confirmed({
      title: t('Remove {name}?', { name }),
      consequences: [
        t('The record goes: name, lines with their passwords, keys and settings of its own.'),
        t('The phone keeps what it has until it fetches again, and then gets nothing.'),
      ],
      action: t('Remove'),
      danger: true,
    })
    if (!yes || !device) return
    await tried(t('{name} was not removed', { name }), async () => {
      await api(desk.path, { method: 'DELETE', rev: device.rev })
      desk.discard()
      toast(t('{name} is removed.', { name }))
      go(at('sites', site))
    })
  }
  return (
    <>
      <p class="crumb">
        <a href={at()}>{t('Sites')}</a> ›{' '}
        <a href={at('sites', site)} dir="auto">
          {place.of.kind === 'ready' ? place.of.value.name : t('Site')}
        </a>
      </p>
      <div class="page-head">
        <h1 dir="auto">{name}</h1>
        {atLeast('installer') && (
          <button type="button" onClick={() => void remove()}>
            {t('Remove')}
          </button>
        )}
      </div>
      <p class="head-line">
        {now && <DriftBadge of={now} />}
        {now && <VerdictBadge verdict={now.verdict} />}
        <span class="mac">{desk.mac}</span>
        <span class="quiet" dir="auto">
          {whatOf({
            vendor: device?.vendor ?? now?.vendor ?? undefined,
            model: device?.model ?? now?.model ?? undefined,
          })}
        </span>
      </p>
    </>
  )
}
