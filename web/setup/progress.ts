import { computed, signal } from '@preact/signals'
import type { LayerView } from '../../services/admin/schema.ts'
import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { choicesOf, loadNetworks, networks } from '../network/data.ts'
import { remember, remembered } from '../prefs.ts'
import { session } from '../session.ts'
import { type Loaded, load, loading } from '../state.ts'

// How far the first run is, told by what the box holds: it can be left at any step and gone on with from any browser.

export const site = signal<Loaded<LayerView | undefined>>(loading)
export const cloud = signal<Loaded<CloudView>>(loading)
/** Steps that were passed over on purpose, and whether the whole is done with; known to this browser alone. */
export const skipped = signal<ReadonlySet<string>>(new Set((remembered('setup') ?? '').split(',').filter(Boolean)))

export function skip(step: string): void {
  skipped.value = new Set([...skipped.value, step])
  remember('setup', [...skipped.value].join(','))
}

export async function loadSite(): Promise<void> {
  // By the list: a layer of which nobody has said anything yet is not there.
  await load(site, async () => (await api<{ layers: LayerView[] }>('/layers/site')).layers[0])
}
export const loadCloud = () => load(cloud, () => api<CloudView>('/cloud'))
export const loadProgress = () => Promise.all([loadSite(), loadCloud(), loadNetworks()])

export const STEPS = ['account', 'network', 'server', 'cloud'] as const
export type Step = (typeof STEPS)[number]

export function stepWord(step: Step): string {
  return {
    account: t('Who may come in'),
    network: t('Network'),
    server: t('Telephone system'),
    cloud: t('Central account'),
  }[step]
}

/** Whether each step is done; undefined while that is not known. */
export const done = computed((): Readonly<Record<Step, boolean | undefined>> => {
  const net = networks.value.kind === 'ready' ? networks.value.value : undefined
  const layer = site.value.kind === 'ready' ? site.value : undefined
  const account = cloud.value.kind === 'ready' ? cloud.value.value : undefined
  return {
    account: session.value.state === 'signed-in',
    network: net && choicesOf(net).some(({ decided }) => decided),
    server:
      layer && typeof layer.value?.settings['sip.server'] === 'string' && layer.value.settings['sip.server'] !== '',
    cloud: account && (['claimed', 'off'].includes(account.state) || skipped.value.has('cloud')),
  }
})

/** The first step that waits for somebody; undefined when all are done, or it is not known yet. */
export const nextStep = computed(() => STEPS.find((step) => done.value[step] === false))
