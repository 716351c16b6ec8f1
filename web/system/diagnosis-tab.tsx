import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { api } from '../api.ts'
import { download } from '../csv.ts'
import { number, t } from '../i18n.ts'
import { FindField } from '../kit/find-field.tsx'
import { Await, Section } from '../kit/states.tsx'
import { Services } from '../overview-services.tsx'
import { type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'

/** What goes into the file for whoever helps from afar. None of these answers holds a secret, by the API's own rules. */
const PARTS = {
  ...{ about: '/about', health: '/health', alarms: '/alarms', counters: '/counters', dhcp: '/dhcp' },
  ...{ networks: '/dhcp/networks', leases: '/leases', devices: '/devices', journeys: '/journeys' },
  ...{
    pending: '/pending',
    refetch: '/refetch',
    templates: '/templates',
    packs: '/packs',
    changes: '/changes?limit=500',
  },
} as const

/** What the box is doing, in numbers, and all of it as one file. */
export function DiagnosisTab() {
  const counters = useSignal<Loaded<Readonly<Record<string, number>>>>({ kind: 'loading' })
  const find = useSignal('')
  const busy = useSignal(false)
  const ask = () =>
    void load(counters, async () => (await api<{ counters: Record<string, number> }>('/counters')).counters)
  useEffect(ask, [])
  const bundle = () =>
    tried(t('The file was not made'), async () => {
      busy.value = true
      try {
        const parts: Record<string, unknown> = {}
        for (const [name, path] of Object.entries(PARTS)) parts[name] = await api(path)
        const stamp = new Date().toISOString().slice(0, 16).replace(/[-:T]/g, '')
        download(`branchline-diagnosis-${stamp}.json`, JSON.stringify(parts, null, 2), 'application/json')
      } finally {
        busy.value = false
      }
    })
  return (
    <>
      <Section id="bundle" title={t('A file for whoever helps')}>
        <div class="card stacked">
          <p>
            {t('States, counters, leases, verdicts and who changed what: no password, no PIN, no file of a phone.')}
          </p>
          <div class="buttons">
            <button type="button" class="primary" disabled={busy.value} onClick={() => void bundle()}>
              {t('Save the diagnosis file')}
            </button>
            <a class="button" href="/api/openapi.json" target="_blank" rel="noreferrer">
              {t('The API’s description')}
            </a>
          </div>
        </div>
      </Section>
      <Services />
      <Section
        id="counters"
        title={t('Counters')}
        action={
          <button type="button" onClick={ask}>
            {t('Read again')}
          </button>
        }
      >
        <FindField
          id="find-counters"
          label={t('Find a counter')}
          placeholder={t('Find a counter')}
          value={find.value}
          change={(text) => {
            find.value = text
          }}
        />
        <Await of={counters.value} again={ask}>
          {(all: Readonly<Record<string, number>>) => (
            <ul class="counters card">
              {Object.entries(all)
                .filter(([name]) => name.includes(find.value.trim().toLowerCase()))
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, count]) => (
                  <li key={name}>
                    <code>{name}</code>
                    <span>{number(count)}</span>
                  </li>
                ))}
            </ul>
          )}
        </Await>
      </Section>
    </>
  )
}
