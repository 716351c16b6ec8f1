// The runtime for another kind of machine: the npm package that the lock file names, checked against its hash there.
// node image/app/fetch-runtime.mjs PACKAGE TARGET
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const [name, target] = process.argv.slice(2)
const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))
const wanted = lock.packages[`node_modules/${name}`]
if (wanted === undefined) fail(`package-lock.json has no package ${name}`)
const stamp = `${target}.stamp`
const marker = `${name} ${wanted.integrity}\n`
if (!existsSync(target) || !existsSync(stamp) || readFileSync(stamp, 'utf8') !== marker) {
  const folder = mkdtempSync(join(dirname(target), '.fetch-'))
  try {
    const packed = run('npm', [
      'pack',
      '--silent',
      '--ignore-scripts',
      `--pack-destination=${folder}`,
      `${name}@${wanted.version}`,
    ])
    const archive = join(folder, packed.trim().split('\n').at(-1))
    const hash = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
    if (hash !== wanted.integrity)
      fail(`${name}@${wanted.version} has the hash ${hash}, the lock file says ${wanted.integrity}`)
    run('tar', ['-xzf', archive, '-C', folder, 'package/bin/bun'])
    renameSync(join(folder, 'package/bin/bun'), target)
    writeFileSync(stamp, marker)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command, args) {
  const ended = spawnSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (ended.status !== 0) fail(`${command} ${args.join(' ')} failed`)
  return ended.stdout
}

function fail(text) {
  process.stderr.write(`fetch-runtime: ${text}\n`)
  process.exit(1)
}
