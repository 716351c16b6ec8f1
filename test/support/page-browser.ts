import { existsSync, mkdirSync } from 'node:fs'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { InvariantError } from '../../services/core/errors.ts'
import { violations } from './axe.ts'
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

/**
 * The forms in which every page is looked at, each in both colours. What stands where hangs on the width, and colours on
 * the theme: axe sees all of both in two of the four.
 */
export const FORMS = [
  { name: 'desktop', axe: 'light', other: 'dark', viewport: { width: 1280, height: 900 } },
  { name: 'phone', axe: 'dark', other: 'light', viewport: { width: 390, height: 844 } },
] as const

/** Builds the page as a release has it, unless it is built of what stands there now. */
export async function buildPage(): Promise<void> {
  const build = Bun.spawn([process.execPath, 'appliance/bin/setup.mjs'], { cwd: fileURLToPath(ROOT), stderr: 'pipe' })
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
  await inFullHeight(page, () => take(page, name))
}

/** A picture in each of the colours of a form, and what axe complains about in one of them. */
export async function look(
  page: Page,
  screen: string,
  { name, axe, other }: (typeof FORMS)[number],
): Promise<string[]> {
  await page.emulateMedia({ colorScheme: axe })
  const found = await violations(page)
  await inFullHeight(page, async () => {
    await take(page, `${screen}-${name}-${axe}`)
    await page.emulateMedia({ colorScheme: other })
    await take(page, `${screen}-${name}-${other}`)
  })
  return found.map((violation) => `${screen}: ${violation}`)
}

/** As high as what it holds: bars that stick to an edge of the window would lie across the picture. */
async function inFullHeight(page: Page, run: () => Promise<void>): Promise<void> {
  const { height, top } = await page.evaluate(() => ({ height: document.documentElement.scrollHeight, top: scrollY }))
  const size = page.viewportSize()
  if (size) await page.setViewportSize({ width: size.width, height: Math.max(size.height, Math.min(height, 6000)) })
  await run()
  if (size) await page.setViewportSize(size)
  await page.evaluate((to) => scrollTo(0, to), top)
}

async function take(page: Page, name: string): Promise<void> {
  const wider = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)
  if (wider) throw new InvariantError(`${name} scrolls sideways`)
  await page.screenshot({ path: `${ARTEFACTS}${name}.png` })
}
