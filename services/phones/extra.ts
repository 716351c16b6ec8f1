import type { ReaderForm } from './definition.ts'
import { escapeValue } from './escape.ts'
import type { FileFormat } from './file-format.ts'
import { parameterOf, pathLines, sectionLines } from './parameter-reader.ts'

// Raw parameters of one vendor (`extra`) replace what the template makes, so that each parameter stands once.

interface ExtraParameter {
  readonly full: string
  readonly name: string
  readonly index: number | null
  readonly value: string
}

/** Takes out the lines whose parameter `extra` sets itself, as the operator wrote it. */
export function withExtra(
  text: string,
  reader: ReaderForm,
  context: Readonly<Record<string, unknown>>,
  format: FileFormat,
): string {
  const extra = (context.extra ?? []) as readonly ExtraParameter[]
  if (extra.length === 0) return text
  if (reader.by === 'path') return withPaths(text, reader, extra, format)
  if (reader.by === 'sections') return withSections(text, reader, extra, format)
  const names = new Set(extra.map((parameter) => parameter.full))
  const seen = new Set<string>()
  // From the end: the raw parameters stand last, and the last one of each name stays.
  const kept = text
    .split('\n')
    .reverse()
    .filter((line) => {
      const name = parameterOf(reader, line)
      if (name === undefined || !names.has(name)) return true
      if (seen.has(name)) return false
      seen.add(name)
      return true
    })
  return kept.reverse().join('\n')
}

/**
 * Where parameters are elements inside one another: `extra` names the whole path (`sip/line[2]/RegisterTTL`). A leaf
 * that the template makes gets the value; one that it does not make is put at the end of its parent.
 */
function withPaths(text: string, reader: ReaderForm, extra: readonly ExtraParameter[], format: FileFormat): string {
  const wanted = new Map(extra.map((parameter) => [parameter.full, parameter.value]))
  const lines = pathLines(reader, text).flatMap(({ line, leaf, closes }) => {
    if (leaf !== undefined && wanted.has(leaf)) {
      const value = escapeValue(format, wanted.get(leaf))
      wanted.delete(leaf)
      return [line.replace(/^(\s*<[^>]*>)[^<]*(<\/)/, (_, open: string, close: string) => `${open}${value}${close}`)]
    }
    if (closes === undefined) return [line]
    const added = [...wanted].filter(([path]) => path.slice(0, path.lastIndexOf('/')) === closes)
    for (const [path] of added) wanted.delete(path)
    return [...added.flatMap(([path, value]) => leafLine(reader, path, escapeValue(format, value)) ?? []), line]
  })
  return lines.join('\n')
}

/**
 * Where parameters stand below headings: `extra` names the parameter alone where the template makes it, and with its
 * section (`SIP CONFIG MODULE/SIP1 Ptime`) where it does not: then it is put at the section's end.
 */
function withSections(text: string, reader: ReaderForm, extra: readonly ExtraParameter[], format: FileFormat): string {
  const wanted = new Map(extra.map((parameter) => [parameter.full, parameter.value]))
  const used = new Set<string>()
  const lines = sectionLines(reader, text).flatMap(({ line, leaf, closes }) => {
    if (leaf !== undefined) {
      const full = wanted.has(leaf) ? leaf : leaf.slice(leaf.indexOf('/') + 1)
      const value = wanted.get(full)
      if (value === undefined) return [line]
      used.add(full)
      return [`${line.slice(0, line.indexOf(':') + 1)}${escapeValue(format, value)}`]
    }
    if (closes === undefined) return [line]
    const added = [...wanted].filter(([full]) => full.startsWith(`${closes}/`) && !used.has(full))
    for (const [full] of added) used.add(full)
    return [...added.map(([full, value]) => `${full.slice(closes.length + 1)}:${escapeValue(format, value)}`), line]
  })
  return lines.join('\n')
}

/** Undefined for what cannot be the name of an element. */
function leafLine({ attribute }: ReaderForm, path: string, value: string): string | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1)
  const [, name, index] = /^([A-Za-z_][\w.-]*)(?:\[(\d+)\])?$/.exec(last) ?? []
  if (name === undefined) return undefined
  if (attribute !== undefined) return `<entry ${attribute}="${name}">${value}</entry>`
  return index === undefined ? `<${name}>${value}</${name}>` : `<${name} index="${index}">${value}</${name}>`
}
