import type { DeviceView, ExplainView, LayerView } from '../../services/admin/schema.ts'
import { api } from '../api.ts'
import { facts, loadFacts } from '../settings/facts.ts'
import { listOf } from '../state.ts'
import { path } from './session.ts'

type Shared = LayerView & { readonly shared: boolean }
type Source = { readonly layer: string; readonly of?: string }

/** A layer as it lies over the ones before it; without a name of its own it is the site's or the account's. */
interface Given {
  readonly source: Source
  readonly values: Pick<DeviceView, 'settings' | 'extra' | 'secrets' | 'locked' | 'dhcpOptions'>
}

/**
 * What a phone would get by the records of the account: the layers over one another as the box lays them, widest first.
 * The box has the last word, since it may hold edits that are on their way.
 */
export async function explain(site: string, mac: string): Promise<ExplainView> {
  const of = (kind: string) =>
    api<{ layers: readonly Shared[] }>(path('sites', site, 'layers', kind)).then(({ layers }) => layers)
  const [device, ...kinds] = await Promise.all([
    api<DeviceView>(path('sites', site, 'devices', mac)),
    ...(['vendor', 'site', 'group', 'model'] as const).map(of),
  ])
  if (facts.peek().kind !== 'ready') await loadFacts()
  const builtIn = listOf(facts.peek()).flatMap(({ name, builtIn: value }) =>
    value === undefined ? [] : [[name, value]],
  )
  return explanationOf(device, kinds.flat(), Object.fromEntries(builtIn))
}

export function explanationOf(
  device: DeviceView,
  layers: readonly Shared[],
  builtIn: DeviceView['settings'] = {},
): ExplainView {
  const { vendor, model, group } = device
  const meant: Readonly<Record<string, string | undefined>> = { vendor, site: 'site', group }
  // `yealink:t46u`; phones tell more than that, as in `SIP-T46U`.
  const ofModel = (id: string) => {
    const [whose, name = ''] = id.split(':', 2)
    return whose === vendor && name !== '' && model?.toLowerCase().endsWith(name) === true
  }
  const given: readonly Given[] = [
    { source: { layer: 'built-in' }, values: { settings: builtIn, extra: {}, secrets: [], dhcpOptions: [] } },
    ...layers
      .filter(({ kind, id }) => (kind === 'model' ? ofModel(id) : meant[kind] === id))
      .map((values) => ({ source: sourceOf(values), values })),
    { source: { layer: 'device' }, values: device },
  ]
  return {
    ...{ mac: device.mac, device, settings: settingsOf(given), extra: extraOf(given, vendor ?? '') },
    identity: {
      confidence: 0,
      used: [],
      ...(vendor !== undefined && { vendor }),
      ...(model !== undefined && { model }),
    },
    ...{ dhcpOptions: optionsOf(given), files: [], warnings: [], verdict: { state: 'never-seen', text: '' } },
  }
}

function sourceOf({ kind, id, shared }: Shared): Source {
  if (kind === 'site') return { layer: shared ? 'account' : 'site' }
  return { layer: kind, of: id }
}

const covers = (lock: string, name: string) =>
  lock === name || (lock.endsWith('.*') && name.startsWith(lock.slice(0, -1)))

function settingsOf(given: readonly Given[]): ExplainView['settings'] {
  const found = new Map<string, ExplainView['settings'][number]>()
  const locks: { readonly name: string; readonly by: Source }[] = []
  for (const { source, values } of given) {
    const secrets = values.secrets.filter((name) => name.startsWith('settings.')).map((name) => name.slice(9))
    const named = [...Object.entries(values.settings), ...secrets.map((name) => [name, undefined] as const)]
    for (const [name, value] of named) {
      const lockedBy = locks.find((lock) => covers(lock.name, name))?.by
      const row = { name, secret: value === undefined, ...(value !== undefined && { value }) }
      const before = found.get(name)
      if (lockedBy === undefined) found.set(name, { ...row, ...source })
      else if (before) found.set(name, { ...before, lockedBy, ignored: [...(before.ignored ?? []), { ...source }] })
    }
    for (const name of values.locked ?? []) locks.push({ name, by: source })
  }
  return [...found.values()].map((row) => {
    const lock = locks.find(({ name }) => covers(name, row.name))
    return lock ? { ...row, lockedBy: lock.by } : row
  })
}

function extraOf(given: readonly Given[], vendor: string): ExplainView['extra'] {
  const found = new Map<string, ExplainView['extra'][number]>()
  const prefix = `extra.${vendor}.`
  for (const { source, values } of given) {
    for (const [name, value] of Object.entries(values.extra[vendor] ?? {}))
      found.set(name, { name, value, secret: false, ...source })
    for (const name of values.secrets.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length)))
      found.set(name, { name, secret: true, ...source })
  }
  return [...found.values()]
}

/** The narrower layer's option of a number stands before the wider one's. */
function optionsOf(given: readonly Given[]): ExplainView['dhcpOptions'] {
  const found = new Map<number, ExplainView['dhcpOptions'][number]>()
  for (const { source, values } of given)
    for (const option of values.dhcpOptions) found.set(option.code, { option, ...source })
  return [...found.values()]
}
