import { existsSync, mkdirSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { InvariantError } from '../../services/core/errors.ts'
import type { Namespaces } from './netns.ts'

export const CHROMIUM = '/usr/bin/chromium'
export const HAS_BROWSER = existsSync(CHROMIUM)
const FLAGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const ROOT = new URL('../../', import.meta.url)
export const ARTEFACTS = fileURLToPath(new URL('test/artefacts/', ROOT))
export const BUILT = fileURLToPath(new URL('dist/web/', ROOT))

/** The forms in which every page is looked at. */
/** What stands where hangs on the width, and colours on the theme: axe sees all of both in two of the four. */
export const FORMS = [
  { name: 'desktop-light', axe: true, colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { name: 'desktop-dark', axe: false, colorScheme: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'phone-light', axe: false, colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { name: 'phone-dark', axe: true, colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const satisfies readonly (BrowserContextOptions & { readonly name: string; readonly axe: boolean })[]

/** Builds the page as a release has it. */
export async function buildPage(): Promise<void> {
  const build = Bun.spawn([process.execPath, '--bun', 'node_modules/.bin/rollup', '-c', '--silent'], {
    cwd: fileURLToPath(ROOT),
    stderr: 'pipe',
  })
  if ((await build.exited) !== 0)
    throw new InvariantError(`the page was not built: ${await new Response(build.stderr).text()}`)
}

/** A real browser whose every complaint (console, failed request) is kept. */
export class PageBrowser implements AsyncDisposable {
  readonly complaints: string[] = []
  readonly #browser: Browser
  readonly url: string

  private constructor(browser: Browser, url: string) {
    this.#browser = browser
    this.url = url
  }

  /** `flags`: more than the usual ones. `program`: instead of Chromium itself, which it must become. */
  static async start(
    url: string,
    { flags = [], program = CHROMIUM }: { readonly flags?: readonly string[]; readonly program?: string } = {},
  ): Promise<PageBrowser> {
    mkdirSync(ARTEFACTS, { recursive: true })
    return new PageBrowser(await chromium.launch({ executablePath: program, args: [...FLAGS, ...flags] }), url)
  }

  /** The browser of somebody in a namespace; `folder` takes the program that leads there. */
  static async inNamespace(lab: Namespaces, namespace: string, url: string, folder: string): Promise<PageBrowser> {
    const program = join(folder, 'browser')
    await writeFile(program, `#!/bin/sh\nexec ip netns exec ${lab.nameOf(namespace)} ${CHROMIUM} "$@"\n`)
    await chmod(program, 0o755)
    return PageBrowser.start(url, { program })
  }

  /** Opens a place and waits until news arrives. */
  async open(path = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.openAnyway(path, options)
    await page.locator('.connection.live').waitFor()
    return page
  }

  /** Opens a place, whether the page or the way in to it is there. */
  async openAnyway(path = '', options: BrowserContextOptions = {}): Promise<Page> {
    const page = await this.#browser.newPage({ locale: 'en-GB', ...options })
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
    page.on('requestfailed', (request) => {
      // The browser itself ends what is under way when another page is opened or this one closed.
      const why = request.failure()?.errorText
      if (why !== 'net::ERR_ABORTED') this.complaints.push(`failed: ${request.url()} ${why}`)
    })
    page.on('response', (response) => {
      if (response.status() >= 400) this.complaints.push(`${response.status()} ${response.url()}`)
    })
    await page.goto(`${this.url}${path}`)
    return page
  }

  /** Runs what provokes a refusal, which the browser logs, and forgets that complaint alone. */
  async refused(run: () => Promise<unknown>): Promise<void> {
    const before = this.complaints.length
    await run()
    this.complaints.length = before
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
  }
}

/** A picture of the whole page for people to look at; the page must not scroll sideways. */
export async function shoot(page: Page, name: string): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  if (wider) throw new InvariantError(`${name} scrolls sideways`)
  // As high as what it holds: bars that stick to an edge of the window would lie across the picture.
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  const size = page.viewportSize()
  if (size) await page.setViewportSize({ width: size.width, height: Math.max(size.height, Math.min(height, 6000)) })
  await page.screenshot({ path: `${ARTEFACTS}${name}.png` })
  if (size) await page.setViewportSize(size)
}
