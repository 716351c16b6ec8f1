import { formatIpv4 } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import { LDAP_BASE } from '../directory/contract.ts'
import { holds } from './condition.ts'
import type { BoxPlace } from './context.ts'
import type { Effective, SettingValue, Sourced } from './contract.ts'
import type { Definition, Model } from './definition.ts'
import { codesOf, fillText } from './placeholder.ts'

// Where phones find the box's own phone book, unless somebody names another.

export interface DirectoryPlaces {
  readonly box: BoxPlace
  /** The port of the box's own LDAP server; absent: it is off. */
  readonly ldapPort?: number
}

/** The settings with the box's own phone book in the place of one that nobody named. An empty `phonebook.url` means none. */
export function withOwnDirectory(
  effective: Effective,
  subject: {
    readonly definition: Definition
    readonly model?: Model | undefined
    readonly firmware?: string | undefined
    readonly mac?: Mac | undefined
  },
  { box, ldapPort }: DirectoryPlaces,
): Effective {
  const { settings } = effective
  const own: Record<string, Sourced<SettingValue>> = {}
  const add = (name: string, value: SettingValue) => {
    own[name] = { value, layer: 'built-in', of: 'this box' }
  }
  if (settings['phonebook.url'] === undefined) {
    const url = ownUrl(subject, box, settings)
    if (url !== undefined) add('phonebook.url', url)
  }
  const server = settings['ldap.server']?.value
  if (settings['directory.ldap']?.value === true && ldapPort !== undefined && (server === undefined || server === '')) {
    add('ldap.server', formatIpv4(box.address))
    add('ldap.port', ldapPort)
    // The server speaks no TLS and knows one base: what was set for another server must not be told of this one.
    add('ldap.tls', 'off')
    add('ldap.base', LDAP_BASE)
  }
  return Object.keys(own).length === 0 ? effective : { ...effective, settings: { ...settings, ...own } }
}

function ownUrl(
  { definition, model, firmware, mac }: Parameters<typeof withOwnDirectory>[1],
  box: BoxPlace,
  settings: Effective['settings'],
): string | undefined {
  const form = definition.directory?.url.find(
    ({ when }) => when === undefined || (model !== undefined && holds(definition, when, model, firmware)),
  )
  if (form === undefined) return undefined
  const known = model === undefined || model.model === 'unlisted' ? undefined : model.model
  return fillText(form.url, { box, vendor: definition.id, mac, model: known, codes: codesOf(model), settings })
}
