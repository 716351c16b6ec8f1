import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Health } from '../../services/admin/contract.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'
import type { every as everyMs } from '../admin.ts'
import { cloudNews } from '../cli/cloud-text.ts'

const OFTEN_MS = 5_000

export interface ConsoleParts {
  /** A folder in memory that goes with the service. */
  readonly folder: string
  readonly box: {
    greeting(): string
    health(): Health
    readonly cloud: { state(): CloudState }
  }
  readonly every: typeof everyMs
}

/** What a screen plugged into the box shows: where the page is, the codes, and what does not work. */
export function consoleText({ box }: Pick<ConsoleParts, 'box'>): string {
  const { problems } = box.health()
  const state = problems.length === 0 ? 'all well' : `not well:\n${problems.map((it) => `    ${it}`).join('\n')}`
  const news = cloudNews(box.cloud.state())
  return `${box.greeting()}${news === undefined ? '' : news}\n  ${state}\n`
}

/** Keeps the file `console` in the folder up to date; a program of the system shows it. Returns what stops that. */
export function showOnConsole(parts: ConsoleParts): () => void {
  const path = join(parts.folder, 'console')
  let last = ''
  const write = () => {
    const text = consoleText(parts)
    if (text === last) return
    last = text
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  write()
  return parts.every(OFTEN_MS, write)
}
