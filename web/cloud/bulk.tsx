import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { plural, t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { Await } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { facts, loadFacts } from '../settings/facts.ts'
import { SettingInput, startOf, type Value } from '../settings/setting-input.tsx'
import { faultsOf } from '../state.ts'
import { useDoing } from './asked.ts'
import { BulkEffects } from './bulk-effects.tsx'
import { Problem } from './problem.tsx'
import { path } from './session.ts'
import type { BulkPreview } from './types.ts'

interface Target {
  readonly devices?: readonly { readonly site: string; readonly mac: string }[]
  readonly filter?: Readonly<Record<string, string>>
}
type Patch = Readonly<Record<string, unknown>>

/** One edit for many phones: what it is, then what it changes on which of them, then it is made whole or not at all. */
export function BulkDialog(props: {
  target: Target
  names: ReadonlyMap<string, string>
  close: (made: boolean) => void
}) {
  const patch = useSignal<Patch | undefined>(undefined)
  const preview = useSignal<BulkPreview | undefined>(undefined)
  const stale = useSignal(false)
  const { busy, failed, run } = useDoing()
  const target = { kind: 'devices', ...props.target }
  const look = async (wanted: Patch) => {
    const body = { target, patch: wanted }
    const it = await run(() => api<BulkPreview>(path('fleet', 'edit', 'preview'), { method: 'POST', body }))
    if (!it) return
    patch.value = wanted
    preview.value = it
  }
  const apply = async () => {
    const { value: wanted } = patch
    if (wanted === undefined || preview.value === undefined) return
    const body = { target, patch: wanted, stamp: preview.value.stamp }
    const made = await run(async () => {
      try {
        return await api<BulkPreview>(path('fleet', 'edit'), { method: 'POST', body })
      } catch (error) {
        // Somebody was faster: what it would do now is shown before it is asked again.
        if (faultsOf(error).status !== 409) throw error
        return undefined
      }
    })
    if (made) {
      toast(
        plural(
          '{n} record is changed. Phones get it when they fetch again.|{n} records are changed. Phones get it when they fetch again.',
          made.records,
        ),
      )
      props.close(true)
    } else if (failed.value === undefined) {
      stale.value = true
      await look(wanted)
    }
  }
  const it = preview.value
  return (
    <Dialog title={t('Edit many phones')} close={() => props.close(false)} wide>
      {it === undefined ? (
        <Ask busy={busy.value} look={(wanted) => void look(wanted)} />
      ) : (
        <>
          {stale.value && (
            <p class="card held" role="alert">
              {t('Something of it was changed meanwhile. This is what the edit would do now.')}
            </p>
          )}
          <BulkEffects it={it} patch={patch.value ?? {}} names={props.names} />
        </>
      )}
      <Problem of={failed.value} />
      {it !== undefined && (
        <div class="buttons end">
          <button
            type="button"
            onClick={() => {
              preview.value = undefined
              stale.value = false
            }}
          >
            {t('Back')}
          </button>
          <button
            type="button"
            class="primary"
            disabled={busy.value || it.records === 0 || it.faulty > 0}
            onClick={() => void apply()}
          >
            {plural('Change {n} record|Change {n} records', it.records)}
          </button>
        </div>
      )}
    </Dialog>
  )
}

/** What shall be changed: one thing. */
function Ask({ busy, look }: { busy: boolean; look: (patch: Patch) => void }) {
  const what = useSignal('group')
  const text = useSignal('')
  const on = useSignal('yes')
  const setting = useSignal<{ readonly name: string; readonly value: Value | null } | undefined>(undefined)
  const patchOf = (): Patch | undefined => {
    if (what.value === 'enabled') return { enabled: on.value === 'yes' }
    if (what.value === 'setting') return setting.value && { settings: { [setting.value.name]: setting.value.value } }
    return { [what.value]: text.value.trim() === '' ? null : text.value.trim() }
  }
  const patch = patchOf()
  return (
    <form
      class="form"
      aria-label={t('Edit many phones')}
      onSubmit={(event) => {
        event.preventDefault()
        if (patch) look(patch)
      }}
    >
      <SelectField
        label={t('What shall be changed')}
        value={what.value}
        change={(value) => {
          what.value = value
        }}
        choices={[
          { value: 'group', text: t('Group') },
          { value: 'setting', text: t('A setting') },
          { value: 'model', text: t('Model') },
          { value: 'enabled', text: t('Whether they get files at all') },
        ]}
      />
      {what.value === 'enabled' && (
        <SelectField
          label={t('They get their files')}
          value={on.value}
          change={(value) => {
            on.value = value
          }}
          choices={[
            { value: 'yes', text: t('yes') },
            { value: 'no', text: t('no') },
          ]}
        />
      )}
      {(what.value === 'group' || what.value === 'model') && (
        <TextField
          label={what.value === 'group' ? t('Group') : t('Model')}
          hint={t('Empty: none.')}
          value={text.value}
          change={(value) => {
            text.value = value
          }}
        />
      )}
      {what.value === 'setting' && (
        <OneSetting
          given={setting.value}
          set={(given) => {
            setting.value = given
          }}
        />
      )}
      <div class="buttons end">
        <button type="submit" class="primary" disabled={busy || patch === undefined}>
          {t('See what changes')}
        </button>
      </div>
    </form>
  )
}

type Given = { readonly name: string; readonly value: Value | null }

function OneSetting({ given, set }: { given: Given | undefined; set: (given: Given | undefined) => void }) {
  useEffect(() => {
    if (facts.value.kind !== 'ready') void loadFacts()
  }, [])
  return (
    <Await of={facts.value} again={() => void loadFacts()}>
      {(all: readonly SettingView[]) => {
        const chosen = all.find(({ name }) => name === given?.name)
        return (
          <>
            <SelectField
              label={t('Setting')}
              value={given?.name ?? ''}
              change={(name) => {
                const next = all.find((one) => one.name === name)
                set(next && { name, value: startOf(next, undefined) })
              }}
              choices={[
                { value: '', text: t('Choose a setting') },
                ...all.map(({ name }) => ({ value: name, text: name })),
              ]}
            />
            {chosen && given && (
              <>
                <p class="hint" lang="en">
                  {chosen.doc}
                </p>
                {given.value === null ? (
                  <p>{t('As inherited: what is said for single phones is taken away.')}</p>
                ) : (
                  <SettingInput
                    facts={chosen}
                    value={given.value}
                    fault={undefined}
                    set={(value) => set({ name: chosen.name, value })}
                  />
                )}
                <button
                  type="button"
                  class="link"
                  onClick={() =>
                    set({ name: chosen.name, value: given.value === null ? startOf(chosen, undefined) : null })
                  }
                >
                  {given.value === null ? t('Say a value') : t('Back to inherited')}
                </button>
              </>
            )}
          </>
        )
      }}
    </Await>
  )
}
