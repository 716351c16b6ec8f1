import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What the rules of axe-core complain about on a page, a line for each place. */
export async function violations(page: Page): Promise<string[]> {
  if (await page.evaluate(() => !('axe' in globalThis))) await page.evaluate(axe.source)
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // Everything is looked at; only what passed is not described. No rule of these reads style sheets or media anew.
      resultTypes: ['violations'],
      preload: false,
    }),
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
  )
}
