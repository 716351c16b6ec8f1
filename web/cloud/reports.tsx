import type { z } from '@hono/zod-openapi'
import { useSignal } from '@preact/signals'
import type { ReportList, ScheduleView } from '../../cloud/reports/schema.ts'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { Await, Empty, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { atLeast, path } from './session.ts'

type Report = z.infer<typeof ReportList>['reports'][number]
type Schedule = z.infer<typeof ScheduleView>

/** How the phones of all sites stand, as tables, now or from time to time by mail. */
export function ReportsPage() {
  const reports = useAsked('', async () => (await api<{ reports: readonly Report[] }>(path('reports'))).reports)
  const schedules = useAsked('', async () => {
    return (await api<{ schedules: readonly Schedule[] }>(path('report-schedules'))).schedules
  })
  const adding = useSignal(false)
  const makeNow = () =>
    tried(t('The report was not made'), async () => {
      await api(path('reports'), { method: 'POST', body: { name: t('Report') } })
      toast(t('The report is made.'))
      reports.again()
    })
  const remove = async ({ id, name }: Schedule) => {
    const consequences = [t('It is not made any more; its reports stay.')]
    if (!(await confirmed({ title: t('Remove {name}?', { name }), consequences, action: t('Remove'), danger: true })))
      return
    await tried(t('{name} was not removed', { name }), async () => {
      await api(path('report-schedules', id), { method: 'DELETE' })
      schedules.again()
    })
  }
  const add = atLeast('admin') && (
    <button
      type="button"
      onClick={() => {
        adding.value = true
      }}
    >
      {t('Add a schedule')}
    </button>
  )
  return (
    <>
      <div class="page-head">
        <h1>{t('Reports')}</h1>
        {atLeast('admin') && (
          <button type="button" class="primary" onClick={() => void makeNow()}>
            {t('Make one now')}
          </button>
        )}
      </div>
      <Await of={reports.of} again={reports.again} rows={4}>
        {(list: readonly Report[]) =>
          list.length === 0 ? (
            <Empty icon="lease">{t('No report was made yet.')}</Empty>
          ) : (
            <ul class="card history">
              {list.map((one) => (
                <li key={one.id}>
                  <span>
                    <strong dir="auto">{one.name}</strong>
                    <span class="quiet block">{fullTime(one.madeAt)}</span>
                  </span>
                  <span class="buttons">
                    <Csv report={one} table="sites" text={t('Sites as CSV')} />
                    <Csv report={one} table="firmware" text={t('Firmware as CSV')} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      <Section id="schedules" title={t('By mail, from time to time')} action={add}>
        <Await of={schedules.of} again={schedules.again}>
          {(list: readonly Schedule[]) =>
            list.length === 0 ? (
              <Empty icon="told">{t('No schedule yet.')}</Empty>
            ) : (
              <ul class="card history">
                {list.map((one) => (
                  <li key={one.id}>
                    <span>
                      <strong dir="auto">{one.name}</strong> <span class="tag">{everyWord(one.every)}</span>
                      <span class="quiet block breaking">{one.recipients.join(', ')}</span>
                      <span class="quiet block">{t('next {when}', { when: fullTime(one.nextAt) })}</span>
                    </span>
                    {atLeast('admin') && (
                      <button type="button" aria-label={`${t('Remove')}: ${one.name}`} onClick={() => void remove(one)}>
                        {t('Remove')}
                      </button>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Await>
      </Section>
      {adding.value && (
        <NewSchedule
          close={(made) => {
            adding.value = false
            if (made) schedules.again()
          }}
        />
      )}
    </>
  )
}

function Csv({ report, table, text }: { report: Report; table: string; text: string }) {
  return (
    <a class="button" download="" href={`/api/v1${path('reports', report.id, 'csv')}?table=${table}`}>
      {text}
    </a>
  )
}

const EVERY = ['day', 'week', 'month'] as const
function everyWord(every: Schedule['every']): string {
  return { day: t('every day'), week: t('every week'), month: t('every month') }[every]
}

function NewSchedule({ close }: { close: (made: boolean) => void }) {
  const name = useSignal('')
  const every = useSignal<Schedule['every']>('week')
  const recipients = useSignal('')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const to = recipients.value.split(/[\s,;]+/).filter(Boolean)
    const body = { name: name.value.trim(), every: every.value, recipients: to }
    if (await run(() => api(path('report-schedules'), { method: 'POST', body }))) close(true)
  }
  return (
    <Dialog title={t('Add a schedule')} close={() => close(false)}>
      <form class="form" aria-label={t('Add a schedule')} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('Name')}
          value={name.value}
          change={(text) => {
            name.value = text
          }}
          fault={faultAt('name')}
          required
          autofocus
        />
        <SelectField
          label={t('How often')}
          value={every.value}
          change={(value) => {
            every.value = EVERY.find((one) => one === value) ?? 'week'
          }}
          choices={EVERY.map((value) => ({ value, text: everyWord(value) }))}
        />
        <TextField
          label={t('To whom')}
          hint={t('E-mail addresses, separated by commas.')}
          value={recipients.value}
          change={(text) => {
            recipients.value = text
          }}
          fault={faultAt('recipients')}
          required
        />
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Add')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
