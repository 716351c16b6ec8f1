import { join } from 'node:path'

/** The folder of vendor definitions that came with this program. */
export function shippedTemplates(): string {
  return join(import.meta.dirname, '..', 'templates')
}
