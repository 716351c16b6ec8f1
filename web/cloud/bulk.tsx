import { useSignal } from '@preact/signals'
import { t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import { BulkFlow, type Patch } from './bulk-flow.tsx'
import { type Given, OneSetting } from './one-setting.tsx'

interface Target {
  readonly devices?: readonly { readonly site: string; readonly mac: string }[]
  readonly filter?: Readonly<Record<string, string>>
}

/** One edit for many phones. */
export function BulkDialog(props: {
  target: Target
  names: ReadonlyMap<string, string>
  close: (made: boolean) => void
}) {
  const target = { kind: 'devices', ...props.target }
  return (
    <BulkFlow
      title={t('Edit many phones')}
      names={props.names}
      close={props.close}
      ask={(busy, look) => <Ask busy={busy} look={(patch) => look({ target, patch })} />}
    />
  )
}

/** What shall be changed: one thing. */
function Ask({ busy, look }: { busy: boolean; look: (patch: Patch) => void }) {
  const what = useSignal('group')
  const text = useSignal('')
  const on = useSignal('yes')
  const setting = useSignal<Given | undefined>(undefined)
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
