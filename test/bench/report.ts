import { table } from '../../appliance/cli/usage.ts'

/** One thing that was measured, for the box and for the servers beside it. */
export interface Row {
  readonly part: string
  readonly what: string
  readonly unit: string
  /** Whether more of it is good. */
  readonly better: 'more' | 'less'
  readonly box: number | undefined
  /** Undefined: it did not do it at all. A text: why there is no number, e.g. `not installed`. */
  readonly others: readonly { readonly name: string; readonly value: number | string }[]
  /** What the box shall reach: a least ratio to the first other that has a number, or a bound of its own value. */
  readonly goals?: readonly Goal[]
}

export type Goal =
  | { readonly against: string; readonly ratio: number }
  | { readonly atMost: number }
  | { readonly atLeast: number }

export interface Line {
  readonly part: string
  readonly what: string
  readonly unit: string
  readonly box?: number
  readonly other?: string
  readonly value?: number
  /** How many times better the box is; under 1 it is worse. */
  readonly ratio?: number
  readonly goal?: string
  readonly reached?: boolean
  readonly note?: string
}

/** The rows as lines of the one table: a line for each pair of the box and another server. */
export function compare(rows: readonly Row[]): Line[] {
  return rows.flatMap((row) => {
    const { part, what, unit, box } = row
    const base = { part, what, unit, ...(box === undefined ? {} : { box }) }
    const goals = row.goals ?? []
    const alone = goals.flatMap((goal): Line[] => {
      if ('against' in goal || box === undefined) return []
      if ('atMost' in goal) return [{ ...base, goal: `≤ ${goal.atMost}`, reached: box <= goal.atMost }]
      return [{ ...base, goal: `≥ ${goal.atLeast}`, reached: box >= goal.atLeast }]
    })
    const pairs = row.others.map(({ name, value }): Line => {
      if (typeof value === 'string') return { ...base, other: name, note: value }
      const ratio = box === undefined ? undefined : ratioOf(row.better, box, value)
      const goal = goals.find((one) => 'against' in one && one.against === name)
      if (ratio === undefined) return { ...base, other: name, value }
      if (goal === undefined || !('against' in goal)) return { ...base, other: name, value, ratio }
      const reached = ratio >= goal.ratio
      return { ...base, other: name, value, ratio, goal: `≥ ${goal.ratio} ×`, reached }
    })
    return alone.length + pairs.length === 0 ? [base] : [...alone, ...pairs]
  })
}

function ratioOf(better: 'more' | 'less', box: number, other: number): number {
  const [good, bad] = better === 'more' ? [box, other] : [other, box]
  return bad === 0 ? (good === 0 ? 1 : Number.POSITIVE_INFINITY) : good / bad
}

/** The one table, for people. */
export function print(lines: readonly Line[]): string {
  const head = ['part', 'what', 'unit', 'box', 'other', 'its value', 'box better by', 'goal', '']
  const rows = lines.map((line) => [
    line.part,
    line.what,
    line.unit,
    figure(line.box),
    line.other ?? '',
    line.note ?? figure(line.value),
    line.ratio === undefined ? '' : `${figure(line.ratio)} ×`,
    line.goal ?? '',
    line.reached === undefined ? '' : line.reached ? 'reached' : 'MISSED',
  ])
  return table([head, ...rows])
}

function figure(value: number | undefined): string {
  if (value === undefined) return ''
  if (!Number.isFinite(value)) return '∞'
  if (Math.abs(value) >= 100 || Number.isInteger(value)) return Math.round(value).toString()
  return value.toPrecision(3)
}
