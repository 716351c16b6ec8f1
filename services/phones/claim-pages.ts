import { createHash } from 'node:crypto'
import type { ClaimPages } from '../assist/contract.ts'
import type { Mac } from '../core/mac.ts'
import { holds } from './condition.ts'
import { hostPort, vendorUrl } from './context.ts'
import type { Device, Identity } from './contract.ts'
import type { Definition, Model } from './definition.ts'
import { identify } from './identify.ts'
import type { IdentityMemory } from './memory.ts'
import type { Renderer } from './render.ts'
import { effectiveFor, type SubjectFacts, subjectOf } from './subject.ts'

interface ClaimFacts extends SubjectFacts {
  readonly memory: IdentityMemory
  readonly renderer: Renderer
  readonly ports: { readonly http: number }
}

/** Whether a device of this vendor and model can show the pages. */
export function canClaim(definition: Definition, model: Model, firmware: string | undefined): boolean {
  const { claim } = definition
  return claim !== undefined && (claim.when === undefined || holds(definition, claim.when, model, firmware))
}

/** Whether the site lets devices of this vendor and model be claimed at their own screen. */
export function claimAllowed(facts: SubjectFacts, definition: Definition, model: Model, firmware?: string): boolean {
  if (!canClaim(definition, model, firmware)) return false
  const { settings } = effectiveFor(facts, { vendor: definition.id, model: model.model })
  return settings['claim.mode']?.value === 'pin'
}

const encoder = new TextEncoder()

export function makeClaimPages(facts: ClaimFacts): ClaimPages {
  const recall = (mac: Mac): Identity => facts.memory.recall(mac) ?? identify({ mac }, facts.definitions.all)
  const look = (mac: Mac) => subjectOf(facts, mac, undefined as Device | undefined, recall(mac))
  return {
    allowed(mac) {
      const { definition, model, firmware } = look(mac)
      return definition !== undefined && model !== undefined && claimAllowed(facts, definition, model, firmware)
    },
    identity(mac) {
      const { vendor, model } = recall(mac)
      return { ...(vendor !== undefined && { vendor }), ...(model !== undefined && { model }) }
    },
    named: (userAgent) => (userAgent === undefined ? undefined : identify({ userAgent }, facts.definitions.all).mac),
    render(mac, page, localAddress) {
      const { definition, model } = look(mac)
      const form = definition?.claim?.page
      if (definition === undefined || model === undefined || form === undefined) return undefined
      const box = { address: localAddress, httpPort: facts.ports.http }
      const text = facts.renderer.render(definition, form, {
        ...page,
        extension: page.extension ?? '',
        again: page.again ?? false,
        // In its path, not behind a `?`: phones put their own parameters there, each in its own way.
        url: `http://${hostPort(box)}/claim${page.page === 'pin' ? `/${encodeURIComponent(page.extension ?? '')}` : ''}`,
        start: `http://${hostPort(box)}/claim`,
        box: { host: hostPort(box), url: vendorUrl(box, definition.id) },
        model: { name: model.model, family: model.family ?? '' },
        tables: definition.tables,
        extra: [],
      })
      const bytes = encoder.encode(text)
      return { bytes, contentType: form.contentType, hash: createHash('sha256').update(bytes).digest('hex') }
    },
  }
}
