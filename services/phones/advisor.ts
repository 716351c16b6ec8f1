import type { Ipv4 } from '../core/ipv4.ts'
import { type Mac, ouiOf } from '../core/mac.ts'
import type { DhcpAdvice, DhcpAdvisor, DhcpClientFacts, OfferedOption } from '../dhcp/contract.ts'
import { holds } from './condition.ts'
import type { Devices, Evidence, Identity, PnpAdvisor } from './contract.ts'
import type { Definition } from './definition.ts'
import { identify } from './identify.ts'
import { derivedFrom } from './live-definitions.ts'
import type { IdentityMemory } from './memory.ts'
import type { NameReader } from './names.ts'
import { codesOf, fillOptions, fillText } from './placeholder.ts'
import { type RevisedLayers, type SubjectFacts, subjectOf } from './subject.ts'

interface AdvisorFacts extends SubjectFacts {
  readonly layers: RevisedLayers
  readonly devices: Devices
  readonly memory: IdentityMemory
  /** Ports of the listeners for phones. */
  readonly ports: { readonly http: number }
}

const MAX_CACHED = 8192

/** A map that forgets everything when it is full: cheaper than order, and the next packets fill it again. */
function bounded<Value>() {
  const map = new Map<string, Value>()
  return {
    get: (key: string) => map.get(key),
    set(key: string, value: Value) {
      if (map.size >= MAX_CACHED) map.clear()
      map.set(key, value)
      return value
    },
  }
}

/** Recognises by class and vendor prefix, which are few; by host name only where these do not say enough. */
function makeClassReader(definitions: readonly Definition[]) {
  const cached = bounded<Identity>()
  const readsHostNames = definitions.some((definition) => definition.recognise.hostName.length > 0)
  return (client: DhcpClientFacts): Identity => {
    const oui = client.mac === undefined ? '' : ouiOf(client.mac)
    const key = `${oui}/${client.vendorClass ?? ''}`
    const evidence: Evidence = {
      ...(client.mac !== undefined && { mac: client.mac }),
      ...(client.vendorClass !== undefined && { vendorClass: client.vendorClass }),
    }
    const identity = cached.get(key) ?? cached.set(key, identify(evidence, definitions))
    if (identity.confidence >= 2 || !readsHostNames || client.hostName === undefined) return identity
    return identify({ ...evidence, hostName: client.hostName }, definitions)
  }
}

/** Tells the DHCP server what each client needs. */
export function makeDhcpAdvisor(facts: AdvisorFacts): DhcpAdvisor {
  const { definitions, devices, layers, memory } = facts
  // Nothing that was read or advised by other descriptions is used again.
  const readers = derivedFrom(definitions, (all) => ({
    read: makeClassReader(all),
    cached: bounded<DhcpAdvice>(),
    byName: all.some((one) => one.dhcp.some((form) => form.hostName !== undefined)),
  }))
  return {
    advise(client) {
      const { mac } = client
      const { read, cached, byName } = readers()
      const identity = read(client)
      const device = mac === undefined ? undefined : devices.get(mac)
      if (identity.confidence === 0 && device === undefined) return { phone: false, options: [] }
      if (mac !== undefined) memory.remember(mac, { ...identity, mac })
      // What this packet told is among what is remembered by now.
      const who = (mac === undefined ? undefined : memory.recall(mac)) ?? identity
      const { vendorClass } = client
      const which = `${device?.mac}\0${device?.rev}\0${byName ? client.hostName : ''}\0${vendorClass}`
      const key = `${who.vendor}\0${who.model}\0${who.firmware}\0${client.serverAddress}\0${layers.revision()}\0${which}`
      return cached.get(key) ?? cached.set(key, advice(facts, client, who, mac))
    },
  }
}

function advice(facts: AdvisorFacts, client: DhcpClientFacts, who: Identity, mac: Mac | undefined): DhcpAdvice {
  const device = mac === undefined ? undefined : facts.devices.get(mac)
  // Without a record nothing in the answer depends on the device, so that one entry serves all of its kind.
  const subject = subjectOf(facts, device?.mac, device, who)
  const { definition, model, effective } = subject
  const options = new Map<number, OfferedOption>()
  if (definition !== undefined && model !== undefined) {
    const form = definition.dhcp.find(
      ({ vendorClass, hostName, when }) =>
        (vendorClass === undefined || vendorClass.test((client.vendorClass ?? '').slice(0, 512))) &&
        (hostName === undefined || hostName.test((client.hostName ?? '').slice(0, 512))) &&
        (when === undefined || holds(definition, when, model, subject.firmware)),
    )
    const filled = fillOptions(form ?? { options: [] }, {
      box: { address: client.serverAddress, httpPort: facts.ports.http },
      vendor: definition.id,
      mac: device?.mac,
      model: model.model,
      codes: codesOf(model),
      settings: effective.settings,
    })
    for (const option of filled) options.set(option.code, option)
  }
  for (const { value } of effective.dhcpOptions) options.set(value.code, value)
  return {
    phone: true,
    options: [...options.values()],
    ...(definition !== undefined && { vendor: definition.id }),
    ...(model !== undefined && model.model !== 'unlisted' && { model: model.model }),
  }
}

/** Tells the PnP responder which URL to give. */
export function makePnpAdvisor(facts: AdvisorFacts & { readonly names: NameReader }): PnpAdvisor {
  return {
    urlFor(evidence, localAddress: Ipv4) {
      const identity = identify(evidence, facts.definitions.all, facts.names)
      const { mac } = evidence
      if (mac !== undefined) facts.memory.remember(mac, { ...identity, mac })
      const device = mac === undefined ? undefined : facts.devices.get(mac)
      const known = identity.confidence >= 2 || mac === undefined ? identity : (facts.memory.recall(mac) ?? identity)
      const subject = subjectOf(facts, mac, device, known)
      const { definition } = subject
      if (definition?.pnp === undefined) return undefined
      const given = {
        box: { address: localAddress, httpPort: facts.ports.http },
        vendor: definition.id,
        mac,
        model: subject.model?.model === 'unlisted' ? undefined : subject.model?.model,
        codes: codesOf(subject.model),
        settings: subject.effective.settings,
      }
      const url = fillText(definition.pnp.url, given) ?? fillText(definition.pnp.withoutMac ?? '', given)
      return url === undefined || url === '' ? undefined : { url, vendor: definition.id }
    },
  }
}
