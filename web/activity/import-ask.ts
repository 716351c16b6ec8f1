import type { ErrorBody } from '../../services/admin/schema.ts'
import type { ImportPlanView } from '../../services/admin/schema-moves.ts'
import { ApiError } from '../api.ts'

/** Sends a list to be read; nothing is stored by it. */
export async function previewImport(
  file: Blob,
  options: Readonly<Record<'format' | 'server' | 'group', string>>,
): Promise<ImportPlanView> {
  const query = new URLSearchParams(Object.entries(options).filter(([, value]) => value !== ''))
  const response = await fetch(`/api/v1/import/preview?${query}`, {
    method: 'POST',
    headers: { 'x-branchline': '1', 'content-type': 'text/csv' },
    body: file,
  }).catch(() => {
    throw new ApiError(0, 'the box cannot be reached')
  })
  if (response.ok) return (await response.json()) as ImportPlanView
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined
  throw new ApiError(response.status, body?.error.message ?? `the box answered ${response.status}`)
}
