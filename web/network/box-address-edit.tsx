import { useSignal } from '@preact/signals'
import type { BoxNetworkView } from '../../services/admin/schema-box-network.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { faultsOf } from '../state.ts'
import { choicesOf, networks } from './data.ts'

/** Asks for another address of the box and has it tried. `done` hears what is tried, or nothing. */
export function BoxAddressEdit(props: {
  setting: BoxNetworkView['setting']
  done: (value: BoxNetworkView | undefined) => void
}) {
  const { setting, done } = props
  const fixed = useSignal(setting.address !== undefined)
  const text = {
    address: useSignal(setting.address ?? ''),
    gateway: useSignal(setting.gateway ?? ''),
    dns: useSignal(setting.dns.join(', ')),
    ntp: useSignal(setting.ntp.join(', ')),
  }
  const only = useSignal(setting.interface ?? '')
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const busy = useSignal(false)
  const ports = networks.value.kind === 'ready' ? choicesOf(networks.value.value).map(({ name }) => name) : []
  const fault = (name: string) =>
    failed.value?.faults.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message
  const field = (name: keyof typeof text, label: string, hint: string) => (
    <TextField
      label={label}
      hint={hint}
      value={text[name].value}
      fault={fault(name)}
      change={(value) => {
        text[name].value = value
      }}
    />
  )
  const listed = (value: string) => value.split(/[\s,;]+/).filter(Boolean)
  const attempt = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    busy.value = true
    const gateway = text.gateway.value.trim()
    const body = {
      ...(fixed.value && {
        address: text.address.value.trim(),
        ...(gateway !== '' && { gateway }),
        dns: listed(text.dns.value),
      }),
      ntp: listed(text.ntp.value),
      ...(only.value !== '' && { interface: only.value }),
    }
    try {
      done(await api<BoxNetworkView>('/box-network', { method: 'PUT', body }))
    } catch (error) {
      failed.value = faultsOf(error)
    }
    busy.value = false
  }
  const title = t('Address of this box')
  return (
    <Dialog title={title} close={() => done(undefined)}>
      <form class="form" onSubmit={(event) => void attempt(event)} aria-label={title}>
        <SelectField
          label={t('How it gets its address')}
          hint={t('Where nobody answers, it takes one of 169.254.x.y, so that its page can be reached.')}
          value={fixed.value ? 'fixed' : 'dhcp'}
          change={(value) => {
            fixed.value = value === 'fixed'
          }}
          choices={[
            { value: 'dhcp', text: t('By DHCP') },
            { value: 'fixed', text: t('Always the same') },
          ]}
        />
        {fixed.value && field('address', t('Address and length of its prefix'), t('Such as 192.168.10.1/24.'))}
        {fixed.value && field('gateway', t('Router'), t('The way to other networks; empty: none.'))}
        {fixed.value && field('dns', t('Name servers'), t('Separated by commas.'))}
        {field('ntp', t('Time servers'), t('Beside those that DHCP names, and public ones. Separated by commas.'))}
        {ports.length > 1 && (
          <SelectField
            label={t('Network port')}
            hint={t('Where one is chosen, the box offers nothing on the others.')}
            fault={fault('interface')}
            value={only.value}
            change={(value) => {
              only.value = value
            }}
            choices={[{ value: '', text: t('Each') }, ...ports.map((name) => ({ value: name, text: name }))]}
          />
        )}
        <p class="quiet whole">
          {t('It is tried for two minutes. Unless you reach the page by it and keep it, the former one is taken back.')}
        </p>
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value.text}
          </p>
        )}
        <div class="buttons end">
          <button type="button" onClick={() => done(undefined)}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Try it')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
