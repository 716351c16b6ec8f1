// Makes a checkout ready to run: packages, runtime, the page's bundle. Plain Node without packages, since it runs
// before there are any; says nothing and takes a few milliseconds when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
const OLDEST_NODE = 20
const BUN = join(root, 'node_modules/bun/bin/bun.exe')
const LOCK_FILE = join(root, 'package-lock.json')
const PACKAGES_MARKER = join(root, 'node_modules/.branchline-installed')
const PAGE_CONFIG = 'rollup.config.js'
const PAGE_MARKER = join(root, 'dist/.page-sources')
const LOCK = join(root, 'dist/.setup-lock')
const LOOK_AGAIN_MS = 200
/** Without its post-install step the runtime is a text of some hundred bytes. */
const SMALLEST_BUN = 1_000_000

/** Does what is missing. Prints what it does, or why it cannot, and returns whether the box can run. */
export function setUp() {
  const major = Number(process.versions.node.split('.')[0])
  if (major < OLDEST_NODE) {
    complain(`Branchline needs Node ${OLDEST_NODE} or newer to start; this is Node ${process.versions.node}.`)
    return false
  }
  if (isReady()) return true
  // Two at once, as when somebody starts the box while the tests install, would take each other's packages away.
  const release = lock()
  try {
    return installPackages() && installRuntime() && buildPage()
  } finally {
    release()
  }
}

function isReady() {
  return wantedPackages() === readIfThere(PACKAGES_MARKER) && sizeOf(BUN) >= SMALLEST_BUN && isPageBuilt()
}

/** Waits until no other process sets this checkout up; what a process left that is no more does not count. */
function lock() {
  mkdirSync(join(root, 'dist'), { recursive: true })
  let waits = false
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
      return () => rmSync(LOCK, { force: true })
    } catch (thrown) {
      if (thrown.code !== 'EEXIST') throw thrown
    }
    if (isAbandoned()) rmSync(LOCK, { force: true })
    else {
      if (!waits) say('waiting for another process that sets this checkout up')
      waits = true
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS)
    }
  }
}

function isAbandoned() {
  const holder = Number(readIfThere(LOCK) ?? process.pid)
  // Whoever made it writes its number at once; one without was cut off there.
  if (holder === 0) return Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 10_000
  try {
    process.kill(holder, 0)
    return false
  } catch (thrown) {
    return thrown.code === 'ESRCH'
  }
}

/** The runtime that the lock file pins. */
export function bunPath() {
  return BUN
}

/** The hash of the lock file. A released package has none: its packages were installed with it. */
function wantedPackages() {
  const lock = readIfThere(LOCK_FILE)
  return lock === undefined ? undefined : createHash('sha256').update(lock).digest('hex')
}

function installPackages() {
  const wanted = wantedPackages()
  if (wanted === undefined || readIfThere(PACKAGES_MARKER) === wanted) return true
  if (!matchesLock(JSON.parse(readFileSync(LOCK_FILE, 'utf8')))) {
    say('installing packages (the first time this takes a minute)')
    // `ci` refuses a lock file that lacks packages of other machines, as one made against a mirror of the registry
    // may; `install` takes what is locked as it stands and leaves those out.
    const refusal = npm('ci')
    if (refusal !== undefined && npm('install', '--no-save') !== undefined) {
      complain(
        `npm could not install the packages. Is the package registry reachable?\n${refusal.trim().slice(-2_000)}`,
      )
      return false
    }
  }
  writeFileSync(PACKAGES_MARKER, wanted)
  return true
}

/** Runs npm, the same one that runs this script when one does. Returns what it complained of, if it failed. */
function npm(command, ...options) {
  const script = process.env.npm_execpath
  const [program, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []]
  const args = [...first, command, ...options, '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const ended = spawnSync(program, args, { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' })
  return ended.status === 0 ? undefined : (ended.stderr ?? '') || String(ended.error ?? 'npm failed without a word')
}

/** Whether what is installed is what the lock file says; packages for other machines may be missing. */
function matchesLock(lock) {
  const installed = readIfThere(join(root, 'node_modules/.package-lock.json'))
  if (installed === undefined) return false
  const found = JSON.parse(installed).packages ?? {}
  return Object.entries(lock.packages ?? {}).every(([path, { version, optional }]) => {
    if (path === '') return true
    return found[path] === undefined ? optional === true : found[path].version === version
  })
}

function installRuntime() {
  if (sizeOf(BUN) >= SMALLEST_BUN) return true
  say('fetching the runtime')
  if (run(process.execPath, [join(root, 'node_modules/bun/install.js')]) && sizeOf(BUN) >= SMALLEST_BUN) return true
  complain('the runtime (Bun) could not be installed; its message stands above.')
  return false
}

/** A released package has the page built and nothing to build it with. */
function canBuildPage() {
  return existsSync(join(root, PAGE_CONFIG)) && existsSync(join(root, 'node_modules/rollup'))
}

function pageSources() {
  return [PAGE_CONFIG, 'package-lock.json', ...filesBelow('web')].map(stampOf).join('\n')
}

function isPageBuilt() {
  if (!canBuildPage()) return true
  return (
    readIfThere(PAGE_MARKER) === pageSources() &&
    ['web', 'web-cloud'].every((face) => existsSync(join(root, 'dist', face)))
  )
}

function buildPage() {
  if (isPageBuilt()) return true
  say('building the page')
  const sources = pageSources()
  if (!run(BUN, ['--bun', join(root, 'node_modules/rollup/dist/bin/rollup'), '-c', PAGE_CONFIG, '--silent'])) {
    complain('the page could not be built; the message stands above.')
    return false
  }
  writeFileSync(PAGE_MARKER, sources)
  return true
}

function filesBelow(folder) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length))
    .sort()
}

function stampOf(path) {
  const { mtimeMs, size } = statSync(join(root, path))
  return `${path} ${mtimeMs} ${size}`
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

function sizeOf(path) {
  return existsSync(path) ? statSync(path).size : 0
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0
}

function say(text) {
  process.stderr.write(`branchline: ${text} ...\n`)
}

function complain(text) {
  process.stderr.write(`branchline: ${text}\n`)
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1] && !setUp()) process.exit(1)
