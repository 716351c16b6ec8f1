import { useSignal } from '@preact/signals'
import type { FileView } from '../services/admin/schema-files.ts'
import type { RolloutDeviceView, RolloutInput, RolloutView } from '../services/admin/schema-rollouts.ts'
import { api } from './api.ts'
import { plural, t } from './i18n.ts'
import { Dialog } from './kit/dialog.tsx'
import { Check, SelectField, TextField } from './kit/field.tsx'
import { Said } from './kit/states.tsx'
import { toast } from './kit/toast.tsx'
import { stateOfRollout } from './rollouts-words.ts'
import { devices, faultsOf, listOf, loadRollouts } from './state.ts'

/** What goes to whom and how carefully; the box says what would come of it before anything starts. */
export function RolloutDialog({ files, close }: { files: readonly FileView[]; close: () => void }) {
  const file = useSignal(files[0]?.name ?? '')
  const group = useSignal('')
  const name = useSignal('')
  const approval = useSignal(true)
  const version = useSignal(versionOf(files[0]))
  const preview = useSignal<readonly RolloutDeviceView[] | undefined>(undefined)
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const rows = listOf(devices.value)
  const groups = [...new Set(rows.flatMap((row) => row.group ?? []))].sort()
  const body = () =>
    ({
      name: name.value.trim() || file.value.slice(0, 50),
      select: group.value === '' ? { all: true } : { groups: [group.value] },
      ...{ file: file.value, approval: approval.value },
      ...(version.value.trim() !== '' && { version: version.value.trim() }),
    }) as const satisfies Partial<RolloutInput>
  const ask = async (path: string) => {
    failed.value = undefined
    try {
      if (path === '/rollouts/preview')
        preview.value = (await api<{ devices: RolloutDeviceView[] }>(path, { method: 'POST', body: body() })).devices
      else {
        const it = await api<RolloutView>(path, { method: 'POST', body: body() })
        await loadRollouts()
        toast(t('{name} has begun.', { name: it.name }))
        close()
      }
    } catch (error) {
      failed.value = faultsOf(error)
    }
  }
  const changed = () => {
    preview.value = undefined
  }
  const counts = new Map<RolloutDeviceView['state'], number>()
  for (const { state } of preview.value ?? []) counts.set(state, (counts.get(state) ?? 0) + 1)
  const going = counts.get('waiting') ?? 0
  return (
    <Dialog title={t('New rollout')} close={close}>
      <SelectField
        label={t('Firmware')}
        value={file.value}
        change={(value) => {
          file.value = value
          version.value = versionOf(files.find((it) => it.name === value))
          changed()
        }}
        choices={files.map((it) => ({ value: it.name, text: [it.name, it.version].filter(Boolean).join(' · ') }))}
      />
      <TextField
        label={t('Version')}
        value={version.value}
        hint={t('As the phone itself tells it: by this the box sees that a phone has it.')}
        fault={failed.value?.faults.find((fault) => fault.path === 'version')?.message}
        change={(value) => {
          version.value = value
          changed()
        }}
      />
      <SelectField
        label={t('For')}
        value={group.value}
        hint={t('Phones that it is not made for are left out.')}
        change={(value) => {
          group.value = value
          changed()
        }}
        choices={[
          { value: '', text: t('all phones') },
          ...groups.map((value) => ({ value, text: `${t('Group')} ${value}` })),
        ]}
      />
      <TextField
        label={t('Name')}
        value={name.value}
        placeholder={file.value}
        fault={failed.value?.faults.find((fault) => fault.path === 'name')?.message}
        change={(value) => {
          name.value = value
        }}
      />
      <Check
        label={t('Wait for my approval after the first phones')}
        checked={approval.value}
        change={(value) => {
          approval.value = value
        }}
      />
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value.text}
        </p>
      )}
      {preview.value && (
        <div class="card" role="status">
          <ul class="consequences">
            {[...counts].map(([state, n]) => (
              <li key={state}>
                {n}: {stateOfRollout(state)}
              </li>
            ))}
            {preview.value
              .filter((one) => one.state === 'refused')
              .slice(0, 5)
              .map((one) => (
                <li key={one.mac}>
                  <span class="mac">{one.mac}</span> <Said>{one.reason}</Said>
                </li>
              ))}
          </ul>
        </div>
      )}
      <div class="buttons end">
        <button type="button" onClick={close}>
          {t('Cancel')}
        </button>
        {preview.value ? (
          <button type="button" class="primary" disabled={going === 0} onClick={() => void ask('/rollouts')}>
            {plural('Begin with {n} phone|Begin with {n} phones', going)}
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => void ask('/rollouts/preview')}>
            {t('See what it would do')}
          </button>
        )}
      </div>
    </Dialog>
  )
}

/** As it was given with the file; else as the file's name has it, which a person then sees and can mend. */
function versionOf(file: FileView | undefined): string {
  return file?.version ?? /\d+(?:\.\d+){1,5}/.exec(file?.name ?? '')?.[0] ?? ''
}
