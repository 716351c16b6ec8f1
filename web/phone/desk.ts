import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ChangeView, DeviceView, ExplainView, FilePreview, JourneyView } from '../../services/admin/schema.ts'
import type { OptionView } from '../../services/admin/schema-network.ts'
import type { PendingView } from '../../services/admin/schema-refetch.ts'
import type { EditPreview, ShapeView } from '../../services/admin/schema-workbench.ts'
import { ApiError, api } from '../api.ts'
import { t } from '../i18n.ts'
import type { Option } from '../kit/combobox.tsx'
import { faultsOf, type Loaded, load, loadDevices, loading } from '../state.ts'
import { type Extension, findExtensions } from './extensions.ts'

export type Line = DeviceView['lines'][number] & { readonly secret?: string | null }
export type Key = DeviceView['keys'][number]

/** What was edited and not saved: a merge patch over the record. */
export interface Draft {
  readonly name?: string | null
  readonly group?: string | null
  readonly notes?: string | null
  readonly enabled?: boolean
  readonly vendor?: string | null
  readonly model?: string | null
  readonly lines?: readonly Line[]
  readonly keys?: readonly Key[]
  readonly settings?: Readonly<Record<string, DeviceView['settings'][string] | null>>
  readonly extra?: Readonly<Record<string, Readonly<Record<string, string | null>>>>
  /** All of them: an edit of one is an edit of the list. */
  readonly dhcpOptions?: readonly OptionView[]
}

export interface Desk extends DeskAsks {
  readonly mac: string
  readonly explanation: Signal<Loaded<ExplainView>>
  readonly journey: Signal<Loaded<JourneyView | undefined>>
  readonly shape: Signal<Loaded<ShapeView>>
  readonly draft: Signal<Draft>
  /** How many things of the draft differ from the record. */
  readonly edits: ReadonlySignal<number>
  /** The record as it would be with the draft. */
  readonly device: ReadonlySignal<(DeviceView & { lines: readonly Line[] }) | undefined>
  readonly failed: Signal<ReturnType<typeof faultsOf> | undefined>
  readonly saving: Signal<boolean>
  load(): Promise<void>
  /** Asks for the record again, unless something was edited by the time that the answer comes. */
  refresh(): Promise<void>
  loadJourney(): Promise<void>
  edit(change: Draft): void
  discard(): void
  /** True when the box stored it. */
  save(): Promise<boolean>
  /** What the draft would change in the files. */
  look(): Promise<EditPreview>
  faultAt(path: string): string | undefined
}

/** What is asked for beside the record: of a box itself, or by the central account of the box of a site. */
export interface DeskAsks {
  readonly path: string
  file(name: string): Promise<FilePreview>
  /** Whether it has what is set; absent where only the box itself can be asked. */
  readonly pending?: () => Promise<PendingView>
  history(): Promise<readonly ChangeView[]>
  undo(seq: number): Promise<unknown>
  readonly findExtensions: (text: string) => Promise<readonly Option<Extension>[]>
}

/** Where what a desk shows comes from, and what it tells when it saved: a box, or the central account. */
export interface DeskSource extends DeskAsks {
  explain(): Promise<ExplainView>
  shape(): Promise<ShapeView>
  journey(): Promise<JourneyView | undefined>
  saved(): Promise<unknown>
  preview(draft: Draft): Promise<EditPreview>
}

function boxSource(mac: string): DeskSource {
  const path = `/devices/${encodeURIComponent(mac)}`
  return {
    path,
    explain: () => api<ExplainView>(`${path}/explain`),
    shape: () => api<ShapeView>(`${path}/shape`),
    journey: () => journeyOf(mac),
    saved: loadDevices,
    preview: (draft) => api<EditPreview>(`${path}/preview`, { method: 'POST', body: draft }),
    file: (name) => api<FilePreview>(`${path}/file?name=${encodeURIComponent(name)}`),
    pending: () => api<PendingView>(`${path}/pending`),
    history: async () => (await api<{ changes: ChangeView[] }>(`${path}/history`)).changes,
    undo: (seq) => api(`${path}/history/${seq}/undo`, { method: 'POST' }),
    findExtensions,
  }
}

/** Everything that the page of one phone knows and holds. */
export function makeDesk(mac: string, source: DeskSource = boxSource(mac)): Desk {
  const { path } = source
  const explanation = signal<Loaded<ExplainView>>(loading)
  const journey = signal<Loaded<JourneyView | undefined>>(loading)
  const shape = signal<Loaded<ShapeView>>(loading)
  const draft = signal<Draft>({})
  const failed = signal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const saving = signal(false)
  const record = () => (explanation.value.kind === 'ready' ? explanation.value.value.device : undefined)

  const device = computed(() => {
    const stored = record()
    return stored && merged(stored, draft.value)
  })
  const edits = computed(() => {
    const { settings, extra, ...rest } = draft.value
    const raw = Object.values(extra ?? {}).reduce((sum, values) => sum + Object.keys(values).length, 0)
    return Object.keys(rest).length + Object.keys(settings ?? {}).length + raw
  })

  async function loadJourney(): Promise<void> {
    const it = explanation.value
    // A device that was never seen has no journey to ask for.
    if (it.kind === 'ready' && it.value.verdict.state === 'never-seen')
      journey.value = { kind: 'ready', value: undefined }
    else await load(journey, source.journey)
  }
  return {
    ...source,
    ...{ mac, path, explanation, journey, shape, draft, edits, device, failed, saving, loadJourney },
    async load() {
      await Promise.all([load(explanation, source.explain), load(shape, source.shape)])
      await loadJourney()
    },
    async refresh() {
      const busy = () => edits.value > 0 || saving.value
      if (busy() || explanation.value.kind !== 'ready') return
      const answer = signal<Loaded<ExplainView>>(loading)
      await load(answer, source.explain)
      if (answer.value.kind === 'ready' && !busy()) explanation.value = answer.value
    },
    edit(change) {
      const stored = record()
      const { settings, extra, ...rest } = change
      const next: Record<string, unknown> = { ...draft.value, ...rest }
      if (settings) next.settings = { ...draft.value.settings, ...settings }
      if (extra) next.extra = nested(draft.value.extra, extra)
      draft.value = stored ? trimmed(next, stored) : (next as Draft)
    },
    discard() {
      draft.value = {}
      failed.value = undefined
    },
    async save() {
      const stored = record()
      if (!stored || saving.value) return false
      saving.value = true
      try {
        await api<DeviceView>(path, { method: 'PATCH', body: draft.value, rev: stored.rev })
        draft.value = {}
        failed.value = undefined
        await Promise.all([load(explanation, source.explain), source.saved()])
        return true
      } catch (error) {
        const it = faultsOf(error)
        const text =
          it.status === 412 || it.status === 409
            ? t('Somebody else changed this phone meanwhile. Your changes are still here: look at it again, then save.')
            : it.text
        failed.value = { ...it, text }
        if (it.status === 412 || it.status === 409) await load(explanation, source.explain)
        return false
      } finally {
        saving.value = false
      }
    },
    look: () => source.preview(draft.value),
    faultAt: (at) => failed.value?.faults.find((fault) => fault.path.replace(/\[(\d+)\]/g, '.$1') === at)?.message,
  }
}

/** Never seen is an answer, not a failure. */
async function journeyOf(mac: string): Promise<JourneyView | undefined> {
  try {
    return await api<JourneyView>(`/journeys/${encodeURIComponent(mac)}`)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

/** The record with a merge patch laid over it (RFC 7396). */
export function merged(stored: DeviceView, draft: Draft): DeviceView {
  const out: Record<string, unknown> = { ...stored }
  for (const [name, value] of Object.entries(draft)) {
    if (value === null) delete out[name]
    else if (name === 'settings') out[name] = patched(stored.settings, value as Record<string, unknown>)
    else if (name === 'extra') {
      const all = nested(stored.extra, value as Draft['extra'] & object)
      out[name] = Object.fromEntries(Object.entries(all).map(([vendor, bag]) => [vendor, patched({}, bag)]))
    } else out[name] = value
  }
  return out as DeviceView
}

function patched(base: Readonly<Record<string, unknown>>, change: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries({ ...base, ...change }).filter(([, value]) => value !== null))
}

function nested(
  base: Readonly<Record<string, Readonly<Record<string, string | null>>>> | undefined,
  change: Readonly<Record<string, Readonly<Record<string, string | null>>>>,
): Record<string, Record<string, string | null>> {
  const out: Record<string, Record<string, string | null>> = {}
  for (const vendor of new Set([...Object.keys(base ?? {}), ...Object.keys(change)]))
    out[vendor] = { ...base?.[vendor], ...change[vendor] }
  return out
}

/** Without what says the same as the record: typing something and back is no change. */
function trimmed(draft: Readonly<Record<string, unknown>>, stored: DeviceView): Draft {
  const out: Record<string, unknown> = {}
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
  for (const [name, value] of Object.entries(draft)) {
    const before = stored[name as keyof DeviceView]
    if (name === 'settings') {
      const kept = Object.entries(value as Record<string, unknown>).filter(([key, it]) => {
        const secret = stored.secrets.includes(`settings.${key}`)
        return it === null ? key in stored.settings || secret : !same(it, stored.settings[key])
      })
      if (kept.length > 0) out[name] = Object.fromEntries(kept)
    } else if (name === 'extra') out[name] = value
    else if (value === null || value === '' ? before !== undefined : !same(value, before))
      out[name] = value === '' ? null : value
  }
  return out as Draft
}
