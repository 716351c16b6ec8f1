import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { SelectField } from '../kit/field.tsx'
import { Ago, Await, Empty, Said } from '../kit/states.tsx'
import { ChangesPill, Steadily } from '../kit/steady.tsx'
import { Tabs } from '../kit/tabs.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked } from './asked.ts'
import { ChannelsTab } from './channels.tsx'
import { RulesTab } from './rules.tsx'
import { at, atLeast, path } from './session.ts'
import { useFleetSites } from './sites.tsx'
import type { Alert } from './types.ts'

/** What is wrong now and was, what opens an alert, and who is told. */
export function AlertsPage({ tab }: { tab: string }) {
  return (
    <>
      <h1>{t('Alerts')}</h1>
      <Tabs
        label={t('Parts of alerts')}
        at={tab}
        tabs={[
          { id: 'open', text: t('Open'), href: at('alerts') },
          { id: 'ended', text: t('Ended'), href: at('alerts', 'ended') },
          { id: 'rules', text: t('Rules'), href: at('alerts', 'rules') },
          ...(atLeast('admin') ? [{ id: 'channels', text: t('Channels'), href: at('alerts', 'channels') }] : []),
        ]}
      />
      {tab === 'rules' ? <RulesTab /> : tab === 'channels' ? <ChannelsTab /> : <List key={tab} state={tab} />}
    </>
  )
}

function List({ state }: { state: string }) {
  const list = useAsked(
    state,
    async () => {
      return (await api<{ alerts: readonly Alert[] }>(`${path('alerts')}?state=${encodeURIComponent(state)}`)).alerts
    },
    { what: ['alerts'] },
  )
  const sites = useFleetSites()
  const named = sites.of.kind === 'ready' ? sites.of.value : []
  return (
    <Await of={list.of} again={list.again} rows={5}>
      {(alerts: readonly Alert[]) =>
        alerts.length === 0 ? (
          <Empty>
            <p>{state === 'open' ? t('Nothing is wrong.') : t('No alert has ended yet.')}</p>
          </Empty>
        ) : (
          <Steadily rows={alerts} keyOf={({ id }) => id}>
            {(steady) => (
              <>
                <ChangesPill of={steady} over />
                <ul class="cards" {...steady.bind}>
                  {steady.rows.map((alert) => (
                    <li key={alert.id} class="card alert-card">
                      <div>
                        <h2 class="card-title">
                          <Said>{alert.title}</Said>{' '}
                          <a href={at('sites', alert.siteId)} dir="auto">
                            {named.find(({ siteId }) => siteId === alert.siteId)?.name ?? t('Site')}
                          </a>
                        </h2>
                        <p>
                          <Said>{alert.text}</Said>
                        </p>
                        <Told alert={alert} />
                      </div>
                      {state === 'open' && atLeast('installer') && <Handle alert={alert} again={list.again} />}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Steadily>
        )
      }
    </Await>
  )
}

function Told({ alert }: { alert: Alert }) {
  return (
    <p class="quiet">
      {t('Since')} <Ago at={alert.openedAt} />
      {alert.endedAt !== null && (
        <>
          , {t('ended')} <Ago at={alert.endedAt} />
        </>
      )}
      {alert.acknowledgedBy !== null && <span>, {t('{name} looks after it', { name: alert.acknowledgedBy })}</span>}
      {alert.snoozedUntil !== null && <span>, {t('quiet until {when}', { when: fullTime(alert.snoozedUntil) })}</span>}
    </p>
  )
}

function Handle({ alert, again }: { alert: Alert; again: () => void }) {
  const quiet = useSignal('60')
  const send = (verb: string, body?: unknown) =>
    tried(t('It failed.'), async () => {
      await api(path('alerts', alert.id, verb), { method: 'POST', ...(body !== undefined && { body }) })
      toast(t('Done.'))
      again()
    })
  const hours = [
    ['60', t('1 hour')],
    ['480', t('8 hours')],
    ['1440', t('1 day')],
    ['10080', t('1 week')],
  ] as const
  return (
    <div class="alert-do">
      {alert.acknowledgedAt === null && (
        <button type="button" class="primary" onClick={() => void send('acknowledge')}>
          {t('I look after it')}
        </button>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send('snooze', { minutes: Number(quiet.value) })
        }}
      >
        <SelectField
          label={t('Be quiet for')}
          value={quiet.value}
          change={(value) => {
            quiet.value = value
          }}
          choices={hours.map(([value, text]) => ({ value, text }))}
        />
        <button type="submit">{t('Be quiet')}</button>
      </form>
    </div>
  )
}
