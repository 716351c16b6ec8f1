import { useSignal } from '@preact/signals'
import type { BackupsView } from '../../services/admin/schema-backup.ts'
import { api } from '../api.ts'
import { fullTime, zone } from '../format.ts'
import { t } from '../i18n.ts'
import { Check, TextField } from '../kit/field.tsx'
import { Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { faultsOf } from '../state.ts'

/** When the box makes backups by itself, and how many of those it keeps. */
export function ScheduleForm({ it, take }: { it: BackupsView; take: (it: BackupsView) => void }) {
  const on = useSignal(it.schedule.on)
  const at = useSignal(it.schedule.at)
  const keep = useSignal(String(it.schedule.keep))
  const firmware = useSignal(it.schedule.firmware)
  const failed = useSignal<string | undefined>(undefined)
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    const body = {
      on: on.value,
      at: at.value.trim(),
      zone: zone.value,
      keep: Number(keep.value),
      firmware: firmware.value,
    }
    try {
      take(await api<BackupsView>('/backup-schedule', { method: 'PUT', body }))
      toast(t('The schedule is saved.'))
    } catch (error) {
      failed.value = faultsOf(error).text
    }
  }
  return (
    <Section id="schedule" title={t('Every day')}>
      <form class="card stacked" onSubmit={(event) => void save(event)} aria-label={t('Every day')}>
        <Check
          label={t('Make a backup every day')}
          checked={on.value}
          change={(value) => {
            on.value = value
          }}
        />
        <div class="form">
          <TextField
            label={t('Time of day')}
            hint={zone.value}
            value={at.value}
            change={(value) => {
              at.value = value
            }}
          />
          <TextField
            label={t('Keep so many')}
            hint={t('Older ones of the schedule are removed.')}
            value={keep.value}
            change={(value) => {
              keep.value = value
            }}
          />
        </div>
        <Check
          label={t('With the content of firmware files')}
          checked={firmware.value}
          change={(value) => {
            firmware.value = value
          }}
        />
        {it.nextAt !== undefined && <p class="quiet">{t('The next one: {time}', { time: fullTime(it.nextAt) })}</p>}
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value}
          </p>
        )}
        <div class="buttons">
          <button type="submit">{t('Save')}</button>
        </div>
      </form>
    </Section>
  )
}
