import { Lab } from './lab.ts'
import type { Row } from './report.ts'
import type { Contender } from './servers/contender.ts'
import type { Usage } from './usage.ts'

/** Sizes that may be given on the command line. */
export interface Sizes {
  /** Phones of the burst and of the boot storm. */
  readonly phones: number
  /** Exchanges in flight in the rate test. */
  readonly inFlight: number
  /** How long a rate is measured. */
  readonly seconds: number
  /** Clients at once in the file tests. */
  readonly clients: number
  /** The large file, in MB. */
  readonly megabytes: number
}

export interface PartContext {
  readonly sizes: Sizes
  /** One line about what goes on now. */
  say(line: string): void
}

export interface Part {
  readonly name: string
  readonly help: string
  /** It works in itself and needs no network of its own. */
  readonly offline?: boolean
  run(context: PartContext): Promise<Row[]>
}

/** What one server did in one run, and what it took. */
export interface Taken<Result> {
  readonly result: Result
  readonly cpu: number
  readonly idle: Usage
  readonly after: Usage
}

const SETTLE_MS = 1500

export type Take = <Done>(job: () => Promise<Done>) => Promise<Taken<Done>>
/** What is done with one server; `take` says what a part of it took. */
export type Work<Result> = (lab: Lab, take: Take) => Promise<Result>

/** Starts a server in a lab of its own, does `work` with it, and says what that took. */
export async function withServer<Result>(
  contender: Contender,
  context: PartContext,
  work: Work<Result>,
): Promise<Result> {
  await using lab = new Lab()
  await lab.plug()
  context.say(`${contender.name} starts`)
  await contender.start(lab)
  // What a start leaves to do (probes, caches, compilers) is done before anything is measured.
  await Bun.sleep(SETTLE_MS)
  return await work(lab, async (job) => {
    const idle = await lab.usage()
    const result = await job()
    const after = await lab.usage()
    return { result, cpu: after.cpu - idle.cpu, idle, after }
  })
}

/** The same work with each server in turn; one that is not installed is passed over by name. */
export async function eachServer<Result>(
  contenders: readonly Contender[],
  context: PartContext,
  work: Work<Result>,
): Promise<Map<string, Result | undefined>> {
  const results = new Map<string, Result | undefined>()
  for (const contender of contenders) {
    if (contender.missing !== undefined) results.set(contender.name, undefined)
    else results.set(contender.name, await withServer(contender, context, work))
  }
  return results
}

/** The figures of every server but the box, for a row. */
export function others<Result>(
  results: ReadonlyMap<string, Result | undefined>,
  figure: (result: Result) => number | string,
): Row['others'] {
  return [...results].map(([name, result]) => ({
    name,
    value: result === undefined ? 'not installed' : figure(result),
  }))
}
