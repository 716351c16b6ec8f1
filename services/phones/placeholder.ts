import { formatIpv4 } from '../core/ipv4.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { OfferedOption, TypedOption } from '../dhcp/contract.ts'
import { type BoxPlace, hostPort, vendorUrl } from './context.ts'
import type { Effective, SettingValue } from './contract.ts'
import type { DhcpForm, Model, OptionForm } from './definition.ts'

// The short texts of a vendor's description (DHCP options, URLs, NOTIFY bodies) hold `{{ name }}` placeholders.

export interface PlaceholderFacts {
  readonly box: BoxPlace
  readonly vendor: string
  readonly mac?: Mac | undefined
  readonly model?: string | undefined
  /** The model's codes for file names by their names; `code` itself under the empty name. */
  readonly codes?: Readonly<Record<string, string>> | undefined
  readonly settings: Effective['settings']
}

function placeholderValue(name: string, facts: PlaceholderFacts): SettingValue | undefined {
  switch (name) {
    case 'url':
      return vendorUrl(facts.box, facts.vendor)
    case 'host':
      return hostPort(facts.box)
    case 'address':
      return formatIpv4(facts.box.address)
    case 'port':
      return facts.box.httpPort
    case 'mac':
      return facts.mac
    case 'MAC':
      return facts.mac?.toUpperCase()
    case 'macColons':
      return facts.mac === undefined ? undefined : formatMac(facts.mac)
    case 'macDashes':
      return facts.mac === undefined ? undefined : formatMac(facts.mac, '-')
    case 'model':
      return facts.model
    case 'code':
      return facts.codes?.['']
    default:
      return name.startsWith('code.') ? facts.codes?.[name.slice(5)] : facts.settings[name]?.value
  }
}

/**
 * Fills a text in; undefined when something that it names is not known. A part in `[[ ]]` is left out alone when
 * something in it is not known.
 */
export function fillText(text: string, facts: PlaceholderFacts): string | undefined {
  const parts = text.split(/\[\[(.*?)\]\]/s)
  const filled = parts.map((part, i) => fillPart(part, facts) ?? (i % 2 === 1 ? '' : undefined))
  return filled.includes(undefined) ? undefined : filled.join('')
}

function fillPart(text: string, facts: PlaceholderFacts): string | undefined {
  let missing = false
  const filled = text.replace(/\{\{\s*([A-Za-z0-9.-]+)\s*\}\}/g, (_, name: string) => {
    const value = placeholderValue(name, facts)
    if (value === undefined || value === '') missing = true
    return String(value ?? '')
  })
  return missing ? undefined : filled
}

/** The codes of a model for placeholders. */
export function codesOf(model: Model | undefined): Readonly<Record<string, string>> {
  return { ...model?.codes, ...(model?.code !== undefined && { '': model.code }) }
}

/** The options of a form, filled in; one that names something unknown is left out. */
export function fillOptions(form: DhcpForm, facts: PlaceholderFacts): OfferedOption[] {
  return form.options.flatMap((option) => {
    if (option.needs !== undefined && placeholderValue(option.needs, facts) === undefined) return []
    const filled = fillOption(option, facts)
    if (filled === undefined) return []
    return [option.always ? { ...filled, always: true } : filled]
  })
}

function fillOption(option: OptionForm, facts: PlaceholderFacts): TypedOption | undefined {
  const { code, type } = option
  if (typeof option.value !== 'string') {
    const value = option.value.flatMap((inner) => fillOption(inner, facts) ?? [])
    if (type === 'vendor-identifying' && value.length > 0)
      return { code, type, enterprise: option.enterprise ?? 0, value }
    return value.length === 0 ? undefined : { code, type: 'sub', value }
  }
  const text = fillText(option.value, facts)
  if (text === undefined) return undefined
  switch (type) {
    case 'text':
    case 'hex':
      return { code, type, value: text }
    case 'ipv4':
    case 'sip-servers':
      return { code, type, value: text.split(',').map((part) => part.trim()) }
    case 'boolean':
      return { code, type, value: text === 'true' || text === '1' }
    case 'sub':
    case 'vendor-identifying':
      return undefined
    default:
      return Number.isFinite(Number(text)) ? { code, type, value: Number(text) } : undefined
  }
}
