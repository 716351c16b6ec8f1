import { join } from 'node:path'
import type { AdminDeps } from '../services/admin/contract.ts'

/** The folder of the built page. */
export function builtPage(): string {
  return join(import.meta.dirname, '..', 'dist', 'web')
}

/** `work` every `ms`, until the returned function is called. */
export const every: AdminDeps['every'] = (ms, work) => {
  const timer = setInterval(work, ms)
  return () => clearInterval(timer)
}
