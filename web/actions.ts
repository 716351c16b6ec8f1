import type { DeviceInput, DeviceRow, DeviceView } from '../services/admin/schema.ts'
import type { RefetchJob } from '../services/admin/schema-refetch.ts'
import { api } from './api.ts'
import { t } from './i18n.ts'
import { confirmed } from './kit/dialog.tsx'
import { toast } from './kit/toast.tsx'
import { changes, devices, listOf, loadDevices, loadJobs } from './state.ts'
import { tried } from './tried.ts'

// What people do to phones, from wherever on the page. Each says what came of it.

const path = (mac: string) => `/devices/${encodeURIComponent(mac)}`

/**
 * Shows a change of rows before the box has said yes, and takes it back when it says no. What arrives in between stays.
 */
export async function optimistic(
  mac: string,
  change: Partial<DeviceRow>,
  run: () => Promise<unknown>,
): Promise<unknown> {
  const before = listOf(devices.peek()).find((row) => row.mac === mac)
  const set = (fields: Partial<DeviceRow>) => {
    const list = devices.peek()
    if (list.kind !== 'ready') return
    devices.value = { kind: 'ready', value: list.value.map((row) => (row.mac === mac ? { ...row, ...fields } : row)) }
  }
  set(change)
  try {
    return await run()
  } catch (error) {
    if (before) set(Object.fromEntries(Object.keys(change).map((key) => [key, before[key as keyof DeviceRow]])))
    throw error
  }
}

/** Asks one phone to fetch again, now. */
export function refetchOne(mac: string, name: string, reboot = false): Promise<unknown> {
  return tried(t('{name} was not told', { name }), async () => {
    const { outcome, text } = await api<{ outcome: string; text: string }>(
      `${path(mac)}/resync?reboot=${reboot ? 1 : 0}`,
      { method: 'POST' },
    )
    toast(`${name}: ${text}`, { tone: outcome === 'accepted' ? 'good' : 'bad' })
  })
}

/** Asks many, a few at a time; the box goes on with it by itself. */
export function refetchMany(macs: readonly string[], reboot: boolean): Promise<RefetchJob | undefined> {
  return tried(t('They were not told'), async () => {
    const job = await api<RefetchJob>('/refetch', { method: 'POST', body: { devices: macs, reboot } })
    void loadJobs()
    return job
  })
}

export async function reboot(mac: string, name: string): Promise<void> {
  const yes = await confirmed({
    title: t('Restart {name}?', { name }),
    consequences: [
      t('The phone restarts and fetches everything anew.'),
      t('A call on it ends, and nobody can reach it for a minute or more.'),
    ],
    action: t('Restart it'),
  })
  if (yes) await refetchOne(mac, name, true)
}

export function allow(mac: string, name: string): Promise<unknown> {
  return tried(t('{name} was not allowed', { name }), async () => {
    await api(`${path(mac)}/allow`, { method: 'POST' })
    changes.value++
    await loadDevices()
    toast(t('{name} gets its files again. Restart it, or let it fetch again.', { name }), {
      action: { text: t('Fetch again'), run: () => void refetchOne(mac, name) },
    })
  })
}

export function patch(mac: string, rev: number, body: DeviceInput): Promise<DeviceView> {
  return api<DeviceView>(path(mac), { method: 'PATCH', body, rev })
}

/** Removes phones after a question; each can be taken back for as long as the message stands. */
export async function remove(rows: readonly { mac: string; rev: number; name: string }[]): Promise<boolean> {
  const [first] = rows
  if (!first) return false
  const one = rows.length === 1
  const yes = await confirmed({
    title: one ? t('Remove {name}?', { name: first.name }) : t('Remove {n} phones?', { n: rows.length }),
    consequences: [
      t('The record goes: name, lines with their passwords, keys and settings of its own.'),
      t('The phone keeps what it has until it fetches again, and then gets nothing.'),
      t('If it is still plugged in, it turns up among the new phones. The removal can be taken back.'),
    ],
    action: t('Remove'),
    danger: true,
  })
  if (!yes) return false
  const gone: string[] = []
  for (const { mac, rev, name } of rows)
    await tried(t('{name} was not removed', { name }), async () => {
      await api(path(mac), { method: 'DELETE', rev })
      gone.push(mac)
    })
  await loadDevices()
  if (gone.length > 0)
    toast(one ? t('{name} is removed.', { name: first.name }) : t('{n} phones are removed.', { n: gone.length }), {
      action: { text: t('Take it back'), run: () => void restore(gone) },
    })
  return gone.length > 0
}

async function restore(macs: readonly string[]): Promise<void> {
  for (const mac of macs)
    await tried(t('It was not taken back'), async () => {
      const { changes: list } = await api<{ changes: { seq: number }[] }>(`${path(mac)}/history`)
      const last = list.at(-1)
      if (last) await api(`${path(mac)}/history/${last.seq}/undo`, { method: 'POST' })
    })
  await loadDevices()
}
