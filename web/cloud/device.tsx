import { useEffect, useMemo } from 'preact/hooks'
import type { DeviceView, ExplainView } from '../../services/admin/schema.ts'
import { api } from '../api.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { confirmed } from '../kit/dialog.tsx'
import { Await } from '../kit/states.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { toast } from '../kit/toast.tsx'
import { type Desk, makeDesk } from '../phone/desk.ts'
import { LinesTab } from '../phone/lines-tab.tsx'
import { SettingsTab } from '../phone/settings-tab.tsx'
import { go } from '../router.ts'
import { tried } from '../tried.ts'
import { askToLeave, mayLeave } from '../unsaved.ts'
import { type Asked, useAsked } from './asked.ts'
import { DeviceHistory } from './device-history.tsx'
import { DeviceRecord } from './device-record.tsx'
import { CloudSaveBar } from './device-save.tsx'
import { DeviceState } from './device-state.tsx'
import { DriftBadge, VerdictBadge } from './drift.tsx'
import { PhoneHands } from './hands.tsx'
import { explain } from './layers.ts'
import { at, atLeast, inside, path } from './session.ts'
import type { FleetDevice, Site } from './types.ts'

const EVERY_MS = 10_000
/** The account knows no model's room: the box says when there is too much. */
const ROOM = { guessed: true, lines: 200, keys: [], expansion: [], places: [], handsets: 0 }

/** One phone at a site: what is wanted of it, what it has, and every edit until it is saved. */
export function DevicePage({ site, mac }: { site: string; mac: string }) {
  const tab = inside.value[4] ?? 'state'
  const fleet = useAsked(`${site} ${mac}`, async () => {
    const query = `site=${encodeURIComponent(site)}&text=${encodeURIComponent(mac)}`
    const { devices } = await api<{ devices: readonly FleetDevice[] }>(`${path('fleet', 'devices')}?${query}`)
    return devices.find((one) => one.mac === mac)
  })
  const desk = useMemo(
    () =>
      makeDesk(mac, {
        path: path('sites', site, 'devices', mac),
        explain: () => explain(site, mac),
        shape: async () => ROOM,
        journey: async () => undefined,
        saved: async () => fleet.again(),
      }),
    [site, mac],
  )
  useEffect(() => {
    void desk.load()
    const timer = setInterval(() => {
      if (!document.hidden) fleet.again()
    }, EVERY_MS)
    return () => clearInterval(timer)
  }, [desk])
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
              tabs={(
                [
                  ['state', t('State')],
                  ['record', t('Record')],
                  ['lines', t('Lines')],
                  ['settings', t('Settings')],
                  ['history', t('History')],
                ] as const
              ).map(([id, text]) => ({ id, text, href: at('sites', site, 'devices', mac, id) }))}
            />
            <fieldset class="plain-set" disabled={!atLeast('installer') && tab !== 'state' && tab !== 'history'}>
              {tab === 'record' ? (
                <DeviceRecord desk={desk} />
              ) : tab === 'lines' ? (
                <LinesTab desk={desk} />
              ) : tab === 'settings' ? (
                <SettingsTab desk={desk} it={it} />
              ) : tab === 'history' ? (
                <DeviceHistory site={site} mac={mac} rev={it.device?.rev ?? 0} settled={() => void desk.load()} />
              ) : (
                <>
                  <DeviceState fleet={fleet} />
                  <PhoneHands site={site} mac={mac} name={it.device?.name ?? mac} />
                </>
              )}
            </fieldset>
            <CloudSaveBar desk={desk} />
          </>
        )}
      </Await>
    </>
  )
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
