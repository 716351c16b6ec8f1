import type { Command, FlagSpec } from './command.ts'

/** The help of `branchline help`. */
export function overview(commands: readonly Command[], common: readonly FlagSpec[]): string {
  const lines = commands.map((command) => [`${command.name} ${command.words}`.trim(), command.help] as const)
  return [
    'branchline: configures every SIP phone plugged in beside it',
    '',
    'commands:',
    ...columns(lines),
    '',
    'for every command:',
    ...columns(common.map(flagRow)),
    '',
    'exit codes: 0 done, 1 failed, 2 wrong usage, 3 no box answers, 4 not found, 5 refused (bad input or conflict)',
    '',
  ].join('\n')
}

/** The help of one command. */
export function helpOf(command: Command, common: readonly FlagSpec[]): string {
  return [
    `branchline ${command.name} ${command.words}`.trimEnd(),
    '',
    command.help,
    ...(command.flags.length === 0 ? [] : ['', 'flags:', ...columns(command.flags.map(flagRow))]),
    '',
    'for every command:',
    ...columns(common.map(flagRow)),
    '',
  ].join('\n')
}

/** The same as `overview`, for programs. */
export function overviewView(commands: readonly Command[], common: readonly FlagSpec[]) {
  return { commands: commands.map((command) => helpView(command, [])), flags: common }
}

/** The same as `helpOf`, for programs. */
export function helpView({ name, words, help, flags }: Command, common: readonly FlagSpec[]) {
  return { name, words, help, flags: [...flags, ...common] }
}

/** `; did you mean …?` when one of the names is what somebody may have meant, else nothing. */
export function nearest(text: string, of: readonly { readonly name: string }[], prefix = ''): string {
  const [best] = of
    .map(({ name }) => ({ name, distance: distance(text.toLowerCase(), name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.distance - b.distance)
  return best === undefined ? '' : `; did you mean ${prefix}${best.name}?`
}

/** Letters to add, drop or change to get from one word to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? a.length
}

function flagRow(flag: FlagSpec): readonly [string, string] {
  const short = flag.short === undefined ? '' : `-${flag.short}, `
  return [`${short}--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`, flag.help]
}

/** Rows of text under one another, the columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  return table(rows)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `  ${line}`)
}
