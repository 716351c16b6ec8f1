import { join } from 'node:path'
import type { About } from '../../services/admin/contract.ts'
import { VERSION } from '../../services/program/version.ts'
import { boxReport } from './box-report.ts'
import type { Begin } from './follow.ts'
import type { BoxParts } from './hands.ts'
import type { SiteFacts } from './session.ts'

export type BeginParts = BoxParts &
  Omit<SiteFacts, 'journeys' | 'version' | 'box' | 'remote' | 'incoming'> & {
    readonly about: () => About
  }

/** Begins to keep box and account in step, with the box's own parts, once the box belongs to one. */
export function beginWith(parts: BeginParts): Begin {
  const { config, dhcp, clock, about, packs } = parts
  const { dataFolder } = config
  return async (account) => {
    const { openSession } = await import('./session.ts')
    const { openHands } = await import('./hands.ts')
    const site: SiteFacts = {
      ...parts,
      journeys: parts.journal,
      version: VERSION,
      incoming: join(dataFolder, 'cloud', 'incoming'),
      box: () =>
        boxReport({
          ...{ about: about(), dhcp: dhcp.status(), packs: packs.list(), dataFolder, now: clock.now() },
          remote: config.cloud,
        }),
      remote: (transport) => openHands(parts, transport),
    }
    return openSession(site, account)
  }
}
