import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import type { NetworkPatch } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'
import { SelectField, TextField } from '../kit/field.tsx'
import { faultsOf } from '../state.ts'
import { lastsText } from './changes-of.ts'

type Faults = ReturnType<typeof faultsOf>

/** What a person types of a network, each field as text. */
export interface NetworkDraft {
  readonly pools: Signal<string>
  readonly router: Signal<string>
  readonly dns: Signal<string>
  readonly ntp: Signal<string>
  readonly domain: Signal<string>
  readonly lease: Signal<number>
}

export function useNetworkDraft(network: {
  readonly pools: readonly string[]
  readonly router?: string | undefined
  readonly dns: readonly string[]
  readonly ntp: readonly string[]
  readonly domain?: string | undefined
  readonly lease: number
}): NetworkDraft {
  return {
    pools: useSignal(network.pools.join('\n')),
    router: useSignal(network.router ?? ''),
    dns: useSignal(network.dns.join(', ')),
    ntp: useSignal(network.ntp.join(', ')),
    domain: useSignal(network.domain ?? ''),
    lease: useSignal(network.lease),
  }
}

/** What was typed, for the box to judge. */
export function readDraft(draft: NetworkDraft): Required<Omit<NetworkPatch, 'reservations' | 'options'>> {
  const listed = (value: string) => value.split(/[\s,;]+/).filter(Boolean)
  return {
    pools: draft.pools.value
      .split(/[\n,;]+/)
      .map((it) => it.trim())
      .filter(Boolean),
    router: draft.router.value.trim() || null,
    domain: draft.domain.value.trim() || null,
    ...{ dns: listed(draft.dns.value), ntp: listed(draft.ntp.value), lease: draft.lease.value },
  }
}

/** What the box says is wrong with a field. */
export function faultAt(failed: Faults | undefined, name: string): string | undefined {
  return failed?.faults.find(({ path }) => path === name || path.startsWith(`${name}.`))?.message
}

const HOURS = [1, 4, 12, 24, 72, 168] as const

/** The fields of a network that may change at any time. `touched` hears of what a person typed. */
export function NetworkFields(props: {
  draft: NetworkDraft
  failed: Faults | undefined
  touched?: (name: 'pools' | 'router') => void
  /** Below the ranges. */
  children?: ComponentChildren
}) {
  const { draft, failed } = props
  const fault = (name: string) => faultAt(failed, name)
  const field = (name: 'router' | 'dns' | 'ntp' | 'domain', label: string, hint: string) => (
    <TextField
      label={label}
      hint={hint}
      value={draft[name].value}
      fault={fault(name)}
      change={(value) => {
        draft[name].value = value
        if (name === 'router') props.touched?.(name)
      }}
    />
  )
  const lease = draft.lease.value
  const hours = [...new Set([...HOURS.map((it) => it * 3600), lease])].sort((a, b) => a - b)
  return (
    <>
      <div class="field whole">
        <label for="pools">{t('Ranges of addresses')}</label>
        <textarea
          id="pools"
          rows={3}
          spellcheck={false}
          value={draft.pools.value}
          aria-invalid={fault('pools') !== undefined}
          aria-describedby="pools-note"
          onInput={(event) => {
            draft.pools.value = event.currentTarget.value
            props.touched?.('pools')
          }}
        />
        <span id="pools-note" class={fault('pools') === undefined ? 'hint' : 'fault'}>
          {fault('pools') ?? t('One a line, such as 192.0.2.100-192.0.2.199.')}
        </span>
      </div>
      {props.children}
      {field('router', t('Router'), t('The way to other networks; empty: none.'))}
      {field('dns', t('Name servers'), t('Separated by commas.'))}
      {field('ntp', t('Time servers'), t('Empty: none is named.'))}
      {field('domain', t('Domain'), t('Empty: none.'))}
      <SelectField
        label={t('A lease lasts')}
        value={String(lease)}
        change={(value) => {
          draft.lease.value = Number(value)
        }}
        choices={hours.map((seconds) => ({ value: String(seconds), text: lastsText(seconds) }))}
      />
    </>
  )
}

/** What is wrong with it all, and the two ways out of the form. */
export function FormEnd(props: { failed: Faults | undefined; action: string; close: () => void; busy: boolean }) {
  return (
    <>
      {props.failed && (
        <p class="failed whole" role="alert">
          {props.failed.text}
        </p>
      )}
      <div class="buttons end">
        <button type="button" onClick={props.close}>
          {t('Cancel')}
        </button>
        <button type="submit" class="primary" disabled={props.busy}>
          {props.action}
        </button>
      </div>
    </>
  )
}

/** Sends a form; what was refused stands beside the fields. */
export function useSending() {
  const failed = useSignal<Faults | undefined>(undefined)
  const busy = useSignal(false)
  return {
    failed: failed.value,
    busy: busy.value,
    async send(event: SubmitEvent, work: () => Promise<void>): Promise<void> {
      event.preventDefault()
      failed.value = undefined
      busy.value = true
      try {
        await work()
      } catch (error) {
        failed.value = faultsOf(error)
      }
      busy.value = false
    },
  }
}
