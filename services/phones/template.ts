import { messageOf, OperatorError } from '../core/errors.ts'
import { compileToken, compileValue, type FilteredValue, isEqual, type Run, type Token } from './expression.ts'
import type { Filter } from './filters.ts'

// LiquidJS parses templates; this file runs what it parsed. Its own interpreter resumes a generator at every node
// and takes over a millisecond for a phone's file; as plain closures the same file takes a twentieth of that. Running
// them here also keeps the reach of a template small: own properties of plain data, the filters given, nothing else.

/** A parsed node as LiquidJS 10 leaves it; a test compares every shipped file with LiquidJS's own rendering. */
interface Node {
  readonly name?: string
  readonly str?: string
  readonly value?: FilteredValue
  readonly key?: string
  readonly branches?: readonly Branch[]
  readonly elseTemplates?: readonly Node[]
  readonly templates?: readonly Node[]
  readonly variable?: string
  readonly collection?: Token
  readonly hash?: { readonly hash: Readonly<Record<string, Token | undefined>> }
  readonly file?: unknown
  readonly token?: { readonly file?: string; getPosition(): number[] }
}

interface Branch {
  readonly value?: FilteredValue
  readonly values?: readonly Token[]
  readonly templates: readonly Node[]
}

/** What a node tells the loop around it. */
type Signal = 0 | 1 | 2
const NEXT: Signal = 0
const BREAK: Signal = 1
const CONTINUE: Signal = 2

type Runner = (run: Run) => Signal

/** A template made ready to run with the values that it sees. */
export type RunnableTemplate = (context: Readonly<Record<string, unknown>>, limits?: TemplateLimits) => string

/** How long a template may run, in steps, and how much it may write, in characters. */
export type TemplateLimits = Run['limits']

export interface TemplateTools {
  readonly filters: Readonly<Record<string, Filter>>
  escape(value: unknown): string
  /** The parsed nodes of a partial; throws when there is none. */
  partial(name: string): readonly unknown[]
}

const LIMITS: TemplateLimits = { steps: 200_000, output: 1_048_576 }
const MAX_DEPTH = 8

/** Compiles the nodes that LiquidJS parsed. Throws `OperatorError` for what these templates may not use. */
export function compileTemplate(nodes: readonly unknown[], tools: TemplateTools): RunnableTemplate {
  const partials = new Map<string, Runner>()
  const run = compileNodes(nodes as readonly Node[], tools, partials)
  return (context, limits = LIMITS) => {
    const vars = Object.assign(Object.create(null), context)
    const state: Run = { vars, out: '', steps: 0, depth: 0, limits }
    run(state)
    return state.out
  }
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
    return (run) => {
      run.out += str
      return NEXT
    }
  }
  switch (node.name) {
    case undefined: {
      const value = compileValue(node.value, tools.filters)
      return (run) => {
        step(run)
        run.out += tools.escape(value(run))
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
      return (run) => {
        step(run)
        run.vars[key] = value(run)
        return NEXT
      }
    }
    case 'if':
    case 'unless': {
      const branches = (node.branches ?? []).map((branch, i) => ({
        value: compileValue(branch.value, tools.filters),
        negated: node.name === 'unless' && i === 0,
        body: nested(branch.templates),
      }))
      const otherwise = nested(node.elseTemplates)
      return (run) => {
        step(run)
        for (const { value, negated, body } of branches) if (Boolean(value(run)) !== negated) return body(run)
        return otherwise(run)
      }
    }
    case 'case': {
      const subject = compileValue(node.value, tools.filters)
      const branches = (node.branches ?? []).map((branch) => ({
        values: (branch.values ?? []).map(compileToken),
        body: nested(branch.templates),
      }))
      const otherwise = nested(node.elseTemplates)
      return (run) => {
        step(run)
        const value = subject(run)
        for (const { values, body } of branches)
          if (values.some((candidate) => isEqual(value, candidate(run)))) return body(run)
        return otherwise(run)
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
    const items = collection(run)
    if (!Array.isArray(items) || items.length === 0) return otherwise(run)
    const { [name]: outer, forloop: outerLoop } = run.vars
    const { length } = items
    for (let index0 = 0; index0 < length; index0++) {
      step(run)
      run.vars[name] = items[index0]
      run.vars.forloop = { index: index0 + 1, index0, first: index0 === 0, last: index0 === length - 1, length }
      if (body(run) === BREAK) break
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
  const given = Object.entries(node.hash?.hash ?? {}).map(([name, token]) => [name, compileToken(token)] as const)
  if (!partials.has(file)) {
    // Known before it is compiled, so that one which renders itself comes to an end here; running it is bounded below.
    partials.set(file, () => NEXT)
    partials.set(file, compileNodes(tools.partial(file) as readonly Node[], tools, partials))
  }
  return (run) => {
    step(run)
    if (run.depth >= MAX_DEPTH) throw new OperatorError('partials are nested too deep')
    const vars: Record<string, unknown> = Object.create(null)
    for (const [name, value] of given) vars[name] = value(run)
    const inner: Run = { vars, out: '', steps: run.steps, depth: run.depth + 1, limits: run.limits }
    partials.get(file)?.(inner)
    run.steps = inner.steps
    run.out += inner.out
    return NEXT
  }
}
