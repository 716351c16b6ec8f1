import { useEffect, useMemo } from 'preact/hooks'
import type { ExplainView } from '../../services/admin/schema.ts'
import { refetchOne } from '../actions.ts'
import { adopt } from '../api.ts'
import { t } from '../i18n.ts'
import { Await, NotAllowed, Section } from '../kit/states.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { toast } from '../kit/toast.tsx'
import { Told } from '../options/told.tsx'
import { DeviceForm } from '../phones/device-form.tsx'
import { to } from '../router.ts'
import { may } from '../session.ts'
import { changes, connection, latest, loadDevices, soon } from '../state.ts'
import { askToLeave, mayLeave } from '../unsaved.ts'
import { type Desk, makeDesk } from './desk.ts'
import { FilesTab } from './files-tab.tsx'
import { Head } from './head.tsx'
import { HistoryTab } from './history-tab.tsx'
import { JourneyTab } from './journey-tab.tsx'
import { KeysTab } from './keys-tab.tsx'
import { LinesTab } from './lines-tab.tsx'
import { ParametersTab } from './parameters-tab.tsx'
import { SaveBar } from './save-bar.tsx'
import { SettingsTab } from './settings-tab.tsx'
import { SetupTab } from './setup-tab.tsx'

/** One phone: its verdict, its way, what it would get and why, and every edit of it until it is saved. */
export function PhonePage({ mac, tab }: { mac: string; tab: string }) {
  const desk = useMemo(() => makeDesk(mac), [mac])
  const lost = connection.value.state === 'lost'
  useEffect(() => {
    // After a lost connection everything is asked again.
    if (!lost) void desk.load()
  }, [desk, lost, changes.value])
  const reload = useMemo(() => soon(400, () => desk.load()), [desk])
  const news = latest.value
  useEffect(() => {
    if (news?.mac === mac) reload()
  }, [news])
  const dirty = desk.edits.value > 0
  useEffect(() => {
    mayLeave.value = dirty ? () => askToLeave(() => desk.discard()) : undefined
    return () => {
      mayLeave.value = undefined
    }
  }, [dirty, desk])
  return (
    <Await of={desk.explanation.value} again={() => void desk.load()} rows={6}>
      {(it: ExplainView) => (
        <>
          <Head desk={desk} it={it} />
          {!it.device && may('devices') && (
            <Section id="adopt" title={t('Adopt this phone')}>
              <div class="card">
                <DeviceForm
                  mac={mac}
                  label={t('Adopt this phone')}
                  submit={adopt}
                  done={() => {
                    changes.value++
                    void loadDevices()
                  }}
                />
              </div>
            </Section>
          )}
          <Tabs label={t('Parts of this phone')} tabs={tabsOf(mac, it)} at={tab} />
          <Part desk={desk} it={it} tab={tab} />
          <SaveBar desk={desk} saved={() => sayIt(desk)} />
        </>
      )}
    </Await>
  )
}

function sayIt(desk: Desk): void {
  const name = desk.device.value?.name ?? desk.mac
  toast(t('Saved. The phone gets it when it fetches again.'), {
    action: { text: t('Fetch again'), run: () => void refetchOne(desk.mac, name) },
  })
}

function tabsOf(mac: string, it: ExplainView) {
  const tab = (id: string, text: string, mark?: number) => ({
    ...{ id, text, href: to('phones', mac, id) },
    ...(mark !== undefined && mark > 0 && { mark: String(mark) }),
  })
  const known = it.device !== undefined
  return [
    tab('journey', t('Journey')),
    ...(known
      ? [
          tab('lines', t('Lines'), it.device?.lines.length),
          tab('keys', t('Keys'), it.device?.keys.length),
          tab('settings', t('Settings'), Object.keys(it.device?.settings ?? {}).length),
        ]
      : []),
    tab('files', t('Files'), it.files.filter((file) => file.problem !== undefined).length),
    ...(it.identity.vendor !== undefined || it.device?.vendor !== undefined
      ? [tab('parameters', t('Parameters'))]
      : []),
    ...(may('devices') ? [tab('setup', t('Set up by hand'))] : []),
    ...(known ? [tab('history', t('History'))] : []),
  ]
}

function Part({ desk, it, tab }: { desk: Desk; it: ExplainView; tab: string }) {
  if (tab === 'lines' && it.device) return <LinesTab desk={desk} />
  if (tab === 'keys' && it.device) return <KeysTab desk={desk} />
  if (tab === 'settings' && it.device) return <SettingsTab desk={desk} it={it} />
  if (tab === 'files')
    return (
      <>
        <FilesTab desk={desk} it={it} />
        <Section id="told" title={t('What DHCP tells it')}>
          <div class="card">
            <Told mac={it.mac} />
            {it.device && may('devices') && (
              <p>
                <a href={to('phones', it.mac, 'settings')}>{t('Tell this phone something else')}</a>
              </p>
            )}
          </div>
        </Section>
      </>
    )
  if (tab === 'parameters') return <ParametersTab desk={desk} />
  if (tab === 'setup') return may('devices') ? <SetupTab desk={desk} /> : <NotAllowed />
  if (tab === 'history' && it.device) return <HistoryTab desk={desk} />
  return <JourneyTab desk={desk} it={it} />
}
