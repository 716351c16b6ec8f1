import { useSignal } from '@preact/signals'
import type { NetworkPatch, NetworksView, NetworkView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../kit/dialog.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { faultsOf, load, loadDhcp } from '../state.ts'
import { stored } from '../undo.ts'
import { networks } from './data.ts'

/** Sends a change of a network and takes the box's answer as what is now. */
export async function patchNetwork(network: NetworkView, change: NetworkPatch): Promise<void> {
  const path = `/dhcp/networks/${encodeURIComponent(network.id)}`
  const value = await api<NetworksView>(path, { method: 'PATCH', body: change, rev: network.rev })
  await Promise.all([load(networks, async () => value), loadDhcp()])
}

const HOURS = [1, 4, 12, 24, 72, 168] as const

/** Ranges, router and names of one network; the box says of each field what is wrong with it. */
export function NetworkEdit({ network, close }: { network: NetworkView; close: () => void }) {
  const text = {
    pools: useSignal(network.pools.join('\n')),
    router: useSignal(network.router ?? ''),
    dns: useSignal(network.dns.join(', ')),
    ntp: useSignal(network.ntp.join(', ')),
    domain: useSignal(network.domain ?? ''),
  }
  const lease = useSignal(network.lease)
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const listed = (value: string) => value.split(/[\s,;]+/).filter(Boolean)
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
  const save = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    try {
      await patchNetwork(network, {
        pools: text.pools.value
          .split(/[\n,;]+/)
          .map((it) => it.trim())
          .filter(Boolean),
        router: text.router.value.trim() || null,
        domain: text.domain.value.trim() || null,
        ...{ dns: listed(text.dns.value), ntp: listed(text.ntp.value), lease: lease.value },
      })
      close()
      await stored(
        t('{name} is changed. Devices hear of it when they renew.', { name: network.id }),
        'network',
        network.id,
      )
    } catch (error) {
      failed.value = faultsOf(error)
    }
  }
  const hours = [...new Set([...HOURS.map((it) => it * 3600), network.lease])].sort((a, b) => a - b)
  return (
    <Dialog title={t('Network {name}', { name: network.subnet })} close={close}>
      <form class="form" onSubmit={(event) => void save(event)} aria-label={t('Network {name}', { name: network.id })}>
        <div class="field whole">
          <label for="pools">{t('Ranges of addresses')}</label>
          <textarea
            id="pools"
            rows={3}
            spellcheck={false}
            value={text.pools.value}
            aria-invalid={fault('pools') !== undefined}
            aria-describedby="pools-note"
            onInput={(event) => {
              text.pools.value = event.currentTarget.value
            }}
          />
          <span id="pools-note" class={fault('pools') === undefined ? 'hint' : 'fault'}>
            {fault('pools') ?? t('One a line, such as 192.0.2.100-192.0.2.199.')}
          </span>
        </div>
        {field('router', t('Router'), t('The way to other networks; empty: none.'))}
        {field('dns', t('Name servers'), t('Separated by commas.'))}
        {field('ntp', t('Time servers'), t('Empty: none is named.'))}
        {field('domain', t('Domain'), t('Empty: none.'))}
        <SelectField
          label={t('A lease lasts')}
          value={String(lease.value)}
          change={(value) => {
            lease.value = Number(value)
          }}
          choices={hours.map((seconds) => ({ value: String(seconds), text: hoursText(seconds) }))}
        />
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value.text}
          </p>
        )}
        <div class="buttons end">
          <button type="button" onClick={close}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary">
            {t('Save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function hoursText(seconds: number): string {
  return seconds % 3600 === 0 ? t('{n} hours', { n: seconds / 3600 }) : t('{n} seconds', { n: seconds })
}
