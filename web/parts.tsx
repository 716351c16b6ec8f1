import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Verdict } from '../services/admin/schema.ts'
import { type Loaded, loadAll, now } from './state.ts'

const WORDS: Readonly<Record<Verdict['state'], string>> = {
  configured: 'Configured',
  'under-way': 'Under way',
  trouble: 'Trouble',
  waiting: 'Waiting',
  'unknown-device': 'New',
  'never-seen': 'Never seen',
}

/** The state as a word with a mark: colour alone tells nothing to many people. */
export function Badge({ state }: { state: Verdict['state'] }) {
  return <span class={`badge ${state}`}>{WORDS[state]}</span>
}

export function Sentence({ verdict }: { verdict: Verdict }) {
  return (
    <span class="sentence">
      <span>{verdict.text}</span>
      {verdict.advice && <span class="advice">{verdict.advice}</span>}
    </span>
  )
}

/** `12 s ago`, with the full time for whoever hovers or reads the markup. */
export function Ago({ at }: { at: number }) {
  const date = new Date(at)
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {span(now.value - at)} ago
    </time>
  )
}

/** A length of time in its largest unit. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return seconds < 86_400 * 2 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`
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

/** What is loading or failed says so; what is there is drawn. */
export function Await<Value>({ of, children }: { of: Loaded<Value>; children: (value: Value) => ComponentChildren }) {
  if (of.kind === 'loading')
    return (
      <p class="quiet" role="status">
        Loading …
      </p>
    )
  if (of.kind === 'error')
    return (
      <div class="failed" role="alert">
        <p>This could not be loaded: {of.text}.</p>
        <button type="button" onClick={() => void loadAll()}>
          Try again
        </button>
      </div>
    )
  return <>{children(of.value)}</>
}

const STEP = 50

/** A long list in pieces: a thousand rows at once make a phone's browser stutter. */
export function Pieces<Item>({
  items,
  what,
  children,
}: {
  items: readonly Item[]
  what: string
  children: (shown: readonly Item[]) => ComponentChildren
}) {
  const [shown, setShown] = useState(STEP)
  const rest = items.length - shown
  return (
    <>
      {children(items.slice(0, shown))}
      {rest > 0 && (
        <p class="more">
          <button type="button" onClick={() => setShown(shown + STEP * 4)}>
            Show more
          </button>{' '}
          {rest} more {what}
        </p>
      )}
    </>
  )
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>
}
