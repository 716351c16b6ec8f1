import { makeBoxesSeen } from '../alerts/boxes-seen.ts'
import { makeEvaluation } from '../alerts/evaluate.ts'
import { makeDeliveryWorker } from '../deliveries/worker.ts'
import type { CloudDeps } from '../deps.ts'
import { makeTurn } from './turn.ts'

const SECOND = 1_000

/** A piece of work that one process does for all. */
export interface Work {
  readonly name: string
  readonly everyMs: number
  /** Does what is due. False: another process is at it. */
  run(): Promise<boolean>
}

/** What the cloud does by itself. */
export function makeWork(ctx: CloudDeps, { allowPrivate }: { readonly allowPrivate: boolean }): readonly Work[] {
  const boxes = makeBoxesSeen(ctx.database)
  const evaluation = makeEvaluation({ ...ctx, storage: ctx.boxes.feeds, boxes, live: ctx.boxes.live })
  const deliveries = makeDeliveryWorker({ ...ctx, allowPrivate })
  const inTurn = (name: string, seconds: number, work: (turn: { readonly lastAt: number }) => Promise<void>): Work => {
    const turn = makeTurn(ctx, name)
    return { name, everyMs: seconds * SECOND, run: () => turn.run(work) }
  }
  const rollouts = inTurn('rollouts', 3, () => ctx.rolloutWorker.run())
  return [
    inTurn('alerts', 60, (turn) => evaluation.run(turn)),
    inTurn('deliveries', 5, () => deliveries.run()),
    // Nearly always there is none: that takes no turn, which is a write.
    { ...rollouts, run: async () => (await ctx.rolloutWorker.isIdle()) || rollouts.run() },
  ]
}
