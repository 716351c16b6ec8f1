import { describe, expect, it } from 'vitest'
import { ALL_CHECKS, type SyncChecks } from '../../services/sync/policy-checks.ts'
import { FEW_STEPS, run } from './sim-run.ts'
import { NEEDED_FOR, ONE_CUT } from './sim-switches.ts'

/** How long the runs with everything switched on may take together; `npm run sync-sim` runs as many as one likes. */
const BUDGET_MS = 20_000
/** Runs that must find that a check is missing. */
const ENOUGH = 1_000

describe('simulation of box and cloud', () => {
  it('ends the same on both sides, with nothing lost and nothing done twice, whatever goes wrong', async () => {
    const started = performance.now()
    let runs = 0
    while (performance.now() - started < BUDGET_MS) {
      runs += 1
      const { failures } = await run(runs)
      expect({ seed: runs, failures }).toEqual({ seed: runs, failures: [] })
    }
    expect(runs).toBeGreaterThan(5)
  }, 120_000)

  it('ends the same when power is lost, whichever moment around a commit it is', async () => {
    const calm = await run(3, {}, ONE_CUT, { steps: FEW_STEPS })
    const moments = calm.stats.moments ?? 0
    expect(moments).toBeGreaterThan(20)
    for (let cutAt = 1; cutAt <= moments; cutAt++) {
      const { failures, stats } = await run(3, {}, ONE_CUT, { steps: FEW_STEPS, cutAt })
      expect({ cutAt, failures, moment: (stats.moments ?? 0) >= cutAt }).toEqual({ cutAt, failures: [], moment: true })
    }
  }, 120_000)

  it('is the same run for the same seed', async () => {
    expect(await run(4_711)).toEqual(await run(4_711))
  })

  it.each(Object.keys(ALL_CHECKS) as (keyof SyncChecks)[])(
    'fails without the check: %s',
    async (check) => {
      for (let seed = 1; seed <= ENOUGH; seed++)
        if ((await run(seed, { [check]: false }, NEEDED_FOR[check])).failures.length > 0) return
      expect.fail(`${ENOUGH} runs without it find nothing: the check is not needed, or the simulation is blind to it`)
    },
    300_000,
  )
})
