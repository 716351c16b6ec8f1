import { useSignal } from '@preact/signals'
import { t } from '../i18n.ts'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { KINDS, type Kind } from '../settings/ground.ts'
import { BulkFlow, type Edit } from './bulk-flow.tsx'
import { type Given, OneSetting } from './one-setting.tsx'
import type { FleetSite } from './types.ts'

/** One setting of one layer at many sites: what it changes on which phones, then at all of them or at none. */
export function BulkLayerDialog({ sites, close }: { sites: readonly FleetSite[]; close: (made: boolean) => void }) {
  return (
    <BulkFlow
      title={t('Edit the settings of many sites')}
      names={new Map(sites.map(({ siteId, name }) => [siteId, name]))}
      close={close}
      ask={(busy, look) => <Ask {...{ sites, busy, look }} />}
    />
  )
}

function Ask({ sites, busy, look }: { sites: readonly FleetSite[]; busy: boolean; look: (edit: Edit) => void }) {
  const kind = useSignal<Kind>('site')
  const id = useSignal('')
  const chosen = useSignal<readonly string[]>(sites.map(({ siteId }) => siteId))
  const setting = useSignal<Given | undefined>(undefined)
  const title = t('Edit the settings of many sites')
  const complete = setting.value !== undefined && chosen.value.length > 0 && (kind.value === 'site' || id.value !== '')
  const toggle = (site: string, on: boolean) => {
    const others = chosen.value.filter((one) => one !== site)
    chosen.value = on ? [...others, site] : others
  }
  return (
    <form
      class="form"
      aria-label={title}
      onSubmit={(event) => {
        event.preventDefault()
        const { value: given } = setting
        if (!complete || given === undefined) return
        const layer = kind.value
        const all = chosen.value.length === sites.length
        const target = { kind: 'layer', layer, id: layer === 'site' ? 'site' : id.value.trim() }
        const patch = { settings: { [given.name]: given.value } }
        look({ target: { ...target, ...(!all && { sites: chosen.value }) }, patch })
      }}
    >
      <SelectField
        label={t('Whose settings')}
        value={kind.value}
        change={(value) => {
          kind.value = KINDS.find((one) => one === value) ?? 'site'
        }}
        choices={[
          { value: 'site', text: t('Whole sites') },
          { value: 'vendor', text: t('Vendor') },
          { value: 'group', text: t('Group') },
          { value: 'model', text: t('Model') },
        ]}
      />
      {kind.value !== 'site' && (
        <TextField
          label={t('Its name')}
          hint={kind.value === 'model' ? t('As in yealink:t46u') : undefined}
          value={id.value}
          required
          change={(value) => {
            id.value = value
          }}
        />
      )}
      <OneSetting
        given={setting.value}
        set={(given) => {
          setting.value = given
        }}
      />
      <fieldset class="whole">
        <legend>{t('At these sites')}</legend>
        <div class="scopes">
          {sites.map(({ siteId, name }) => (
            <Check
              key={siteId}
              label={name}
              checked={chosen.value.includes(siteId)}
              change={(on) => toggle(siteId, on)}
            />
          ))}
        </div>
      </fieldset>
      <p class="hint whole">
        {t(
          'Where a site follows the account, it gets its own copy with this change, which the account’s later changes do not reach.',
        )}
      </p>
      <div class="buttons end">
        <button type="submit" class="primary" disabled={busy || !complete}>
          {t('See what changes')}
        </button>
      </div>
    </form>
  )
}
