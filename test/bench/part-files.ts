import { Host } from './client/hosts.ts'
import type { JobResult } from './client/job.ts'
import type { PartContext, Taken } from './part.ts'
import { withServer } from './part.ts'
import { box, render } from './servers/box.ts'
import type { StaticFiles } from './servers/files.ts'

export const FIRST = 0x300000
/** The model's file, the same for all phones, and each phone's own. */
export const COMMON_FILE = 'y000000000108.cfg'
export const OWN_FILE = '{mac}.cfg'

/** The files that `count` registered phones would get, made by the box once and then put down for static servers. */
export async function renderedFiles(context: PartContext, count: number): Promise<StaticFiles> {
  return withServer(box({ devices: { first: FIRST, count: 1 } }), context, async (lab) => {
    const first = new Host(FIRST).macText
    const common = await render(lab, first, COMMON_FILE)
    const own = Buffer.from(await render(lab, first, `${first}.cfg`)).toString('latin1')
    const files = new Map<string, Uint8Array>([[COMMON_FILE, common]])
    for (let i = 0; i < count; i++) {
      const mac = new Host(FIRST + i).macText
      files.set(`${mac}.cfg`, Buffer.from(own.replaceAll(first, mac), 'latin1'))
    }
    context.say(`  own file ${own.length} octets, common file ${common.length} octets`)
    return files
  })
}

/** How many things failed in several runs together, for a row. */
export function failures<Figures>(
  runs: (figures: Figures) => readonly Taken<JobResult>[],
): (figures: Figures) => number {
  return (figures) => runs(figures).reduce((sum, { result }) => sum + result.failed, 0)
}

export function perSecond(result: JobResult): number {
  return result.ms === 0 ? 0 : (result.done / result.ms) * 1000
}

export function tell({ say }: PartContext, what: string, { result, cpu, after }: Taken<JobResult>): void {
  const share = Math.round(result.idleShare * 100)
  const problems = Object.entries(result.problems).map(([text, count]) => `; ${count} × ${text}`)
  say(
    `  ${what}: ${result.done} in ${Math.round(result.ms)} ms, ${result.failed} failed, ${result.resent} sent again; server ${cpu.toFixed(2)} s CPU, ${Math.round(after.peak / 1e6)} MB at most; client idle ${share} %${problems.join('')}${result.notes === undefined ? '' : `; ${result.notes}`}`,
  )
}
