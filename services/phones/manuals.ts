import type { Manual, Manuals } from '../assist/contract.ts'
import type { Ipv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { StepList } from './assist-form.ts'
import { holds } from './condition.ts'
import { vendorUrl } from './context.ts'
import type { Devices } from './contract.ts'
import { shortUrl } from './door.ts'
import { identify } from './identify.ts'
import type { IdentityMemory } from './memory.ts'
import { codesOf, fillText } from './placeholder.ts'
import { type SubjectFacts, subjectOf } from './subject.ts'

interface ManualFacts extends SubjectFacts {
  readonly devices: Devices
  readonly memory: IdentityMemory
  readonly ports: { readonly http: number }
  /** The address under which this device reaches the box. */
  addressFor(mac: Mac): Ipv4
}

/** Instructions for people, filled in from the vendors' descriptions. */
export function makeManuals(facts: ManualFacts): Manuals {
  return {
    of(mac) {
      const device = facts.devices.get(mac)
      const identity = facts.memory.recall(mac) ?? identify({ mac }, facts.definitions.all)
      const subject = subjectOf(facts, mac, device, identity)
      const { definition, model, firmware } = subject
      const box = { address: facts.addressFor(mac), httpPort: facts.ports.http }
      const short = shortUrl(box)
      const manual = definition?.manual
      if (definition === undefined || model === undefined || manual === undefined) {
        const named = definition !== undefined && { vendor: definition.id, title: definition.title }
        const url = definition === undefined ? short : vendorUrl(box, definition.id)
        const none = { phone: [], web: [], address: [], findMac: [], reset: [] }
        return { ...named, ...none, url, shortUrl: short, scan: url, scannable: false, unsure: false }
      }
      const listed = model.model !== 'unlisted'
      const given = {
        box,
        vendor: definition.id,
        mac,
        model: listed ? model.model : undefined,
        codes: codesOf(model),
        settings: subject.effective.settings,
      }
      const url = fillText(manual.url, given) ?? vendorUrl(box, definition.id)
      const scan = manual.scan === undefined ? undefined : fillText(manual.scan, given)
      const steps = (lists: readonly StepList[]): readonly string[] => {
        const list = lists.find(({ when }) => when === undefined || holds(definition, when, model, firmware))
        return (list?.steps ?? []).flatMap(
          (step) => fillText(step.replaceAll('{{ typed }}', url).replaceAll('{{ short }}', short), given) ?? [],
        )
      }
      const filled: Manual = {
        vendor: definition.id,
        title: definition.title,
        ...(listed && { model: model.title }),
        url,
        shortUrl: short,
        scan: scan ?? url,
        scannable: scan !== undefined,
        unsure: manual.unsure,
        ...(manual.login && { login: manual.login }),
        phone: steps(manual.phone),
        web: steps(manual.web),
        address: steps(manual.address),
        findMac: steps(manual.mac),
        reset: steps(manual.reset),
      }
      return filled
    },
  }
}
