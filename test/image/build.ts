import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Trees that are kept from build to build. */
const WORK = join(ROOT, 'dist/image/work')

export interface Built {
  readonly folder: string
  readonly image: string
  readonly bundle: string
  /** What the build printed. */
  readonly said: string
}

/** Why no image can be built and booted here, or undefined when it can. */
export function whyNoImage(system = 'qemu-system-x86_64'): string | undefined {
  if (process.getuid?.() !== 0) return 'building an image needs root'
  for (const tool of ['mmdebstrap', system, 'mcopy', 'udhcpc', 'curl', 'tcpdump', 'openssl', 'truncate', 'ssh'])
    if (Bun.which(tool, { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` }) === null)
      return `${tool} is not installed`
  return undefined
}

/** Runs `image/build` to its end. */
export async function buildImage(name: string, ...args: readonly string[]): Promise<Built> {
  const folder = join(ROOT, 'dist/image', name)
  mkdirSync(folder, { recursive: true })
  const found = (pattern: RegExp) => join(folder, readdirSync(folder).find((file) => pattern.test(file)) ?? 'missing')
  // For whoever works on a test: what the last run built is used again.
  const reuse = process.env.BRANCHLINE_IMAGE_REUSE !== undefined && existsSync(found(/^branchline-.*\.img$/))
  const said = reuse ? 'not built anew' : await runBuild('--fast', '--out', folder, ...args)
  return { folder, image: found(/^branchline-.*\.img$/), bundle: found(/^branchline-.*\.raucb$/), said }
}

/** Signs a bundle whose images are a few bytes: what is refused before it is written needs no more. */
export async function signBundle(folder: string, ...args: readonly string[]): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const bundle = join(folder, 'small.raucb')
  for (const name of ['root.img', 'boot.img']) await Bun.write(join(folder, name), name.repeat(20_000))
  await Bun.write(bundle, '')
  await runBuild('--out', folder, '--only-bundle', bundle, ...args)
  return bundle
}

async function runBuild(...args: readonly string[]): Promise<string> {
  const child = Bun.spawn([join(ROOT, 'image/build'), '--work', WORK, ...args], {
    ...{ cwd: ROOT, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  })
  const [said, complained, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (code !== 0)
    throw new InvariantError(`image/build ${args.join(' ')}: ${complained.slice(-2000)}${said.slice(-500)}`)
  return said
}
