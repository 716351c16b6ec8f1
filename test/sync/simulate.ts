// Runs the simulation for many seeds: `npm run sync-sim -- --seeds 20000 [--first 1] [--off check]`. With a check off,
// only what that check is there for goes wrong. `--moments`: short runs, each repeated with the power lost once, at every
// moment around a commit of either side in turn.
import { parseArgs } from 'node:util'
import { ALL_CHECKS } from '../../services/sync/policy-checks.ts'
import { FEW_STEPS, type RunResult, run } from './sim-run.ts'
import { NEEDED_FOR, ONE_CUT } from './sim-switches.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    off: { type: 'string', default: '' },
    moments: { type: 'boolean', default: false },
  },
})
const off = (Object.keys(ALL_CHECKS) as (keyof typeof ALL_CHECKS)[]).find((name) => name === values.off)
if (off === undefined && values.off !== '')
  throw new RangeError(`no check ${values.off}: ${Object.keys(ALL_CHECKS).join(' ')}`)
const switched = off === undefined ? {} : { [off]: false }
const focus = off === undefined ? {} : NEEDED_FOR[off]
const first = Number(values.first)
const seeds = Number(values.seeds)
const failed = new Map<string, number[]>()
const stats = new Map<string, number>()
let runs = 0
let bad = 0
const started = performance.now()
for (let seed = first; seed < first + seeds; seed++) {
  if (values.moments) await everyMoment(seed)
  else note(seed, await run(seed, switched, focus))
}

async function everyMoment(seed: number): Promise<void> {
  for (let cutAt = 1, moments = 1; cutAt <= moments; cutAt++) {
    const result = await run(seed, switched, ONE_CUT, { steps: FEW_STEPS, cutAt })
    if (cutAt === 1) moments = (await run(seed, switched, ONE_CUT, { steps: FEW_STEPS })).stats.moments ?? 0
    note(seed, result)
  }
}

function note(seed: number, { failures, stats: more }: RunResult): void {
  runs += 1
  if (failures.length > 0) bad += 1
  for (const what of failures) failed.set(what, [...(failed.get(what) ?? []), seed])
  for (const [name, amount] of Object.entries(more)) stats.set(name, (stats.get(name) ?? 0) + amount)
}

const seconds = (performance.now() - started) / 1000
console.log(`${off === undefined ? 'all checks on' : `off: ${off}`}: ${bad} of ${runs} runs failed`)
for (const [what, which] of failed)
  console.log(`  ${what}: ${which.length} runs, such as ${which.slice(0, 5).join(' ')}`)
console.log(`  ${[...stats].map(([name, amount]) => `${name} ${amount}`).join(', ')}`)
console.log(`  ${(runs / seconds).toFixed(0)} runs/s`)
process.exitCode = bad === 0 ? 0 : 1
