import { join } from 'node:path'
import type { About } from '../../services/admin/contract.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { NamedFile } from '../../services/files/contract.ts'
import type { FirmwareDesk } from '../../services/phones/firmware-desk.ts'
import { VERSION } from '../../services/program/version.ts'
import { boxReport } from './box-report.ts'
import type { Begin } from './follow.ts'
import type { BoxParts } from './hands.ts'
import type { SiteFacts } from './session.ts'

export type BeginParts = BoxParts &
  Omit<SiteFacts, 'journeys' | 'version' | 'box' | 'remote' | 'incoming' | 'candidates' | 'allowed'> & {
    readonly about: () => About
    readonly desk: Pick<FirmwareDesk, 'of' | 'misfit'>
  }

/** Begins to keep box and account in step, with the box's own parts, once the box belongs to one. */
export function beginWith(parts: BeginParts): Begin {
  const { config, dhcp, clock, about, packs, lan } = parts
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
          ...{ interfaces: lan.interfaces(), fixed: config.dhcp.networks, remote: config.cloud },
        }),
      candidates: (models, file) => candidatesFor(parts, models, file),
      allowed: () => config.cloud.remote === 'on',
      remote: (transport) => openHands(parts, transport),
    }
    return openSession(site, account)
  }
}

/** The devices of these models, or with none named those that the file is for; `yealink` names all of a vendor. */
function candidatesFor(
  { devices, desk }: Pick<BeginParts, 'devices' | 'desk'>,
  models: readonly string[],
  file: NamedFile,
): readonly Mac[] {
  const wanted = new Set(models.map((model) => model.toLowerCase()))
  const macs = devices.list().map(({ mac }) => mac)
  return macs.filter((mac) => {
    const { vendor, model } = desk.of(mac)
    if (wanted.size === 0) return vendor !== undefined && desk.misfit(mac, file) === undefined
    return [vendor, model].some((name) => name !== undefined && wanted.has(name.toLowerCase()))
  })
}
