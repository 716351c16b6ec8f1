import { renderSVG } from 'uqr'
import type { AdminDeps } from './contract.ts'
import type { CloudView } from './schema-cloud.ts'

/** Where the box stands with its account, and how sync with it goes. */
export function cloudView({ state, sync, fixed }: Pick<AdminDeps['cloud'], 'state' | 'sync' | 'fixed'>): CloudView {
  const found = { ...state(), ...(fixed && { fixed }) }
  if (found.state === 'unclaimed')
    return found.claimUrl === undefined ? found : { ...found, qr: renderSVG(found.claimUrl) }
  const status = found.state === 'claimed' ? sync.status() : undefined
  if (found.state !== 'claimed' || status === undefined) return found
  return { ...found, sync: { ...status, notices: [...status.notices], unusable: [...status.unusable] } }
}
