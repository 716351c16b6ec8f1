import type { ComponentChildren } from 'preact'
import type { Verdict } from '../../services/admin/schema.ts'
import { ago, fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { roleWord, session } from '../session.ts'
import { connection, type Loaded, loadAll } from '../state.ts'
import { Icon, type IconName } from './icon.tsx'

/** What is loading shows its shape, what failed says so, what is there is drawn. */
export function Await<Value>(props: {
  of: Loaded<Value>
  again?: () => void
  rows?: number
  children: (value: Value) => ComponentChildren
}) {
  const { of } = props
  if (of.kind === 'loading') return <Skeleton rows={props.rows ?? 3} />
  if (of.kind === 'error' && of.status === 403) return <NotAllowed />
  if (of.kind === 'error')
    return (
      <div class="failed" role="alert">
        <p>{t('This could not be loaded: {text}.', { text: of.text })}</p>
        <button type="button" onClick={() => (props.again ?? (() => void loadAll()))()}>
          {t('Try again')}
        </button>
      </div>
    )
  return <>{props.children(of.value)}</>
}

/** What this person may not see or do, who could, and as whom they are here. */
export function NotAllowed() {
  const { account, role } = session.value
  return (
    <Empty icon="lock">
      <p>{t('You may not see or do this.')}</p>
      {role !== undefined && (
        <p>
          {t('You are signed in as {name} ({role}). An owner can give you another role.', {
            ...{ name: account ?? '', role: roleWord(role) },
          })}
        </p>
      )}
    </Empty>
  )
}

/** The shape of what will come. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div class="skeleton" role="status" aria-label={t('Loading …')}>
      {Array.from({ length: rows }, (_, i) => (
        <span key={i} />
      ))}
    </div>
  )
}

/** Nothing is here, why that is, and what to do. */
export function Empty(props: { icon?: IconName; children: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name={props.icon ?? 'ok'} />
      <div>{props.children}</div>
    </div>
  )
}

/** The state as a word with a mark: colour alone tells nothing to many people. */
export function Badge({ state, enabled = true }: { state: Verdict['state']; enabled?: boolean | undefined }) {
  return <span class={`badge ${enabled ? state : 'off'}`}>{enabled ? stateWord(state) : t('Switched off')}</span>
}

export function stateWord(state: Verdict['state']): string {
  return {
    configured: t('Configured'),
    'under-way': t('Under way'),
    trouble: t('Trouble'),
    waiting: t('Waiting'),
    'unknown-device': t('New'),
    'never-seen': t('Never seen'),
  }[state]
}

/** Text that the box or the LAN made: in English, in whichever direction it runs, and never markup. */
export function Said({ children, class: name }: { children: string | undefined; class?: string }) {
  if (children === undefined || children === '') return null
  return (
    <span class={name} lang="en" dir="auto">
      {children}
    </span>
  )
}

/** `12 s ago`, with the full time in the site's zone for whoever hovers or reads the markup. */
export function Ago({ at }: { at: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={fullTime(at)}>
      {ago(at)}
    </time>
  )
}

/** A part of the page with its heading, which also names it for screen readers. */
export function Section(props: {
  id: string
  title: string
  count?: number | undefined
  action?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <section aria-labelledby={props.id}>
      <div class="section-head">
        <h2 id={props.id}>
          {props.title} {props.count !== undefined && <span class="count">{props.count}</span>}
        </h2>
        {props.action}
      </div>
      {props.children}
    </section>
  )
}

/** Across the page while no news arrives: what is shown may be old. */
export function Offline() {
  const { state, since } = connection.value
  if (state !== 'lost') return null
  return (
    <div class="offline" role="alert">
      <Icon name="warn" />
      <span>
        {t('The box cannot be reached. What is shown is as it was {ago}; changes cannot be saved now.', {
          ago: ago(since),
        })}
      </span>
    </div>
  )
}
