import type { RecordChange } from '../services/admin/schema-changes.ts'
import { api } from './api.ts'
import { t } from './i18n.ts'
import { toast } from './kit/toast.tsx'
import { may } from './session.ts'
import { changes } from './state.ts'
import { tried } from './tried.ts'

/** Says that something was stored, with a way to take just that back for as long as the message stands. */
export async function stored(text: string, kind: string, id: string): Promise<void> {
  const seq = may('site') ? await newest(kind, id) : undefined
  toast(text, seq === undefined ? {} : { action: { text: t('Take it back'), run: () => void takeBack(seq) } })
}

async function newest(kind: string, id: string): Promise<number | undefined> {
  const query = new URLSearchParams({ kind, id, limit: '1' })
  // Without an answer nothing is lost but the button: the list under Activity has it too.
  const list = await api<{ changes: RecordChange[] }>(`/changes?${query}`).catch(() => undefined)
  const [change] = list?.changes ?? []
  return change?.canUndo ? change.seq : undefined
}

function takeBack(seq: number): Promise<unknown> {
  return tried(t('It was not taken back'), async () => {
    await api(`/changes/${seq}/undo`, { method: 'POST' })
    changes.value++
    toast(t('The change is taken back.'))
  })
}
