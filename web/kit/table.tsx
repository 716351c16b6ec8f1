import { type Signal, useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ComponentChildren
  /** What it is sorted by; absent: it is not. */
  readonly sort?: (row: Row) => string | number
  /** In rem; the rest is shared. */
  readonly width?: number
}

export interface Order {
  readonly column: string
  readonly down: boolean
}

interface Props<Row> {
  readonly label: string
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  readonly nameOf: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  readonly order?: Signal<Order>
  readonly selected?: Signal<ReadonlySet<string>>
  readonly rowHeight: number
  /** What Enter on a row does; its first cell holds the same as a link. */
  readonly open?: (row: Row) => void
  readonly bind?: object
}

/** In place of rows that are out of sight: no row to anybody. */
const GAP = { 'aria-hidden': true, class: 'gap' } as const
/** Rows drawn beyond the edge, so that scrolling shows no gaps. */
const BEYOND = 8

/** Sorted as people count: `Desk 2` before `Desk 10`. */
export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], order: Order): readonly Row[] {
  const sort = columns.find(({ id }) => id === order.column)?.sort
  if (!sort) return rows
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
  const keyed = rows.map((row) => ({ row, key: sort(row) }))
  keyed.sort(({ key: a }, { key: b }) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b)),
  )
  if (order.down) keyed.reverse()
  return keyed.map(({ row }) => row)
}

/** A table of any length: only the rows in sight are drawn. Arrows move between rows, Space chooses, Enter opens. */
export function Table<Row>(props: Props<Row>) {
  const { rows, columns, keyOf, selected, order, rowHeight } = props
  const box = useRef<HTMLDivElement>(null)
  const from = useSignal(0)
  const room = useSignal(20)
  /** The row that gets the focus once it is drawn. */
  const wanted = useRef<string | undefined>(undefined)
  /** The row that has the focus, by its key: its elements may be another row's after the next drawing. */
  const focused = useRef<string | undefined>(undefined)
  const look = () => {
    const it = box.current
    if (!it) return
    from.value = Math.max(0, Math.floor(it.scrollTop / rowHeight) - BEYOND)
    room.value = Math.ceil((it.clientHeight || 800) / rowHeight) + BEYOND * 2
  }
  useLayoutEffect(look, [rows.length, rowHeight])
  useEffect(() => {
    addEventListener('resize', look)
    return () => removeEventListener('resize', look)
  }, [])
  const first = Math.min(from.value, Math.max(0, rows.length - room.value))
  const shown = rows.slice(first, first + room.value)
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    const row = box.current?.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(wanted.current)}"] a`)
    if (row) {
      wanted.current = undefined
      row.focus({ preventScroll: true })
    }
  })
  useLayoutEffect(() => keepFocus(box.current, focused.current))
  const toggle = (key: string) => {
    if (!selected) return
    const next = new Set(selected.value)
    if (!next.delete(key)) next.add(key)
    selected.value = next
  }
  const step = (key: string, by: number) => {
    const index = rows.findIndex((row) => keyOf(row) === key)
    const to = Math.min(rows.length - 1, Math.max(0, index + by))
    const row = rows[to]
    const it = box.current
    if (!row || !it) return
    const head = rowHeight
    const top = to * rowHeight
    if (top < it.scrollTop) it.scrollTop = top
    else if (top + rowHeight + head > it.scrollTop + it.clientHeight)
      it.scrollTop = top + rowHeight + head - it.clientHeight
    wanted.current = keyOf(row)
    look()
    const drawn = it.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(keyOf(row))}"] a`)
    if (drawn) {
      wanted.current = undefined
      drawn.focus({ preventScroll: true })
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement
    const key = target.closest<HTMLElement>('tr[data-key]')?.dataset.key
    if (key === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 }[event.key]
    if (by !== undefined) {
      event.preventDefault()
      step(key, by)
    } else if ((event.key === ' ' || event.key === 'x') && selected && target.tagName !== 'INPUT') {
      event.preventDefault()
      toggle(key)
    }
  }
  const all = selected !== undefined && rows.length > 0 && rows.every((row) => selected.value.has(keyOf(row)))
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the rows' links are heard here
    <div
      class="table"
      ref={box}
      onScroll={look}
      onKeyDown={onKeyDown}
      onFocusCapture={(event) => {
        focused.current = keyOfRow(event.target)
      }}
      {...props.bind}
    >
      <table aria-label={props.label} aria-rowcount={rows.length + 1}>
        <colgroup>
          {selected && <col style={{ width: '3rem' }} />}
          {columns.map(({ id, width }) => (
            <col key={id} style={width === undefined ? {} : { width: `${width}rem` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {selected && (
              <th scope="col" class="tick">
                <input
                  type="checkbox"
                  aria-label={t('Choose all')}
                  checked={all}
                  onChange={() => {
                    selected.value = new Set(all ? [] : rows.map(keyOf))
                  }}
                />
              </th>
            )}
            {columns.map((column) => (
              <Heading key={column.id} column={column} order={order} />
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && (
            <tr {...GAP}>
              <td colSpan={columns.length + (selected ? 1 : 0)} style={{ height: `${first * rowHeight}px` }} />
            </tr>
          )}
          {shown.map((row, i) => {
            const key = keyOf(row)
            return (
              <DrawnRow
                // What scrolls out at one edge is drawn anew at the other: making and dropping thousands of elements
                // would stop the page for a tenth of a second now and then, to collect them.
                key={(first + i) % room.value}
                id={key}
                row={row}
                index={first + i + 2}
                height={rowHeight}
                columns={columns}
                chosen={selected?.value.has(key)}
                nameOf={props.nameOf}
                toggle={toggle}
              />
            )
          })}
          {first + shown.length < rows.length && (
            <tr {...GAP}>
              <td
                colSpan={columns.length + (selected ? 1 : 0)}
                style={{ height: `${(rows.length - first - shown.length) * rowHeight}px` }}
              />
            </tr>
          )}
        </tbody>
      </table>
    </div>
  )
}

function keyOfRow(target: EventTarget | null): string | undefined {
  return target instanceof Element ? target.closest<HTMLElement>('tr[data-key]')?.dataset.key : undefined
}

/** The focus stays with its row, wherever that is drawn now; with a row that is out of sight it goes. */
function keepFocus(box: HTMLElement | null, key: string | undefined): void {
  const active = document.activeElement
  if (!box || key === undefined || !(active instanceof HTMLElement) || !box.contains(active)) return
  if (keyOfRow(active) === key) return
  const row = box.querySelector(`tr[data-key="${CSS.escape(key)}"]`)
  const same = row?.querySelector<HTMLElement>(active.tagName)
  if (same) same.focus({ preventScroll: true })
  else active.blur()
}

interface Drawn<Row> {
  readonly id: string
  readonly row: Row
  readonly index: number
  readonly height: number
  readonly columns: readonly Column<Row>[]
  /** Undefined: rows are not chosen here. */
  readonly chosen: boolean | undefined
  readonly nameOf: (row: Row) => string
  readonly toggle: (key: string) => void
}

/** Drawn anew only when something of it is another: scrolling brings a few rows and leaves the rest as they are. */
function DrawnRow<Row>({ id, row, index, height, columns, chosen, nameOf, toggle }: Drawn<Row>) {
  const act = useRef(toggle)
  act.current = toggle
  return useMemo(
    () => (
      <tr data-key={id} aria-rowindex={index} class={chosen ? 'chosen' : ''} style={{ height: `${height}px` }}>
        {chosen !== undefined && (
          <td class="tick">
            <input
              type="checkbox"
              aria-label={t('Choose {name}', { name: nameOf(row) })}
              checked={chosen}
              onChange={() => act.current(id)}
            />
          </td>
        )}
        {columns.map((column) => (
          <td key={column.id}>
            <div class="cell">{column.cell(row)}</div>
          </td>
        ))}
      </tr>
    ),
    [id, row, index, height, columns, chosen],
  )
}

function Heading<Row>({ column, order }: { column: Column<Row>; order: Signal<Order> | undefined }) {
  if (!order || !column.sort) return <th scope="col">{column.title}</th>
  const { column: by, down } = order.value
  const here = by === column.id
  return (
    <th scope="col" aria-sort={here ? (down ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          order.value = { column: column.id, down: here && !down }
        }}
      >
        {column.title}
        <span aria-hidden="true">{here ? (down ? ' ↓' : ' ↑') : ''}</span>
      </button>
    </th>
  )
}
