import { useSignal } from '@preact/signals'
import type { LayerView } from '../../services/admin/schema.ts'
import { api } from '../api.ts'
import { zone } from '../format.ts'
import { t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import { Await } from '../kit/states.tsx'
import { to } from '../router.ts'
import { faultsOf } from '../state.ts'
import { loadSite, site } from './progress.ts'
import { goOn, StepFrame } from './step.tsx'

/** Where the phones register, and in which time zone and language they speak: the settings of the whole site. */
export function ServerStep() {
  return (
    <StepFrame
      step="server"
      why={t('Where the phones register. A phone or a line can have another server later.')}
      passOn={t('Go on without')}
    >
      <Await of={site.value} again={() => void loadSite()}>
        {(layer: LayerView | undefined) => <Form layer={layer} />}
      </Await>
      <p class="quiet">
        {t('Later under')} <a href={to('settings')}>{t('Settings')}</a>
      </p>
    </StepFrame>
  )
}

const LANGUAGES = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl', 'cs', 'sv', 'da', 'no', 'fi', 'tr'] as const

function Form({ layer }: { layer: LayerView | undefined }) {
  const given = layer?.settings ?? {}
  const text = (name: string) => (given[name] === undefined ? '' : String(given[name]))
  const fields = {
    'sip.server': useSignal(text('sip.server')),
    'sip.port': useSignal(text('sip.port')),
    'sip.transport': useSignal(text('sip.transport') || 'udp'),
    'sip.backupServer': useSignal(text('sip.backupServer')),
    timezone: useSignal(text('timezone') || Intl.DateTimeFormat().resolvedOptions().timeZone || 'Etc/UTC'),
    language: useSignal(text('language') || (navigator.language.split('-')[0] ?? 'en')),
  }
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const busy = useSignal(false)
  const fault = (name: string) => failed.value?.faults.find(({ path }) => path === `settings.${name}`)?.message
  const input = (name: keyof typeof fields, label: string, hint: string, placeholder?: string) => (
    <TextField
      {...{ label, hint, placeholder }}
      value={fields[name].value}
      fault={fault(name)}
      change={(value) => {
        fields[name].value = value
      }}
    />
  )
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    busy.value = true
    failed.value = undefined
    const settings: Record<string, unknown> = { ...given }
    for (const [name, { value }] of Object.entries(fields)) {
      const kept = value.trim()
      if (kept === '') delete settings[name]
      else settings[name] = name === 'sip.port' && /^\d+$/.test(kept) ? Number(kept) : kept
    }
    const { extra = {}, dhcpOptions = [], locked, rev = 0 } = layer ?? {}
    try {
      const body = { settings, extra, dhcpOptions, ...(locked && { locked }) }
      await api('/layers/site/site', { method: 'PUT', body, rev })
      await loadSite()
      zone.value = String(settings.timezone ?? zone.value)
      goOn('server')
    } catch (error) {
      failed.value = faultsOf(error)
      // Somebody else may have set something meanwhile: what was typed stays, the rest is read again.
      if (failed.value.status === 412) await loadSite()
    }
    busy.value = false
  }
  const languages = [...new Set<string>([...LANGUAGES, fields.language.value])]
  return (
    <form class="form card" onSubmit={(event) => void save(event)} aria-label={t('Telephone system')}>
      {input('sip.server', t('SIP server'), t('Name or address of the telephone system.'), 'pbx.example.net')}
      {input('sip.port', t('Port'), t('Left out: 5060, or 5061 with TLS.'))}
      <SelectField
        label={t('Transport')}
        value={fields['sip.transport'].value}
        fault={fault('sip.transport')}
        change={(value) => {
          fields['sip.transport'].value = value
        }}
        choices={['udp', 'tcp', 'tls'].map((value) => ({ value, text: value.toUpperCase() }))}
      />
      {input('sip.backupServer', t('Second SIP server'), t('For when the first one is gone; empty: none.'))}
      {input('timezone', t('Time zone'), t('As this browser has it; a name such as Europe/Berlin.'))}
      <SelectField
        label={t('Language of the phones')}
        value={fields.language.value}
        fault={fault('language')}
        change={(value) => {
          fields.language.value = value
        }}
        choices={languages.map((value) => ({ value, text: languageName(value) }))}
      />
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value.status === 412
            ? t('Somebody else changed the settings meanwhile. Look at them again, then save.')
            : failed.value.text}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy.value}>
          {t('Save and go on')}
        </button>
      </div>
    </form>
  )
}

/** A language by its own name. */
function languageName(code: string): string {
  try {
    return new Intl.DisplayNames([code], { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}
