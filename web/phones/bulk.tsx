import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { DeviceRow } from '../../services/admin/schema.ts'
import type { PendingView } from '../../services/admin/schema-refetch.ts'
import { optimistic, patch, refetchMany, remove } from '../actions.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { Check, TextField } from '../kit/field.tsx'
import { Await } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { type Loaded, load, loadDevices } from '../state.ts'
import { tried } from '../tried.ts'
import { nameOf } from './columns.tsx'

/** What can be done to the chosen phones. Each shows what will come of it before anything happens. */
export function BulkBar(props: { rows: readonly DeviceRow[]; groups: readonly string[]; clear: () => void }) {
  const { rows } = props
  const asking = useSignal<'refetch' | 'group' | undefined>(undefined)
  const close = () => {
    asking.value = undefined
  }
  const removed = async () => {
    if (await remove(rows.map((row) => ({ mac: row.mac, rev: row.rev, name: nameOf(row) })))) props.clear()
  }
  return (
    <section class="bulk" aria-label={t('For the chosen phones')}>
      <strong>{plural('{n} chosen|{n} chosen', rows.length)}</strong>
      <button
        type="button"
        onClick={() => {
          asking.value = 'refetch'
        }}
      >
        {t('Fetch again')}
      </button>
      <button
        type="button"
        onClick={() => {
          asking.value = 'group'
        }}
      >
        {t('Set group')}
      </button>
      <button type="button" onClick={() => void removed()}>
        {t('Remove')}
      </button>
      <button type="button" class="plain-text" onClick={props.clear}>
        {t('Choose none')}
      </button>
      {asking.value === 'refetch' && <Refetch rows={rows} close={close} />}
      {asking.value === 'group' && <SetGroup rows={rows} groups={props.groups} close={close} />}
    </section>
  )
}

/** Says which of them have something new, and which would restart for it. */
function Refetch({ rows, close }: { rows: readonly DeviceRow[]; close: () => void }) {
  const pending = useSignal<Loaded<readonly PendingView[]>>({ kind: 'loading' })
  const reboot = useSignal(false)
  useEffect(() => {
    void load(pending, async () => (await api<{ devices: PendingView[] }>('/pending')).devices)
  }, [])
  const start = async () => {
    const job = await refetchMany(
      rows.map((row) => row.mac),
      reboot.value,
    )
    if (!job) return
    toast(t('The box asks them, {limit} at a time. Overview shows how far it is.', { limit: job.limit }))
    close()
  }
  return (
    <Dialog title={plural('Let {n} phone fetch again|Let {n} phones fetch again', rows.length)} close={close}>
      <Await of={pending.value}>
        {(all: readonly PendingView[]) => {
          const macs = new Set(rows.map((row) => row.mac))
          const theirs = all.filter(({ mac }) => macs.has(mac))
          const restart = reboot.value ? rows.length : theirs.filter((it) => it.reboot === 'yes').length
          const helpless = theirs.filter(({ way }) => way === undefined)
          return (
            <ul class="consequences">
              <li>
                {theirs.length === 0
                  ? t('All of them have what is set already: they fetch the same again.')
                  : plural('{n} has something new to fetch.|{n} have something new to fetch.', theirs.length)}
              </li>
              <li>{plural('{n} restarts.|{n} restart.', restart)}</li>
              {helpless.length > 0 && (
                <li>
                  {t('No way is known to tell: {names}. Restart those by hand.', {
                    names: helpless.map((it) => it.name ?? it.mac).join(', '),
                  })}
                </li>
              )}
            </ul>
          )
        }}
      </Await>
      <Check
        label={t('Restart them all, even where it is not needed')}
        checked={reboot.value}
        change={(checked) => {
          reboot.value = checked
        }}
      />
      <div class="buttons end">
        <button type="button" onClick={close}>
          {t('Cancel')}
        </button>
        <button type="button" class="primary" onClick={() => void start()}>
          {t('Fetch again')}
        </button>
      </div>
    </Dialog>
  )
}

function SetGroup(props: { rows: readonly DeviceRow[]; groups: readonly string[]; close: () => void }) {
  const { rows, close } = props
  const group = useSignal('')
  const busy = useSignal(false)
  const name = group.value.trim()
  const moving = rows.filter((row) => (row.group ?? '') !== name)
  const from = new Map<string, number>()
  for (const row of moving) from.set(row.group ?? t('none'), (from.get(row.group ?? t('none')) ?? 0) + 1)
  const save = async () => {
    busy.value = true
    let done = 0
    for (const row of moving)
      await tried(nameOf(row), async () => {
        const change = { group: name === '' ? undefined : name }
        await optimistic(row.mac, change, () => patch(row.mac, row.rev, { group: name === '' ? null : name }))
        done++
      })
    await loadDevices()
    toast(plural('{n} phone has another group now.|{n} phones have another group now.', done))
    close()
  }
  return (
    <Dialog title={t('Set group')} close={close}>
      <TextField
        label={t('Group')}
        hint={t('Phones of a group share its settings. Empty: no group.')}
        value={group.value}
        list="groups"
        autofocus
        change={(value) => {
          group.value = value
        }}
      />
      <datalist id="groups">
        {props.groups.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
      <ul class="consequences">
        {[...from].map(([old, n]) => (
          <li key={old}>{t('{n} from {old} to {name}', { n, old, name: name === '' ? t('none') : name })}</li>
        ))}
        {moving.length === 0 && <li>{t('Nothing changes.')}</li>}
        <li>{t('Their settings change with the group; they get them when they fetch again.')}</li>
      </ul>
      <div class="buttons end">
        <button type="button" onClick={close}>
          {t('Cancel')}
        </button>
        <button type="button" class="primary" disabled={busy.value || moving.length === 0} onClick={() => void save()}>
          {t('Set group')}
        </button>
      </div>
    </Dialog>
  )
}
