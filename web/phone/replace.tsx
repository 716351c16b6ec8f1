import { useSignal } from '@preact/signals'
import type { MoveView, ReplaceResult } from '../../services/admin/schema-moves.ts'
import { api } from '../api.ts'
import { whatOf } from '../format.ts'
import { t } from '../i18n.ts'
import { Combobox, type Option } from '../kit/combobox.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { Check } from '../kit/field.tsx'
import { Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { go, to } from '../router.ts'
import { faultsOf, listOf, loadDevices, strangers } from '../state.ts'
import { tried } from '../tried.ts'

/** Another phone takes this one's place: first what does not fit, then the exchange. */
export function ReplaceDialog({ mac, name, close }: { mac: string; name: string; close: () => void }) {
  const other = useSignal('')
  const keep = useSignal(true)
  const plan = useSignal<ReplaceResult | undefined>(undefined)
  const failed = useSignal<string | undefined>(undefined)
  const busy = useSignal(false)
  const ask = (dryRun: 0 | 1) =>
    api<ReplaceResult>(`/devices/${encodeURIComponent(mac)}/replace?dryRun=${dryRun}`, {
      method: 'POST',
      body: {
        to: other.value,
        old: keep.value ? 'archive' : 'remove',
        ...(plan.value && dryRun === 0 && { fromRev: plan.value.fromRev, toRev: plan.value.toRev }),
      },
    })
  const run = async (dryRun: 0 | 1) => {
    busy.value = true
    failed.value = undefined
    try {
      const result = await ask(dryRun)
      plan.value = result
      if (dryRun === 0 && result.move) await done(result.move)
    } catch (error) {
      failed.value = faultsOf(error).text
    } finally {
      busy.value = false
    }
  }
  const done = async (move: MoveView) => {
    close()
    await loadDevices()
    go(to('phones', move.to))
    toast(t('The new phone has the place of {name}.', { name }), {
      action: { text: t('Take it back'), run: () => void undo(move, mac) },
    })
  }
  return (
    <Dialog title={t('Replace {name}', { name })} close={close}>
      <p>
        {t(
          'The new phone gets name, lines, keys and settings. Nothing happens before you have seen what does not fit.',
        )}
      </p>
      <Combobox
        label={t('The new phone')}
        hint={t('Its MAC address from the label, or one of the new phones')}
        text={other.value}
        autofocus
        change={(text) => {
          other.value = text
          plan.value = undefined
        }}
        find={fresh}
        choose={(option) => {
          other.value = option.value
          plan.value = undefined
        }}
        enter={() => void run(1)}
      />
      <Check
        label={t('Keep the record of the old one, switched off')}
        checked={keep.value}
        change={(checked) => {
          keep.value = checked
        }}
      />
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value}
        </p>
      )}
      {plan.value && <Plan plan={plan.value} />}
      <div class="buttons end">
        <button type="button" onClick={close}>
          {t('Cancel')}
        </button>
        {plan.value ? (
          <button type="button" class="primary" disabled={busy.value} onClick={() => void run(0)}>
            {t('Replace it')}
          </button>
        ) : (
          <button
            type="button"
            class="primary"
            disabled={busy.value || other.value.trim() === ''}
            onClick={() => void run(1)}
          >
            {t('See what does not fit')}
          </button>
        )}
      </div>
    </Dialog>
  )
}

function fresh(text: string): readonly Option<string>[] {
  return listOf(strangers.peek())
    .filter((row) =>
      `${row.mac} ${row.mac.replaceAll(':', '')} ${whatOf(row)}`.toLowerCase().includes(text.toLowerCase()),
    )
    .slice(0, 8)
    .map((row) => ({ key: row.mac, text: row.mac, note: whatOf(row), value: row.mac }))
}

function Plan({ plan }: { plan: ReplaceResult }) {
  return (
    <div class="card" role="status">
      <p>
        <strong>{whatOf(plan) || t('The new phone is not known yet.')}</strong>
      </p>
      {plan.misfits.length === 0 ? (
        <p>{t('Everything fits.')}</p>
      ) : (
        <>
          <p>{t('This does not fit; it stays in the record:')}</p>
          <ul>
            {plan.misfits.map((misfit) => (
              <li key={`${misfit.what} ${misfit.name}`}>
                <Said>{misfit.text}</Said>
              </li>
            ))}
          </ul>
        </>
      )}
      {plan.problem !== undefined && (
        <p class="fault">
          <Said>{plan.problem}</Said>
        </p>
      )}
      {plan.notes.map((note) => (
        <p key={note} class="quiet">
          <Said>{note}</Said>
        </p>
      ))}
    </div>
  )
}

function undo(move: MoveView, mac: string): Promise<unknown> {
  return tried(t('It was not taken back'), async () => {
    await api(`/moves/${encodeURIComponent(move.id)}/undo`, { method: 'POST' })
    await loadDevices()
    go(to('phones', mac))
  })
}
