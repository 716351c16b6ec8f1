import { type Mac, ouiOf, readMac } from '../core/mac.ts'
import type { Evidence, EvidenceUsed, Identity } from './contract.ts'
import type { Definition, Pattern } from './definition.ts'
import { findModel, modelKey } from './model-index.ts'
import type { NameReader } from './names.ts'

/** Longest text that is matched; what follows says nothing more about who it is. */
const MAX_TEXT = 512

interface Match {
  readonly definition: Definition
  score: number
  confidence: 1 | 2 | 3
  model?: string
  firmware?: string
  hardware?: string
  mac?: Mac
  readonly used: EvidenceUsed[]
}

const WEIGHT = { userAgent: 40, sipUserAgent: 40, pnp: 40, vendorClass: 30, hostName: 20, oui: 6, path: 5 }

/**
 * Who a device is, by all that is known of it. Each vendor's patterns are tried on each kind of evidence; the vendor
 * with most behind it wins. Two that have equally much are no answer: then no vendor is named.
 */
export function identify(evidence: Evidence, definitions: readonly Definition[], names?: NameReader): Identity {
  const matches: Match[] = []
  const reading = evidence.path === undefined ? undefined : names?.read(evidence.path)
  for (const definition of definitions) {
    const match: Match = { definition, score: 0, confidence: 1, used: [] }
    const { recognise } = definition
    tryPatterns(match, 'userAgent', evidence.userAgent, recognise.userAgent)
    tryPatterns(match, 'sipUserAgent', evidence.sipUserAgent, recognise.sipUserAgent)
    if (evidence.pnp !== undefined) {
      const { vendor, model, version } = evidence.pnp
      const parts = [vendor, model, version].map((part) => (part ?? '').replaceAll('/', ' '))
      tryPatterns(match, 'pnp', parts.join('/'), recognise.pnp)
    }
    tryPatterns(match, 'vendorClass', evidence.vendorClass, recognise.vendorClass)
    tryPatterns(match, 'hostName', evidence.hostName, recognise.hostName)
    if (evidence.mac !== undefined && recognise.oui.includes(ouiOf(evidence.mac))) {
      match.score += WEIGHT.oui
      match.used.push({ source: 'oui', text: ouiOf(evidence.mac) })
    }
    if (reading?.kind === 'read' && reading.candidates.some((candidate) => candidate.definition === definition)) {
      match.score += WEIGHT.path
      match.used.push({ source: 'path', text: reading.file })
    }
    if (match.score > 0) matches.push(match)
  }
  matches.sort((a, b) => b.score - a.score)
  const [best, second] = matches
  const mac = evidence.mac ?? (reading?.kind === 'read' ? reading.mac : undefined)
  if (best === undefined || best.score === second?.score)
    return { confidence: 0, used: matches.flatMap((match) => match.used), ...(mac !== undefined && { mac }) }
  const ownMac = best.mac ?? mac
  return {
    vendor: best.definition.id,
    confidence: best.confidence,
    used: best.used,
    ...(best.model !== undefined && { model: best.model }),
    ...(best.firmware !== undefined && { firmware: best.firmware }),
    ...(best.hardware !== undefined && { hardware: best.hardware }),
    ...(ownMac !== undefined && { mac: ownMac }),
  }
}

/** Takes the first pattern that fits. What a stronger kind of evidence has said already stays. */
function tryPatterns(
  match: Match,
  source: Exclude<EvidenceUsed['source'], 'oui' | 'path'>,
  given: string | undefined,
  patterns: readonly Pattern[],
): void {
  if (given === undefined) return
  // DHCP texts often end in a NUL that is part of the option.
  const text = given.slice(0, MAX_TEXT).replace(/\0+$/, '')
  for (const pattern of patterns) {
    const found = pattern.regex.exec(text)
    if (found === null) continue
    match.score += WEIGHT[source]
    match.used.push({ source, text: text.slice(0, 120) })
    if (match.confidence < 2) match.confidence = 2
    const { model, firmware, hardware, mac } = found.groups ?? {}
    if (model !== undefined && modelKey(model) !== '') {
      match.model ??= findModel(match.definition, model)?.model ?? model.slice(0, 40)
      match.confidence = 3
    }
    if (firmware !== undefined && firmware !== '') match.firmware ??= firmware.slice(0, 60)
    if (hardware !== undefined && hardware !== '') match.hardware ??= hardware.slice(0, 40)
    const read = mac === undefined ? undefined : readMac(mac)
    if (read !== undefined) match.mac ??= read
    return
  }
}
