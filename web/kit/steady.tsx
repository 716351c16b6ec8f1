import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'
import { plural } from '../i18n.ts'

export interface Steady<Row> {
  /** The rows to draw: always the newest content, in the old order while somebody is in the list. */
  readonly rows: readonly Row[]
  /** How many rows would come, go or move. */
  readonly waiting: number
  /** Shows them as they are now. */
  readonly release: () => void
  /** For the element that holds the list. */
  readonly bind: {
    readonly onPointerEnter: () => void
    readonly onPointerLeave: () => void
    readonly onFocusIn: () => void
    readonly onFocusOut: () => void
  }
}

/**
 * Keeps a live list from moving under the pointer or the focus: rows change their content at once, but come, go and move
 * only when nobody is in the list, or when they are let. `token`: what the person chose (filter, order); it counts at once.
 */
export function useSteady<Row>(rows: readonly Row[], keyOf: (row: Row) => string, token = ''): Steady<Row> {
  const pointer = useSignal(false)
  const focus = useSignal(false)
  const kept = useRef<{ token: string; keys: readonly string[]; last: ReadonlyMap<string, Row> } | undefined>(undefined)
  const release = useSignal(0)
  const freed = useRef(0)
  const held = (pointer.value || focus.value) && kept.current?.token === token && freed.current === release.value
  const now = new Map(rows.map((row) => [keyOf(row), row]))
  freed.current = release.value
  const bind = {
    onPointerEnter: () => {
      pointer.value = true
    },
    onPointerLeave: () => {
      pointer.value = false
    },
    onFocusIn: () => {
      focus.value = true
    },
    onFocusOut: () => {
      focus.value = false
    },
  }
  const letGo = () => {
    release.value++
  }
  if (!held || !kept.current) {
    kept.current = { token, keys: [...now.keys()], last: now }
    return { rows, waiting: 0, release: letGo, bind }
  }
  const { keys, last } = kept.current
  const shown = keys.flatMap((key) => now.get(key) ?? last.get(key) ?? [])
  return { rows: shown, waiting: differences(keys, [...now.keys()]), release: letGo, bind }
}

/** The same around a list that is drawn where no hook can stand. */
export function Steadily<Row>(props: {
  rows: readonly Row[]
  keyOf: (row: Row) => string
  token?: string
  children: (steady: Steady<Row>) => ComponentChildren
}) {
  return <>{props.children(useSteady(props.rows, props.keyOf, props.token))}</>
}

/** How many keys are new, gone, or elsewhere among those that stay. */
export function differences(before: readonly string[], after: readonly string[]): number {
  const [was, is] = [new Set(before), new Set(after)]
  const staying = before.filter((key) => is.has(key))
  const coming = after.filter((key) => was.has(key))
  const moved = staying.filter((key, i) => coming[i] !== key).length
  return before.length - staying.length + (after.length - coming.length) + moved
}

/** Says that the list waits, and lets it go on. `over`: above a list that has no line of its own for it, and moves nothing. */
export function ChangesPill({ of, over }: { of: Pick<Steady<never>, 'waiting' | 'release'>; over?: boolean }) {
  return (
    <span class={over ? 'pill-place over' : 'pill-place'} aria-live="polite">
      {of.waiting > 0 && (
        <button type="button" class="pill" onClick={of.release}>
          {plural('{n} change|{n} changes', of.waiting)}
        </button>
      )}
    </span>
  )
}
