// Runs the simulation for many seeds: `npm run sync-sim -- --seeds 20000 [--first 1] [--off check]`. With a check off,
// only what that check is there for goes wrong.
import { parseArgs } from 'node:util'
import { ALL_CHECKS } from '../../services/sync/policy-checks.ts'
import { run } from './sim-run.ts'
import { NEEDED_FOR } from './sim-switches.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    off: { type: 'string', default: '' },
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
const started = performance.now()
for (let seed = first; seed < first + seeds; seed++) {
  const result = await run(seed, switched, focus)
  for (const what of result.failures) failed.set(what, [...(failed.get(what) ?? []), seed])
  for (const [name, amount] of Object.entries(result.stats)) stats.set(name, (stats.get(name) ?? 0) + amount)
}
const seconds = (performance.now() - started) / 1000
const runs = new Set([...failed.values()].flat()).size
console.log(`${off === undefined ? 'all checks on' : `off: ${off}`}: ${runs} of ${seeds} runs failed`)
for (const [what, which] of failed)
  console.log(`  ${what}: ${which.length} runs, such as ${which.slice(0, 5).join(' ')}`)
console.log(`  ${[...stats].map(([name, amount]) => `${name} ${amount}`).join(', ')}`)
console.log(`  ${(seeds / seconds).toFixed(0)} seeds/s`)
process.exitCode = runs === 0 ? 0 : 1
