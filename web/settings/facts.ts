import { signal } from '@preact/signals'
import type { SettingView } from '../../services/admin/schema-workbench.ts'
import { api } from '../api.ts'
import { type Loaded, load } from '../state.ts'

/** Every setting there is, with the form that asks for it. */
export const facts = signal<Loaded<readonly SettingView[]>>({ kind: 'loading' })

export const loadFacts = () => load(facts, async () => (await api<{ settings: SettingView[] }>('/settings')).settings)
