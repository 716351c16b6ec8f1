import { Liquid, type Template } from 'liquidjs'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { FileFormat } from './contract.ts'
import type { Definition } from './definition.ts'

/** A template that cannot be used or did not come to an end. Carries neither its source nor any value. */
export class TemplateError extends OperatorError {
  override readonly name = 'TemplateError'
}

/** What templates may use. Everything else is taken out of the engine: no file, no clock, no raw output. */
const TAGS = new Set([
  'assign',
  'if',
  'unless',
  'elsif',
  'else',
  'case',
  'when',
  'for',
  'break',
  'continue',
  'render',
  'comment',
  '#',
])
const FILTERS = new Set([
  ...['append', 'prepend', 'upcase', 'downcase', 'strip', 'size', 'join', 'first', 'last', 'replace', 'split', 'slice'],
  ...['plus', 'minus', 'times', 'divided_by', 'modulo', 'round', 'abs', 'default'],
])

const RENDER_LIMIT_MS = 200
const MAX_OUTPUT = 1_048_576

/** Ends of lines and control characters would begin another parameter; a blank takes their place. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** A value as it may stand in a file of this format, whatever it holds. */
export function escapeValue(format: FileFormat, value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : ''
  if (format === 'keyvalue') return text.replace(CONTROLS, ' ').trim()
  // XML 1.0 (section 2.2) also has no place for lone surrogates and these two.
  const legal = text
    .replace(CONTROLS, ' ')
    .toWellFormed()
    .replace(/[\ufffe\uffff]/g, '')
  return /[&<>"']/.test(legal) ? legal.replace(/[&<>"']/g, (char) => XML_ENTITIES[char] ?? '') : legal
}

function makeEngine(definition: Definition, format: FileFormat): Liquid {
  const engine = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    cache: true,
    jsTruthy: true,
    greedy: true,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: 8 * MAX_OUTPUT,
    parseLimit: MAX_OUTPUT,
    outputEscape: (value: unknown) => escapeValue(format, value),
    // Partials are looked up here and nowhere else.
    templates: Object.fromEntries(
      [...definition.templates].map(([name, text]) => [name.replace(/\.liquid$/, ''), text]),
    ),
  })
  for (const tag of Object.keys(engine.tags)) if (!TAGS.has(tag)) delete engine.tags[tag]
  for (const filter of Object.keys(engine.filters)) if (!FILTERS.has(filter)) delete engine.filters[filter]
  // `{{ settings.language | as: 'language' }}`: the vendor's word for a neutral value, or nothing.
  engine.registerFilter(
    'as',
    (value: unknown, table: unknown) =>
      (typeof table === 'string' && definition.values.get(table)?.get(String(value))) || '',
  )
  // `http://host/path` → `host/path`, for vendors that keep the scheme in a parameter of its own.
  engine.registerFilter('without_scheme', (value: unknown) => String(value ?? '').replace(/^[a-z]+:\/\//i, ''))
  engine.registerFilter(
    'scheme',
    (value: unknown) => /^([a-z]+):\/\//i.exec(String(value ?? ''))?.[1]?.toLowerCase() ?? '',
  )
  engine.registerFilter('trim_slash', (value: unknown) => String(value ?? '').replace(/\/+$/, ''))
  engine.registerFilter('host', (value: unknown) =>
    String(value ?? '')
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/\/.*$/, ''),
  )
  engine.registerFilter('folder', (value: unknown) => String(value ?? '').replace(/\/[^/]*$/, ''))
  engine.registerFilter('pad', (value: unknown, width: unknown) =>
    String(value ?? '').padStart(Math.min(Number(width), 20), '0'),
  )
  return engine
}

/** Renders files from the templates of loaded definitions; each template is parsed once. */
export interface Renderer {
  /** The text of a file. Throws `TemplateError`. */
  render(definition: Definition, template: string, format: FileFormat, context: Record<string, unknown>): string
}

interface Engines {
  readonly byFormat: Map<FileFormat, Liquid>
  readonly parsed: Map<string, Template[]>
}

export function makeRenderer(): Renderer {
  const engines = new WeakMap<Definition, Engines>()
  const enginesOf = (definition: Definition): Engines => {
    let own = engines.get(definition)
    if (own === undefined) {
      own = { byFormat: new Map(), parsed: new Map() }
      engines.set(definition, own)
    }
    return own
  }
  return {
    render(definition, template, format, context) {
      const own = enginesOf(definition)
      try {
        let engine = own.byFormat.get(format)
        if (engine === undefined) {
          engine = makeEngine(definition, format)
          own.byFormat.set(format, engine)
        }
        const key = `${format}/${template}`
        let parsed = own.parsed.get(key)
        if (parsed === undefined) {
          const source = definition.templates.get(template)
          if (source === undefined) throw new OperatorError(`no template ${template}`)
          parsed = engine.parse(source, `${definition.id}/${template}`)
          own.parsed.set(key, parsed)
        }
        const text: unknown = engine.renderSync(parsed, context)
        if (typeof text !== 'string' || text.length > MAX_OUTPUT) throw new OperatorError('the output is too long')
        return withExtra(text, definition, context)
      } catch (thrown) {
        // The engine's message quotes the template; its first line and place are enough and hold no value.
        const line = (messageOf(thrown).split('\n')[0] ?? '').slice(0, 200)
        throw new TemplateError(`template ${definition.id}/${template}: ${line}`)
      }
    },
  }
}

/** Takes out the lines whose parameter `extra` sets itself, so that each parameter stands once, as the operator wrote it. */
function withExtra(text: string, definition: Definition, context: Record<string, unknown>): string {
  const extra = (context.extra ?? []) as readonly { full: string; name: string; index: number | null }[]
  if (extra.length === 0) return text
  const names = new Set(extra.map((parameter) => parameter.full))
  const seen = new Set<string>()
  // From the end: the raw parameters stand last, and the last one of each name stays.
  const kept = text
    .split('\n')
    .reverse()
    .filter((line) => {
      const name = parameterOf(definition, line)
      if (name === undefined || !names.has(name)) return true
      if (seen.has(name)) return false
      seen.add(name)
      return true
    })
  return kept.reverse().join('\n')
}

/** The parameter that a rendered line sets, in the spelling of `extra`. */
export function parameterOf(definition: Definition, line: string): string | undefined {
  const groups = definition.parameter.exec(line)?.groups
  if (groups?.name === undefined) return undefined
  return groups.index === undefined ? groups.name : `${groups.name}[${groups.index}]`
}
