// What `npm test` runs: linter, type checks, then every test. Arguments go to vitest. The last line says how it ended:
// `N passed, N failed, N skipped`; the exit code is not 0 when anything failed or when no test ran at all.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { bunPath, root } from '../appliance/bin/setup.mjs'

const totals = { passed: 0, failed: 0, skipped: 0 }
const failures = []
const skips = []

function count(name, ok) {
  totals[ok ? 'passed' : 'failed']++
  if (!ok) failures.push(name)
}

function run(command, args) {
  // No input, so that nothing waits for an answer.
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function check(name, tool, ...args) {
  process.stdout.write(`\n== ${name}\n`)
  count(name, run(join(root, 'node_modules/.bin', tool), args))
}

function runTests(args) {
  process.stdout.write('\n== tests\n')
  const folder = mkdtempSync(join(tmpdir(), 'branchline-test-'))
  const file = join(folder, 'result.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const ok = run(bunPath(), ['--bun', vitest, 'run', ...reporters, ...args])
  const result = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { testResults: [] }
  rmSync(folder, { recursive: true })
  const before = totals.failed
  for (const suite of result.testResults) countSuite(suite)
  const ran = result.testResults.flatMap((suite) => suite.assertionResults).length
  if (ran === 0) count('no test ran', false)
  else if (!ok && totals.failed === before) count('the test runner failed outside of any test', false)
}

function countSuite(suite) {
  const path = relative(root, suite.name)
  if (suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'))
    count(`${path}: ${(suite.message ?? 'could not be loaded').split('\n')[0]}`, false)
  for (const test of suite.assertionResults) {
    const name = `${path} > ${[...test.ancestorTitles, test.title].join(' > ')}`
    if (test.status === 'passed' || test.status === 'failed') count(name, test.status === 'passed')
    else {
      totals.skipped++
      skips.push(name)
    }
  }
}

function list(title, names) {
  if (names.length > 0) process.stdout.write(`\n${title}:\n${names.map((name) => `  ${name}\n`).join('')}`)
}

check('linter and formatter (biome)', 'biome', 'check', '.')
check('types (tsc)', 'tsc', '--noEmit')
check('types of pure code (tsc)', 'tsc', '--noEmit', '-p', 'tsconfig.pure.json')
runTests(process.argv.slice(2))

list('skipped', skips)
list('failed', failures)
process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`)
process.exitCode = totals.failed > 0 ? 1 : 0
