import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { FileView } from '../services/admin/schema-files.ts'
import type { RolloutRow, RolloutView } from '../services/admin/schema-rollouts.ts'
import { api } from './api.ts'
import { t } from './i18n.ts'
import { confirmed } from './kit/dialog.tsx'
import { Ago, Await, Empty, Said, Section } from './kit/states.tsx'
import { RolloutDialog } from './rollout-dialog.tsx'
import { stateOfRollout } from './rollouts-words.ts'
import { to } from './router.ts'
import { may } from './session.ts'
import { devices, type Loaded, listOf, loadRollouts, rollouts } from './state.ts'
import { tried } from './tried.ts'

/** New firmware for many phones, a few at a time, and where each of them stands; it follows by itself. */
export function RolloutBoard({ files }: { files: Loaded<readonly FileView[]> }) {
  const starting = useSignal(false)
  const firmware = listOf(files).filter((file) => file.kind === 'firmware')
  return (
    <Section
      id="rollouts"
      title={t('Rollouts')}
      action={
        may('site') && (
          <button
            type="button"
            class="primary"
            disabled={firmware.length === 0}
            onClick={() => {
              starting.value = true
            }}
          >
            {t('New rollout')}
          </button>
        )
      }
    >
      <Await of={rollouts.value} again={() => void loadRollouts()} rows={1}>
        {(list: readonly RolloutRow[]) =>
          list.length === 0 ? (
            <Empty icon="again">
              {firmware.length === 0
                ? t('Store a firmware first; then it can be rolled out, a few phones at a time.')
                : t('No firmware was rolled out yet.')}
            </Empty>
          ) : (
            <ul class="cards">
              {list.slice(0, 20).map((row) => (
                <Rollout key={row.id} row={row} />
              ))}
            </ul>
          )
        }
      </Await>
      {starting.value && (
        <RolloutDialog
          files={firmware}
          close={() => {
            starting.value = false
          }}
        />
      )}
    </Section>
  )
}

function Rollout({ row }: { row: RolloutRow }) {
  const open = useSignal(row.status === 'running')
  const counts = Object.entries(row.counts) as [keyof RolloutRow['counts'], number][]
  const all = counts.reduce((sum, [, n]) => sum + n, 0)
  return (
    <li class="card">
      <div class="need-who">
        <strong dir="auto">{row.name}</strong>
        <span
          class={`badge ${row.counts.failed > 0 ? 'trouble' : row.status === 'completed' ? 'configured' : 'under-way'}`}
        >
          {statusWord(row.status)}
        </span>
      </div>
      <p>
        <Said>{row.text}</Said>
      </p>
      <div
        class="stack"
        role="img"
        aria-label={counts.map(([state, n]) => `${stateOfRollout(state)}: ${n}`).join(', ')}
      >
        {counts
          .filter(([, n]) => n > 0)
          .map(([state, n]) => (
            <span key={state} class={state} style={{ flexGrow: n }} />
          ))}
      </div>
      <p class="quiet facts">
        {counts
          .filter(([, n]) => n > 0)
          .map(([state, n]) => (
            <span key={state}>
              {n} {stateOfRollout(state)}
            </span>
          ))}
        <span>
          {row.by}, <Ago at={row.createdAt} />
        </span>
      </p>
      <Controls row={row} />
      <details
        open={open.value}
        onToggle={(event) => {
          open.value = event.currentTarget.open
        }}
      >
        <summary>{t('Phone by phone ({n})', { n: all })}</summary>
        {open.value && <Board row={row} />}
      </details>
    </li>
  )
}

function statusWord(status: RolloutRow['status']): string {
  return {
    running: t('Running'),
    paused: t('Paused'),
    stopped: t('Stopped'),
    cancelled: t('Cancelled'),
    completed: t('Completed'),
  }[status]
}

function Controls({ row }: { row: RolloutRow }) {
  const act = (action: string) =>
    void tried(row.name, async () => {
      await api(`/rollouts/${encodeURIComponent(row.id)}/${action}`, { method: 'POST' })
      await loadRollouts()
    })
  const cancel = async () => {
    const yes = await confirmed({
      title: t('Cancel {name}?', { name: row.name }),
      consequences: [
        t('No further phone is let go. Those under way are followed to their end.'),
        t('Phones that have the new firmware keep it.'),
      ],
      action: t('Cancel the rollout'),
      cancel: t('Back'),
      danger: true,
    })
    if (yes) act('cancel')
  }
  if (row.status === 'cancelled' || row.status === 'completed' || !may('site')) return null
  return (
    <div class="buttons">
      {row.status === 'running' && (
        <button type="button" onClick={() => act('pause')}>
          {t('Pause')}
        </button>
      )}
      {row.status !== 'running' && (
        <button type="button" onClick={() => act('resume')}>
          {t('Go on')}
        </button>
      )}
      {row.status !== 'running' && row.counts.failed > 0 && (
        <button type="button" onClick={() => act('resume?failed=1')}>
          {t('Try those that failed again')}
        </button>
      )}
      {/approv/i.test(row.text) && (
        <button type="button" class="primary" onClick={() => act('approve')}>
          {t('Approve')}
        </button>
      )}
      <button type="button" onClick={() => void cancel()}>
        {t('Cancel')}
      </button>
    </div>
  )
}

function Board({ row }: { row: RolloutRow }) {
  const view = useSignal<Loaded<RolloutView>>({ kind: 'loading' })
  useEffect(() => {
    let gone = false
    void api<RolloutView>(`/rollouts/${encodeURIComponent(row.id)}`).then(
      (value) => {
        if (!gone) view.value = { kind: 'ready', value }
      },
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [row])
  const names = new Map(listOf(devices.value).map((one) => [one.mac, one.name]))
  return (
    <Await of={view.value}>
      {(it: RolloutView) => (
        <ul class="board">
          {it.devices.map((one) => (
            <li key={one.mac} class={one.state}>
              <a href={to('phones', one.mac)} dir="auto">
                {names.get(one.mac) ?? one.mac}
              </a>
              <span>{stateOfRollout(one.state)}</span>
              <span class="quiet">
                <Said>{one.reason ?? [one.before, one.version].filter(Boolean).join(' → ')}</Said>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Await>
  )
}
