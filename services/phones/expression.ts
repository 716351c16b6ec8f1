import { InvariantError, OperatorError } from '../core/errors.ts'
import type { Filter } from './filters.ts'
import type { Trace } from './trace.ts'

// The expressions of templates, as LiquidJS parses them: operands and operators in postfix order, then filters.

export interface FilteredValue {
  readonly initial: { readonly postfix: readonly Token[] }
  readonly filters: readonly { readonly name: string; readonly args: readonly unknown[] }[]
}

export interface Token {
  readonly kind: number
  readonly content?: unknown
  readonly literal?: string
  readonly operator?: string
  readonly props?: readonly Token[]
  readonly lhs?: Token
  readonly rhs?: Token
}

/** LiquidJS's numbers for kinds of tokens. */
const KIND = { number: 1, literal: 2, property: 128, word: 256, range: 512, quoted: 1024, operator: 2048 }

/** One run of a template: what it sees and what it has written. */
export interface Run {
  vars: Record<string, unknown>
  out: string
  steps: number
  readonly depth: number
  /** Present when somebody wants to know where the text comes from. */
  readonly trace?: Trace
  /** Characters and items that filters and comparisons have gone through. */
  work: number
  readonly limits: { readonly steps: number; readonly output: number; readonly work: number }
}

/** The longest text that a filter gives back, and the longest that it takes beside its input. */
const MAX_VALUE = 65_536
const MAX_ARGUMENT = 4096
/** Operands of one expression, or branches of one choice, that one step of the template pays for. */
export const FREE_OPERANDS = 16

function sizeOf(value: unknown): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 1
}

function charged(run: Run, value: unknown): unknown {
  if (typeof value === 'string' && value.length > 1000) charge(run, value.length)
  return value
}

/** Counts work that steps do not show. Throws `OperatorError` when it is too much. */
export function charge(run: Run, work: number): void {
  run.work += work
  if (run.work > run.limits.work) throw new OperatorError('the template does not come to an end')
}

/**
 * Runs one filter at its price: a step alone says nothing of a text that doubles, or of a thousand texts joined. The price of
 * what multiplies (`replace`, `join`) is asked before it is done.
 */
function filtered(run: Run, name: string, filter: Filter, input: unknown, first?: unknown, second?: unknown): unknown {
  if (sizeOf(first) > MAX_ARGUMENT && typeof first === 'string') throw tooLong(name)
  if (sizeOf(second) > MAX_ARGUMENT && typeof second === 'string') throw tooLong(name)
  charge(run, sizeOf(input) + (name === 'replace' ? replacedLength(input, first, second) : 0))
  if (name === 'join' && Array.isArray(input))
    charge(run, input.length * sizeOf(first) + input.reduce((sum: number, item) => sum + sizeOf(item), 0))
  const result = filter(input, first, second)
  if (typeof result === 'string' && result.length > MAX_VALUE) throw tooLong(name)
  charge(run, sizeOf(result))
  return result
}

function tooLong(name: string): OperatorError {
  return new OperatorError(`a text that the filter ${name} has to do with is too long`)
}

/** How much longer a text becomes when each place of one text in it is taken by another. */
function replacedLength(input: unknown, from: unknown, to: unknown): number {
  if (typeof input !== 'string' || typeof from !== 'string' || typeof to !== 'string' || from === '') return 0
  return Math.ceil(input.length / from.length) * to.length > MAX_VALUE ? (input.split(from).length - 1) * to.length : 0
}

export type Value = (run: Run) => unknown

/** A value with its filters, ready to be asked for. */
export function compileValue(value: FilteredValue | undefined, filters: Readonly<Record<string, Filter>>): Value {
  if (value === undefined) throw new InvariantError('a node without a value')
  let compiled = compileExpression(value.initial.postfix)
  for (const { name, args } of value.filters) {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined
    if (filter === undefined) throw new OperatorError(`the filter ${name} may not be used`)
    if (args.some(Array.isArray)) throw new OperatorError(`the filter ${name} takes no named values`)
    const input = compiled
    const [first, second] = args.map((arg) => compileToken(arg as Token))
    // What is not given must stay undefined: filters have defaults.
    if (first === undefined) compiled = (run) => filtered(run, name, filter, input(run))
    else if (second === undefined) compiled = (run) => filtered(run, name, filter, input(run), first(run))
    else compiled = (run) => filtered(run, name, filter, input(run), first(run), second(run))
  }
  return compiled
}

/** Whether a value is what stands at one place, with nothing done to it. */
export function isPlain(value: FilteredValue | undefined): boolean {
  return value?.filters.length === 0 && value.initial.postfix.length === 1 && isPath(value.initial.postfix[0])
}

/** Whether an operand is what stands at one place. */
export function isPath(token: Token | undefined): boolean {
  return token?.kind === KIND.property
}

function compileExpression(postfix: readonly Token[]): Value {
  const stack: Value[] = []
  const pop = () => {
    const value = stack.pop()
    if (value === undefined) throw new OperatorError('an expression is not complete')
    return value
  }
  for (const token of postfix) {
    if (token.kind !== KIND.operator) {
      stack.push(compileToken(token))
      continue
    }
    const right = pop()
    stack.push(token.operator === 'not' ? (run) => !right(run) : compileOperator(token.operator, pop(), right))
  }
  const whole = pop()
  if (postfix.length <= FREE_OPERANDS) return whole
  return (run) => {
    charge(run, postfix.length)
    return whole(run)
  }
}

function compileOperator(operator: string | undefined, left: Value, right: Value): Value {
  switch (operator) {
    case '==':
      return (run) => isEqual(left(run), charged(run, right(run)))
    case '!=':
      return (run) => !isEqual(left(run), charged(run, right(run)))
    case '>':
      return (run) => Number(left(run)) > Number(right(run))
    case '<':
      return (run) => Number(left(run)) < Number(right(run))
    case '>=':
      return (run) => Number(left(run)) >= Number(right(run))
    case '<=':
      return (run) => Number(left(run)) <= Number(right(run))
    case 'and':
      return (run) => left(run) && right(run)
    case 'or':
      return (run) => left(run) || right(run)
    case 'contains':
      return (run) => {
        const within = left(run)
        const wanted = right(run)
        charge(run, sizeOf(within))
        return Array.isArray(within) ? within.includes(wanted) : String(within ?? '').includes(String(wanted ?? ''))
      }
    default:
      throw new OperatorError(`the operator ${operator} may not be used`)
  }
}

/** Equality of templates: strict, but nothing equals nothing. Texts of one length are compared by their characters. */
export function isEqual(a: unknown, b: unknown): boolean {
  return a === b || ((a === undefined || a === null) && (b === undefined || b === null))
}

/** One operand. */
export function compileToken(token: Token | undefined): Value {
  switch (token?.kind) {
    case KIND.number:
    case KIND.quoted: {
      const { content } = token
      return () => content
    }
    case KIND.literal:
      if (token.literal === 'true') return () => true
      if (token.literal === 'false') return () => false
      if (token.literal === 'nil' || token.literal === 'null') return () => undefined
      throw new OperatorError(`${token.literal} may not be used: compare with '' instead`)
    case KIND.property:
      return compilePath(token.props ?? [])
    case KIND.range: {
      const from = compileToken(token.lhs)
      const to = compileToken(token.rhs)
      return (run) => {
        const first = Number(from(run))
        const length = Math.min(Math.max(0, Number(to(run)) - first + 1), 1000)
        charge(run, length)
        return Array.from({ length }, (_, i) => first + i)
      }
    }
    default:
      throw new OperatorError('an expression holds something that may not be used')
  }
}

function compilePath(props: readonly Token[]): Value {
  const [first, ...rest] = props.map((prop): { name?: string; value?: Value } =>
    prop.kind === KIND.word ? { name: String(prop.content) } : { value: compileToken(prop) },
  )
  const root = first?.name
  if (root === undefined) throw new OperatorError('a value must begin with a name')
  if (rest.length === 0)
    return (run) => {
      run.trace?.read(root, [])
      return run.vars[root]
    }
  return (run) => {
    let value = run.vars[root]
    if (rest.length > FREE_OPERANDS) charge(run, rest.length)
    run.trace?.read(
      root,
      rest.map(({ name, value: key }) => name ?? key?.(run)),
    )
    for (const { name, value: key } of rest) {
      value = property(value, name ?? key?.(run))
      if (value === undefined || value === null) return undefined
    }
    return value
  }
}

/** Own properties of plain data, and the size of texts and lists; never a method, never a prototype. */
function property(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) {
    if (key === 'size') return value.length
    if (key === 'first') return value[0]
    if (key === 'last') return value.at(-1)
    return typeof key === 'number' ? value[key] : undefined
  }
  if (typeof value === 'string') return key === 'size' ? value.length : undefined
  if (typeof value !== 'object' || (typeof key !== 'string' && typeof key !== 'number')) return undefined
  return Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined
}
