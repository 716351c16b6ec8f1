// Runs the simulation for many seeds: `npm run sync-sim -- --seeds 20000 [--first 1] [--off check,check]`.
import { parseArgs } from 'node:util'
import { ALL_CHECKS } from '../../services/sync/policy-checks.ts'
import { run } from './sim-run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    first: { type: 'string', default: '1' },
    off: { type: 'string', default: '' },
  },
})
const names = values.off.split(',').filter((name) => name !== '')
for (const name of names) if (!(name in ALL_CHECKS)) throw new RangeError(`no such check: ${name}`)
const switched = Object.fromEntries(names.map((name) => [name, false]))
const first = Number(values.first)
const seeds = Number(values.seeds)
const failed = new Map<string, number[]>()
const stats = new Map<string, number>()
const started = performance.now()
for (let seed = first; seed < first + seeds; seed++) {
  const result = await run(seed, switched)
  for (const what of result.failures) failed.set(what, [...(failed.get(what) ?? []), seed])
  for (const [name, amount] of Object.entries(result.stats)) stats.set(name, (stats.get(name) ?? 0) + amount)
}
const seconds = (performance.now() - started) / 1000
const runs = new Set([...failed.values()].flat()).size
console.log(`${names.length === 0 ? 'all checks on' : `off: ${names.join(', ')}`}: ${runs} of ${seeds} runs failed`)
for (const [what, which] of failed)
  console.log(`  ${what}: ${which.length} runs, such as ${which.slice(0, 5).join(' ')}`)
console.log(`  ${[...stats].map(([name, amount]) => `${name} ${amount}`).join(', ')}`)
console.log(`  ${(seeds / seconds).toFixed(0)} seeds/s`)
process.exitCode = runs === 0 ? 0 : 1
