import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock, EpochMs } from '../../services/core/clock.ts'
import { WEEKDAYS, windowProblem, windowText } from '../../services/core/daily-window.ts'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { StartWindow, UpdateState } from '../../services/updates/contract.ts'
import { putOff, windowStart } from '../../services/updates/policy.ts'
import type { every as everyMs } from '../admin.ts'
import { readIfThere, writeDurably } from '../durable-file.ts'

const LOOK_MS = 10_000
/** How far ahead a start may be put off. */
const MAX_AHEAD = 7 * 86_400_000

/** A setting of the site: it goes into backups. */
const settingSchema = z.object({
  form: z.literal(1),
  window: z
    .object({ from: z.string(), to: z.string(), days: z.array(z.enum(WEEKDAYS)).exactOptional() })
    .exactOptional(),
})
/** What holds for this machine, and what of it only until it has started again. */
const startsSchema = z.object({
  form: z.literal(1),
  later: z.object({ at: z.number(), by: z.string(), boot: z.string() }).exactOptional(),
  tried: z.object({ version: z.string(), boot: z.string() }).exactOptional(),
  held: z.string().exactOptional(),
})
type Starts = z.infer<typeof startsSchema>

export interface OwnStartsDeps {
  readonly dataFolder: string
  /** Of the machine's present start; another one has another. */
  readonly boot: string
  /** Of the site. */
  readonly zone: () => string
  /** The version that is installed and does not run yet. */
  readonly installed: () => string | undefined
  /** Whether an update is under way, which is not broken off. */
  readonly busy: () => boolean
  readonly start: (by: string) => void
  readonly clock: Clock
  readonly log: Log
  readonly every: typeof everyMs
}

/** When the machine starts again by itself: as a person put it off, or in the window of the box. Both are kept on the disk. */
export function openOwnStarts(deps: OwnStartsDeps) {
  const { boot, clock, log } = deps
  const settingFile = join(deps.dataFolder, 'update.json')
  const startsFile = join(deps.dataFolder, 'update', 'starts.json')
  let setting = load(settingFile, settingSchema) ?? { form: 1 as const }
  let starts = load(startsFile, startsSchema) ?? { form: 1 as const }

  function load<Form>(file: string, schema: z.ZodType<Form>): Form | undefined {
    const text = readIfThere(file)
    if (text === undefined) return undefined
    try {
      return schema.parse(JSON.parse(text))
    } catch (thrown) {
      log.error('what was said of starts cannot be read', { file, reason: messageOf(thrown) })
      return undefined
    }
  }
  function save(next: Starts): void {
    mkdirSync(join(deps.dataFolder, 'update'), { recursive: true, mode: 0o700 })
    writeDurably(startsFile, `${JSON.stringify(next)}\n`)
    starts = next
  }
  const laterOf = () => (starts.later?.boot === boot ? starts.later : undefined)
  function windowStartAt(now: EpochMs): EpochMs | undefined {
    const { window } = setting
    if (window === undefined) return undefined
    const installed = deps.installed()
    return windowStart(
      { ...starts, window, zone: deps.zone(), boot, ...(installed !== undefined && { installed }) },
      now,
    )
  }
  function stay(): void {
    const { later: _, ...rest } = starts
    if (starts.later !== undefined) save(rest)
  }

  function look(): void {
    const now = clock.now()
    const later = laterOf()
    if (later !== undefined) {
      const turn = putOff(later.at, now)
      if (turn === 'wait' || (turn === 'start' && deps.busy())) return
      stay()
      if (turn === 'start') deps.start(later.by)
      else log.warn('a restart was put off to a time at which the service was away; it is left out', { by: later.by })
      return
    }
    const installed = setting.window && deps.installed()
    if (installed === undefined || (windowStartAt(now) ?? Number.POSITIVE_INFINITY) > now) return
    // Said before it is done: a version that comes back is not started into by itself again.
    if (starts.tried?.version !== installed || starts.tried.boot !== boot)
      save({ ...starts, tried: { version: installed, boot } })
    deps.start('window')
  }
  const stopLooking = deps.every(LOOK_MS, look)

  return {
    state(): Pick<UpdateState, 'restartAt' | 'window' | 'windowStartAt'> {
      const later = laterOf()
      const at = later === undefined ? windowStartAt(clock.now()) : undefined
      return {
        ...(later && { restartAt: later.at }),
        ...(setting.window && { window: setting.window }),
        ...(at !== undefined && { windowStartAt: at }),
      }
    },
    putOff(at: EpochMs, by: string): void {
      const ahead = at - clock.now()
      if (!(ahead >= 0 && ahead <= MAX_AHEAD)) throw new OperatorError('the restart must be within the next seven days')
      save({ ...starts, later: { at, by, boot } })
      log.info('restart of the machine was put off', { by, at: new Date(at).toISOString() })
    },
    stay(by: string): void {
      if (laterOf() !== undefined) log.info('restart of the machine was taken back', { by })
      stay()
    },
    setWindow(window: StartWindow | undefined, by: string): void {
      const problem = window && windowProblem({ ...window, zone: deps.zone() })
      if (problem !== undefined) throw new OperatorError(problem)
      const { from, to, days } = window ?? { from: '', to: '' }
      const next = { form: 1 as const, ...(window && { window: { from, to, ...(days && { days: [...days] }) } }) }
      writeDurably(settingFile, `${JSON.stringify(next)}\n`)
      setting = next
      log.info('when the box starts into updates by itself was changed', {
        by,
        window: window ? windowText(window) : 'never',
      })
    },
    /** Before a version is taken in: whether its bringer starts it. */
    hold(version: string | undefined): void {
      const { held: _, ...rest } = starts
      if (version !== starts.held) save({ ...rest, ...(version !== undefined && { held: version }) })
    },
    [Symbol.dispose]: stopLooking,
  }
}
