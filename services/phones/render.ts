import { Liquid } from 'liquidjs'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { Definition, FileForm } from './definition.ts'
import { escapeValue } from './escape.ts'
import { withExtra } from './extra.ts'
import type { FileFormat } from './file-format.ts'
import { asFilter, FILTERS, type Filter } from './filters.ts'
import type { DefinitionFault } from './load.ts'
import { compileTemplate, type RunnableTemplate, type TemplateLimits } from './template.ts'
import { type Piece, Trace } from './trace.ts'

/** A template that cannot be used or did not come to an end. Carries neither its source nor any value. */
export class TemplateError extends OperatorError {
  override readonly name = 'TemplateError'
}

/** The tags that templates may use; LiquidJS refuses all others when it parses. */
export const TAGS = new Set([
  ...['assign', 'if', 'unless', 'elsif', 'else', 'case', 'when', 'for', 'break', 'continue', 'render', 'comment', '#'],
])

const MAX_SOURCE = 1_048_576

/**
 * The engine whose parser reads a vendor's templates; what it parses is run by template.ts, which does the escaping.
 * Values that count as false are those of JavaScript.
 */
export function makeEngine(definition: Definition, more: { outputEscape?: (value: unknown) => string } = {}): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    jsTruthy: true,
    parseLimit: MAX_SOURCE,
    ...more,
    // Partials are looked up here and nowhere else.
    templates: Object.fromEntries([...definition.templates].map(([name, text]) => [partialName(name), text])),
  })
  for (const tag of Object.keys(engine.tags)) if (!TAGS.has(tag)) delete engine.tags[tag]
  for (const filter of Object.keys(engine.filters)) delete engine.filters[filter]
  for (const [name, filter] of Object.entries(filtersOf(definition))) engine.registerFilter(name, filter)
  return engine
}

function filtersOf(definition: Definition): Record<string, Filter> {
  return { ...FILTERS, as: asFilter(definition) }
}

function partialName(file: string): string {
  return file.replace(/\.liquid$/, '')
}

/** Parses one template of a vendor and makes it ready to run. */
function prepare(definition: Definition, template: string, format: FileFormat): RunnableTemplate {
  const engine = makeEngine(definition)
  const parse = (file: string) => {
    const source = definition.templates.get(file)
    if (source === undefined) throw new OperatorError(`there is no template ${file}`)
    return engine.parse(source, definition.origins.get(file) ?? `${definition.id}/${file}`)
  }
  return compileTemplate(parse(template), {
    filters: filtersOf(definition),
    escape: (value) => escapeValue(format, value),
    partial: (name) => parse(`${name}.liquid`),
  })
}

/** What keeps a vendor's templates from being used, each by its file and place; nothing is rendered. */
export function templateFaults(definition: Definition): DefinitionFault[] {
  const faults = new Map<string, DefinitionFault>()
  const { claim } = definition
  const assisted = claim === undefined ? [] : [...claim.files, claim.page]
  for (const { from, format } of [...definition.files, ...(definition.directory?.documents ?? []), ...assisted]) {
    if (from === undefined) continue
    try {
      prepare(definition, from, format)
    } catch (thrown) {
      // The parser says it all in one text: `tag "x" not found, file:a/b.liquid, line:2, col:1`.
      const text = messageOf(thrown).split('\n')[0] ?? ''
      const place = /^(.*), file:(.*), line:(\d+), col:(\d+)$/.exec(text)
      const [, message = text, file = definition.origins.get(from) ?? from, line = 1, column = 1] = place ?? []
      const fault = {
        file,
        line: Number(line),
        column: Number(column),
        path: '(template)',
        message: message.slice(0, 200),
      }
      faults.set(JSON.stringify(fault), fault)
    }
  }
  return [...faults.values()]
}

/** Renders files from the templates of loaded definitions; each template is parsed once. */
export interface Renderer {
  /** The text of a file. Throws `TemplateError`. */
  render(definition: Definition, form: RenderedForm, context: Record<string, unknown>, limits?: TemplateLimits): string
  /** The same, and the text before raw parameters took the place of some, piece by piece. Throws `TemplateError`. */
  trace(
    definition: Definition,
    form: RenderedForm,
    context: Record<string, unknown>,
  ): { readonly text: string; readonly made: string; readonly pieces: readonly Piece[] }
}

/** What is known of a file for making its text. */
export type RenderedForm = Pick<FileForm, 'from' | 'format' | 'reader'>

export function makeRenderer(): Renderer {
  const prepared = new WeakMap<Definition, Map<string, RunnableTemplate>>()
  const ready = (definition: Definition, template: string, format: FileFormat): RunnableTemplate => {
    let own = prepared.get(definition)
    if (own === undefined) {
      own = new Map()
      prepared.set(definition, own)
    }
    const key = `${format}/${template}`
    const before = own.get(key)
    if (before !== undefined) return before
    const made = prepare(definition, template, format)
    own.set(key, made)
    return made
  }
  /** The parser's message quotes the template; its first line and place are enough and hold no value. */
  const told = <Made>(definition: Definition, template: string, make: () => Made): Made => {
    try {
      return make()
    } catch (thrown) {
      const line = (messageOf(thrown).split('\n')[0] ?? '').slice(0, 200)
      throw new TemplateError(`template ${definition.id}/${template}: ${line}`)
    }
  }
  return {
    render: (definition, { from: template = '', format, reader }, context, limits) =>
      told(definition, template, () =>
        withExtra(ready(definition, template, format)(context, { ...(limits && { limits }) }), reader, context, format),
      ),
    trace: (definition, { from: template = '', format, reader }, context) =>
      told(definition, template, () => {
        const trace = new Trace()
        const made = ready(definition, template, format)(context, { trace })
        return { text: withExtra(made, reader, context, format), made, pieces: trace.pieces }
      }),
  }
}
