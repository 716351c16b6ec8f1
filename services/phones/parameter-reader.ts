import type { ReaderForm } from './definition.ts'

// Which parameters a rendered file sets.

/** One line of a file whose parameters have a place, and where it stands. */
interface PathLine {
  readonly line: string
  /** The path of the element that begins and ends on this line, or of an empty one. */
  readonly leaf?: string
  /** The path of the element that ends here and began on another line. */
  readonly closes?: string
}

/** Follows the elements of a file line by line. Indexes stand in brackets where an element has `index` or `idx`. */
export function pathLines({ attribute }: ReaderForm, text: string): readonly PathLine[] {
  const stack: { readonly tag: string; readonly segment: string | undefined }[] = []
  const path = (own?: string) =>
    [...stack.map((open) => open.segment), own].filter((part) => part !== undefined).join('/')
  return text.split('\n').map((line): PathLine => {
    const whole = /^\s*<([A-Za-z_][\w.-]*)((?:\s[^<>]*?)?)(\/?)>(?:[^<]*<\/\1>)?\s*$/.exec(line)
    if (whole !== null) {
      const [, tag = '', attributes = '', empty] = whole
      const segment = segmentOf(tag, attributes, attribute)
      if (empty === '/' || line.includes(`</${tag}>`))
        return segment === undefined ? { line } : { line, leaf: path(segment) }
      stack.push({ tag, segment })
      return { line }
    }
    const end = /^\s*<\/([A-Za-z_][\w.-]*)>\s*$/.exec(line)?.[1]
    if (end === undefined || stack.at(-1)?.tag !== end) return { line }
    const closes = path()
    stack.pop()
    return { line, closes }
  })
}

function segmentOf(tag: string, attributes: string, attribute: string | undefined): string | undefined {
  if (attribute !== undefined) return new RegExp(`\\s${attribute}="([^"]*)"`).exec(attributes)?.[1]
  const index = /\s(?:index|idx|button|At)="(\d+)"/.exec(attributes)?.[1]
  return index === undefined ? tag : `${tag}[${index}]`
}

/** The heading of a section, without its brackets; the file's own first and last lines have two. */
const HEADING = /^<([A-Za-z][^<>]*)>\s*$/

/** Follows the sections of a file. The line that `closes` one is the first that is no longer in it. */
export function sectionLines(reader: ReaderForm, text: string): readonly PathLine[] {
  const lines = text.split('\n')
  let section: string | undefined
  return lines.map((line): PathLine => {
    const closes = section
    if (HEADING.test(line) || line.startsWith('<<')) {
      section = HEADING.exec(line)?.[1]
      return { line, ...(closes !== undefined && { closes }) }
    }
    const name = section === undefined ? undefined : parameterOf(reader, line)
    return { line, ...(name !== undefined && { leaf: `${section}/${name}` }) }
  })
}

/** The parameter that a rendered line sets, in the spelling of `extra`. */
export function parameterOf(reader: ReaderForm, line: string): string | undefined {
  const groups = reader.parameter.exec(line)?.groups
  if (groups?.name === undefined) return undefined
  return groups.index === undefined ? groups.name : `${groups.name}[${groups.index}]`
}

/** One parameter that a rendered file sets, and the stretch of text that sets it. */
export interface Occurrence {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Every parameter that a rendered file sets, as written there; one that stands twice is there twice. */
export function occurrencesOf(reader: ReaderForm, text: string): readonly Occurrence[] {
  const { by, ignore } = reader
  const named = (): readonly Occurrence[] => {
    switch (by) {
      case 'line':
      case 'sections':
        return byLine(text.split('\n').map((line) => ({ line, name: parameterOf(reader, line) })))
      case 'path':
        return byLine(pathLines(reader, text).map(({ line, leaf }) => ({ line, name: leaf })))
      case 'attributes':
        return [...text.matchAll(/\s([A-Za-z_][\w.-]*)="[^"]*"/g)].map((found) => ({
          ...{ name: found[1] ?? '', from: found.index, to: found.index + found[0].length },
        }))
      case 'json':
        return jsonPaths(JSON.parse(text)).map((name) => ({ name, from: 0, to: text.length }))
    }
  }
  return named().filter(({ name }) => !ignore.has(name))
}

/** The names of all parameters that a rendered file sets, as written there; one that stands twice is there twice. */
export function parametersOf(reader: ReaderForm, text: string): string[] {
  return occurrencesOf(reader, text).map(({ name }) => name)
}

function byLine(lines: readonly { readonly line: string; readonly name: string | undefined }[]): Occurrence[] {
  let from = 0
  return lines.flatMap(({ line, name }) => {
    const at = from
    from += line.length + 1
    return name === undefined ? [] : [{ name, from: at, to: at + line.length }]
  })
}

function jsonPaths(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) =>
    jsonPaths(inner, path === '' ? key : `${path}${Array.isArray(value) ? `[${key}]` : `/${key}`}`),
  )
}
