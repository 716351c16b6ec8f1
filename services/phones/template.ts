import { messageOf, OperatorError } from '../core/errors.ts'
import { charge, compileToken, compileValue, FREE_OPERANDS, isEqual, isPath, isPlain, type Run } from './expression.ts'
import type { Filter } from './filters.ts'
import { assignedIn, type Node } from './template-node.ts'
import { type Source, sourceOf, type Trace } from './trace.ts'

// LiquidJS parses templates; this file runs what it parsed. Its own interpreter resumes a generator at every node
// and takes over a millisecond for a phone's file; as plain closures the same file takes a twentieth of that. Running
// them here also keeps the reach of a template small: own properties of plain data, the filters given, nothing else.

/** What a node tells the loop around it. */
type Signal = 0 | 1 | 2
const NEXT: Signal = 0
const BREAK: Signal = 1
const CONTINUE: Signal = 2

type Runner = (run: Run) => Signal

/** How long a template may run, in steps and in characters gone through, and how much it may write, in characters. */
export type TemplateLimits = Run['limits']

/** A template made ready to run with the values that it sees; `trace` follows where its text comes from. */
export type RunnableTemplate = (
  context: Readonly<Record<string, unknown>>,
  options?: { readonly trace?: Trace; readonly limits?: TemplateLimits },
) => string

export interface TemplateTools {
  readonly filters: Readonly<Record<string, Filter>>
  escape(value: unknown): string
  /** The parsed nodes of a partial; throws when there is none. */
  partial(name: string): readonly unknown[]
}

const LIMITS: TemplateLimits = { steps: 200_000, output: 1_048_576, work: 4_000_000 }
const MAX_DEPTH = 8

/** Compiles the nodes that LiquidJS parsed. Throws `OperatorError` for what these templates may not use. */
export function compileTemplate(nodes: readonly unknown[], tools: TemplateTools): RunnableTemplate {
  const partials = new Map<string, Runner>()
  const run = compileNodes(nodes as readonly Node[], tools, partials)
  return (context, { trace, limits = LIMITS } = {}) => {
    const vars = Object.assign(Object.create(null), context)
    const state: Run = { vars, out: '', steps: 0, work: 0, depth: 0, limits, ...(trace && { trace }) }
    run(state)
    return state.out
  }
}

const NOTHING: ReadonlySet<string> = new Set()

/** A value, and what it was made from when somebody wants to know. */
function asked<Result>(run: Run, value: (run: Run) => Result) {
  return run.trace === undefined ? { result: value(run), reads: NOTHING } : run.trace.reading(() => value(run))
}

/**
 * Runs the branch that is chosen; what was asked for to choose it decided about all of its text, and about each variable
 * that one of the branches gives another value.
 */
function taken(run: Run, choose: (run: Run) => Runner, variables: readonly string[]): Signal {
  if (run.trace === undefined) return choose(run)(run)
  const { result, reads } = run.trace.reading(() => choose(run))
  const signal = run.trace.under(reads, () => result(run))
  run.trace.decide(variables, reads)
  return signal
}

function writeTraced(
  run: Run,
  trace: Trace,
  value: (run: Run) => unknown,
  tools: TemplateTools,
  source: Source | undefined,
): void {
  const { result, reads } = trace.reading(() => value(run))
  const text = tools.escape(result)
  trace.wrote(run.out.length, run.out.length + text.length, reads, source)
  run.out += text
}

function step(run: Run): void {
  if (++run.steps > run.limits.steps) throw new OperatorError('the template does not come to an end')
  if (run.out.length > run.limits.output) throw new OperatorError('the output is too long')
}

function compileNodes(nodes: readonly Node[], tools: TemplateTools, partials: Map<string, Runner>): Runner {
  const runners = nodes.map((node) => placed(node, tools, partials)).filter((runner) => runner !== undefined)
  return (run) => {
    for (const runner of runners) {
      const signal = runner(run)
      if (signal !== NEXT) return signal
    }
    return NEXT
  }
}

/** Compiles one node; what is wrong with it is told with its place, in the words of LiquidJS's own errors. */
function placed(node: Node, tools: TemplateTools, partials: Map<string, Runner>): Runner | undefined {
  try {
    return compileNode(node, tools, partials)
  } catch (thrown) {
    const message = messageOf(thrown)
    if (node.token === undefined || / line:\d+, col:\d+$/.test(message)) throw thrown
    const [line, column] = node.token.getPosition()
    throw new OperatorError(`${message}, file:${node.token.file ?? ''}, line:${line}, col:${column}`)
  }
}

function compileNode(node: Node, tools: TemplateTools, partials: Map<string, Runner>): Runner | undefined {
  const nested = (inner: readonly Node[] | undefined) => compileNodes(inner ?? [], tools, partials)
  if (node.str !== undefined) {
    const { str } = node
    const source = sourceOf(node.token)
    return (run) => {
      run.trace?.wrote(run.out.length, run.out.length + str.length, NOTHING, source, str)
      run.out += str
      return NEXT
    }
  }
  switch (node.name) {
    case undefined: {
      const value = compileValue(node.value, tools.filters)
      const source = sourceOf(node.token)
      return (run) => {
        step(run)
        if (run.trace === undefined) run.out += tools.escape(value(run))
        else writeTraced(run, run.trace, value, tools, source)
        return NEXT
      }
    }
    case '#':
    case 'comment':
      return undefined
    case 'break':
      return () => BREAK
    case 'continue':
      return () => CONTINUE
    case 'assign': {
      const value = compileValue(node.value, tools.filters)
      const key = node.key ?? ''
      const plain = isPlain(node.value)
      return (run) => {
        step(run)
        if (run.trace === undefined) run.vars[key] = value(run)
        else {
          const { result, reads } = run.trace.reading(() => value(run))
          run.vars[key] = result
          run.trace.name(key, reads, plain)
        }
        return NEXT
      }
    }
    case 'if':
    case 'unless': {
      // What runs must hold no node: one that is held keeps the whole parsed template.
      const unless = node.name === 'unless'
      const branches = (node.branches ?? []).map((branch, i) => ({
        value: compileValue(branch.value, tools.filters),
        negated: unless && i === 0,
        body: nested(branch.templates),
      }))
      const otherwise = nested(node.elseTemplates)
      const variables = assignedIn(node)
      const choose = (run: Run): Runner => {
        if (branches.length > FREE_OPERANDS) charge(run, branches.length)
        for (const { value, negated, body } of branches) if (Boolean(value(run)) !== negated) return body
        return otherwise
      }
      return (run) => {
        step(run)
        return taken(run, choose, variables)
      }
    }
    case 'case': {
      const subject = compileValue(node.value, tools.filters)
      const branches = (node.branches ?? []).map((branch) => ({
        values: (branch.values ?? []).map(compileToken),
        body: nested(branch.templates),
      }))
      const otherwise = nested(node.elseTemplates)
      const variables = assignedIn(node)
      const candidates = branches.reduce((sum, { values }) => sum + values.length, 0)
      const choose = (run: Run): Runner => {
        const value = subject(run)
        if (candidates > FREE_OPERANDS) charge(run, candidates)
        for (const { values, body } of branches)
          if (values.some((candidate) => isEqual(value, candidate(run)))) return body
        return otherwise
      }
      return (run) => {
        step(run)
        return taken(run, choose, variables)
      }
    }
    case 'for':
      return compileFor(node, nested(node.templates), nested(node.elseTemplates))
    case 'render':
      return compileRender(node, tools, partials)
    default:
      throw new OperatorError(`the tag ${node.name} may not be used`)
  }
}

function compileFor(node: Node, body: Runner, otherwise: Runner): Runner {
  const given = Object.keys(node.hash?.hash ?? {})
  if (given.length > 0) throw new OperatorError(`for takes no ${given.join(', ')} here`)
  const collection = compileToken(node.collection)
  const name = node.variable ?? ''
  return (run) => {
    const { result: items, reads } = asked(run, collection)
    if (!Array.isArray(items) || items.length === 0) return otherwise(run)
    const { [name]: outer, forloop: outerLoop } = run.vars
    const { length } = items
    for (let index0 = 0; index0 < length; index0++) {
      step(run)
      run.vars[name] = items[index0]
      run.vars.forloop = { index: index0 + 1, index0, first: index0 === 0, last: index0 === length - 1, length }
      run.trace?.item(name, reads, index0)
      const signal = run.trace === undefined ? body(run) : run.trace.under(reads, () => body(run))
      if (signal === BREAK) break
    }
    run.vars[name] = outer
    run.vars.forloop = outerLoop
    return NEXT
  }
}

/** A partial sees only what is handed to it. */
function compileRender(node: Node, tools: TemplateTools, partials: Map<string, Runner>): Runner {
  const { file } = node
  if (typeof file !== 'string') throw new OperatorError('render needs the name of a partial in quotes')
  const given = Object.entries(node.hash?.hash ?? {}).map(([name, token]) => ({
    ...{ name, value: compileToken(token), plain: isPath(token) },
  }))
  if (!partials.has(file)) {
    // Known before it is compiled, so that one which renders itself comes to an end here; running it is bounded below.
    partials.set(file, () => NEXT)
    partials.set(file, compileNodes(tools.partial(file) as readonly Node[], tools, partials))
  }
  return (run) => {
    step(run)
    if (run.depth >= MAX_DEPTH) throw new OperatorError('partials are nested too deep')
    const vars: Record<string, unknown> = Object.create(null)
    const handed = given.map(({ name, value, plain }) => {
      const { result, reads } = asked(run, value)
      vars[name] = result
      return [name, reads, plain] as const
    })
    const { trace, limits } = run
    const inner: Run = {
      vars,
      out: '',
      steps: run.steps,
      work: run.work,
      depth: run.depth + 1,
      limits,
      ...(trace && { trace }),
    }
    if (trace === undefined) partials.get(file)?.(inner)
    else trace.partial(handed, run.out.length, () => void partials.get(file)?.(inner))
    run.steps = inner.steps
    run.work = inner.work
    run.out += inner.out
    return NEXT
  }
}
