import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { LayerView } from '../../services/admin/schema.ts'
import type { OptionView } from '../../services/admin/schema-network.ts'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { changes, faultsOf, type Loaded, load, loading } from '../state.ts'
import type { Effects, Kind, Layer, LayersGround } from './ground.ts'
import type { Value } from './setting-input.tsx'

/** What was edited and not saved; `null` takes away what the layer says. */
export interface Draft {
  readonly settings: Readonly<Record<string, Value | null>>
  readonly extra: Readonly<Record<string, Readonly<Record<string, string | null>>>>
  readonly locked?: readonly string[]
  /** DHCP options, whole. */
  readonly options?: readonly OptionView[]
}
const NOTHING: Draft = { settings: {}, extra: {} }

export interface LayerDesk {
  readonly kind: Kind
  readonly id: string
  readonly layer: Signal<Loaded<Layer | undefined>>
  readonly draft: Signal<Draft>
  readonly edits: ReadonlySignal<number>
  /** The DHCP options as they would be saved. */
  readonly options: ReadonlySignal<readonly OptionView[]>
  readonly failed: Signal<ReturnType<typeof faultsOf> | undefined>
  readonly saving: Signal<boolean>
  load(): Promise<void>
  set(name: string, value: Value | null): void
  /** Forgets what was edited of a setting. */
  unset(name: string): void
  setRaw(vendor: string, name: string, value: string | null): void
  setOptions(options: readonly OptionView[]): void
  lock(name: string, locked: boolean): void
  isLocked(name: string): boolean
  discard(): void
  save(): Promise<boolean>
  preview(): Promise<Effects>
  /** Takes away what this layer says, whole. */
  remove(): Promise<void>
  faultAt(path: string): string | undefined
}

/** Everything that the page of one layer knows and holds. */
export function makeLayerDesk(kind: Kind, id: string, ground: LayersGround): LayerDesk {
  const path = `${ground.path}/${kind}/${encodeURIComponent(id)}`
  const layer = signal<Loaded<Layer | undefined>>(loading)
  const draft = signal<Draft>(NOTHING)
  const failed = signal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const saving = signal(false)
  const stored = () => (layer.value.kind === 'ready' ? layer.value.value : undefined)
  const edits = computed(() => {
    const { settings, extra, locked, options: changed } = draft.value
    const raw = Object.values(extra).reduce((sum, values) => sum + Object.keys(values).length, 0)
    return Object.keys(settings).length + raw + (locked === undefined ? 0 : 1) + (changed === undefined ? 0 : 1)
  })
  const options = computed(() => draft.value.options ?? stored()?.dhcpOptions ?? [])
  // The list is asked for, since a layer of which nobody has said anything is not there.
  const ask = async () => (await api<{ layers: Layer[] }>(`${ground.path}/${kind}`)).layers.find((one) => one.id === id)
  return {
    ...{ kind, id, layer, draft, edits, options, failed, saving },
    load: () => load(layer, ask),
    set(name, value) {
      const { [name]: _before, ...settings } = draft.value.settings
      const now = stored()
      const has = now?.secrets.includes(`settings.${name}`) || (now !== undefined && name in now.settings)
      const same = value === null ? !has : JSON.stringify(value) === JSON.stringify(now?.settings[name])
      draft.value = { ...draft.value, settings: same ? settings : { ...settings, [name]: value } }
    },
    unset(name) {
      const { [name]: _edited, ...settings } = draft.value.settings
      draft.value = { ...draft.value, settings }
    },
    setRaw(vendor, name, value) {
      const { [name]: _before, ...values } = draft.value.extra[vendor] ?? {}
      const now = stored()?.extra[vendor]?.[name]
      const same = (value ?? undefined) === now && !stored()?.secrets.includes(`extra.${vendor}.${name}`)
      draft.value = {
        ...draft.value,
        extra: { ...draft.value.extra, [vendor]: same ? values : { ...values, [name]: value } },
      }
    },
    setOptions(next) {
      const { options: _options, ...rest } = draft.value
      const same = JSON.stringify(next) === JSON.stringify(stored()?.dhcpOptions ?? [])
      draft.value = same ? rest : { ...rest, options: next }
    },
    lock(name, on) {
      const now = stored()?.locked ?? []
      const next = [...(draft.value.locked ?? now).filter((one) => one !== name), ...(on ? [name] : [])].sort()
      const { locked: _locked, ...rest } = draft.value
      draft.value = JSON.stringify(next) === JSON.stringify([...now].sort()) ? rest : { ...rest, locked: next }
    },
    isLocked: (name) =>
      (draft.value.locked ?? stored()?.locked ?? []).some(
        (lock) => lock === name || (lock.endsWith('.*') && name.startsWith(lock.slice(0, -1))),
      ),
    discard() {
      draft.value = NOTHING
      failed.value = undefined
    },
    async save() {
      if (saving.value) return false
      saving.value = true
      try {
        await api(path, { method: 'PUT', body: bodyOf(stored(), draft.value), rev: stored()?.rev ?? 0 })
        draft.value = NOTHING
        failed.value = undefined
        changes.value++
        await load(layer, ask)
        return true
      } catch (error) {
        const it = faultsOf(error)
        const conflict = it.status === 412 || it.status === 409
        failed.value = conflict
          ? {
              ...it,
              text: t('Somebody else changed this meanwhile. Your changes are still here: look again, then save.'),
            }
          : it
        if (conflict) await load(layer, ask)
        return false
      } finally {
        saving.value = false
      }
    },
    preview: () => {
      const { settings, extra, locked, options: changed } = draft.value
      const patch = { settings, extra, ...(locked && { locked }), ...(changed && { dhcpOptions: changed }) }
      return ground.preview(kind, id, { body: bodyOf(stored(), draft.value), patch })
    },
    async remove() {
      await api(path, { method: 'DELETE', rev: stored()?.rev ?? 0 })
      draft.value = NOTHING
      changes.value++
      layer.value = { kind: 'ready', value: undefined }
      await load(layer, ask)
    },
    faultAt: (at) => failed.value?.faults.find((fault) => fault.path === at)?.message,
  }
}

/** The whole layer with the draft laid over it. Secrets that are not mentioned stay as they are. */
export function bodyOf(stored: LayerView | undefined, draft: Draft): object {
  const { settings = {}, extra = {}, dhcpOptions = [], locked } = stored ?? {}
  const given = Object.entries({ ...settings, ...draft.settings })
  const isSecret = (name: string) => stored?.secrets.includes(`settings.${name}`) ?? false
  // Null means something for secrets only: what else is taken away is simply not there.
  const kept = given.filter(([name, value]) => value !== null || isSecret(name))
  const raw: Record<string, Record<string, string | null>> = {}
  for (const vendor of new Set([...Object.keys(extra), ...Object.keys(draft.extra)])) {
    const values = Object.entries({ ...extra[vendor], ...draft.extra[vendor] })
    const left = values.filter(
      ([name, value]) => value !== null || (stored?.secrets.includes(`extra.${vendor}.${name}`) ?? false),
    )
    if (left.length > 0) raw[vendor] = Object.fromEntries(left)
  }
  const locks = draft.locked ?? locked
  const options = draft.options ?? dhcpOptions
  return { settings: Object.fromEntries(kept), extra: raw, dhcpOptions: options, ...(locks && { locked: locks }) }
}
