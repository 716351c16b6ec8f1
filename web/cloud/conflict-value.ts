import { t } from '../i18n.ts'

/** A value of a conflict as lines that people can compare: `line 1 label: Porter`. */
export function linesOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [t('taken away')]
  const lines: string[] = []
  walk(value, '', lines)
  return lines.length === 0 ? [t('nothing')] : lines
}

function walk(value: unknown, at: string, into: string[]): void {
  if (Array.isArray(value)) {
    if (value.every((one) => typeof one !== 'object')) into.push(line(at, value.join(', ')))
    else for (const [i, one] of value.entries()) walk(one, `${at} ${numberOf(one) ?? i + 1}`.trim(), into)
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) if (name !== 'index') walk(inner, `${at} ${name}`.trim(), into)
  } else into.push(line(at, String(value)))
}

/** Lines and keys have numbers of their own. */
function numberOf(one: unknown): number | undefined {
  const { index } = (one ?? {}) as { index?: unknown }
  return typeof index === 'number' ? index : undefined
}

function line(at: string, value: string): string {
  return at === '' ? value : `${at}: ${value}`
}

/** What a group of fields is called. */
export function groupWord(group: string): string {
  const words: Readonly<Record<string, string>> = {
    accounts: t('Lines'),
    keys: t('Keys'),
    settings: t('Settings'),
    name: t('Name'),
    notes: t('Notes'),
    assignment: t('Vendor, model, group'),
    account: t('Line and extension'),
    content: t('Content'),
  }
  return words[group] ?? group.replace(/^field:/, '')
}
