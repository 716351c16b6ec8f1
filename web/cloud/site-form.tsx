import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { toast } from '../kit/toast.tsx'
import { useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { path } from './session.ts'
import type { Site } from './types.ts'

const ZONES: readonly string[] = Intl.supportedValuesOf('timeZone')

/** Makes a site, or changes the one that is given. */
export function SiteForm(props: { site?: Site; close: () => void; done: (site: Site) => void }) {
  const { site } = props
  const name = useSignal(site?.name ?? '')
  const timeZone = useSignal(site?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone)
  const note = useSignal(site?.note ?? '')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = { name: name.value.trim(), timeZone: timeZone.value.trim(), note: note.value.trim() }
    const made = await run(() =>
      site === undefined
        ? api<Site>(path('sites'), { method: 'POST', body })
        : api<Site>(path('sites', site.id), { method: 'PATCH', body: { ...body, rev: site.rev } }),
    )
    if (!made) return
    toast(site === undefined ? t('{name} is added.', { name: made.name }) : t('Saved.'))
    props.done(made)
  }
  const title = site === undefined ? t('Add a site') : t('Change the site')
  return (
    <Dialog title={title} close={props.close}>
      <form class="form" aria-label={title} onSubmit={(event) => void send(event)}>
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
        <TextField
          label={t('Time zone')}
          value={timeZone.value}
          change={(text) => {
            timeZone.value = text
          }}
          fault={faultAt('timeZone')}
          list="zones"
        />
        <datalist id="zones">
          {ZONES.map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
        <TextField
          label={t('Note')}
          hint={t('Address, contact on site, where the box stands.')}
          value={note.value}
          change={(text) => {
            note.value = text
          }}
          fault={faultAt('note')}
        />
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="button" onClick={props.close}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            {site === undefined ? t('Add') : t('Save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
