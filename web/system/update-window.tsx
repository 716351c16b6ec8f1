import { useSignal } from '@preact/signals'
import type { UpdateView } from '../../services/admin/schema-update.ts'
import { api } from '../api.ts'
import { zone } from '../format.ts'
import { language, t } from '../i18n.ts'
import { Check, TextField } from '../kit/field.tsx'
import { toast } from '../kit/toast.tsx'
import { may } from '../session.ts'
import { faultsOf } from '../state.ts'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
type Day = (typeof DAYS)[number]

/** The name of a weekday; the first of January 2024 was a Monday. */
function dayName(day: Day): string {
  const format = new Intl.DateTimeFormat(language.value, { weekday: 'long', timeZone: 'UTC' })
  return format.format(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)))
}

/** The part of the week in which the box may start into an installed update without being told. */
export function WindowForm({ it, take }: { it: UpdateView; take: (it: UpdateView) => void }) {
  const on = useSignal(it.window !== undefined)
  const from = useSignal(it.window?.from ?? '02:00')
  const to = useSignal(it.window?.to ?? '04:00')
  const days = useSignal<readonly Day[]>(it.window?.days ?? DAYS)
  const failed = useSignal<string | undefined>(undefined)
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    const some = days.value.length < DAYS.length
    const body = { from: from.value.trim(), to: to.value.trim(), ...(some && { days: days.value }) }
    try {
      const asked = on.value ? { method: 'PUT', body } : { method: 'DELETE' }
      take(await api<UpdateView>('/update/window', asked))
      toast(t('Saved.'))
    } catch (error) {
      failed.value = faultsOf(error).text
    }
  }
  if (!may('site')) return null
  return (
    <form class="card stacked" onSubmit={(event) => void save(event)} aria-label={t('By itself')}>
      <h3 class="card-title">{t('By itself')}</h3>
      <Check
        label={t('Start into an installed update by itself')}
        checked={on.value}
        change={(value) => {
          on.value = value
        }}
      />
      {on.value && (
        <>
          <div class="form">
            <TextField
              label={t('From')}
              hint={zone.value}
              value={from.value}
              change={(value) => {
                from.value = value
              }}
            />
            <TextField
              label={t('Until')}
              hint={t('Earlier than the beginning: on the next day.')}
              value={to.value}
              change={(value) => {
                to.value = value
              }}
            />
          </div>
          <fieldset class="plain-set">
            <legend>{t('On these days')}</legend>
            <div class="buttons">
              {DAYS.map((day) => (
                <Check
                  key={day}
                  label={dayName(day)}
                  checked={days.value.includes(day)}
                  change={(value) => {
                    days.value = DAYS.filter((one) => (one === day ? value : days.value.includes(one)))
                  }}
                />
              ))}
            </div>
          </fieldset>
        </>
      )}
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value}
        </p>
      )}
      <div class="buttons">
        <button type="submit">{t('Save')}</button>
      </div>
    </form>
  )
}
