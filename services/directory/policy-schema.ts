import { type Entry, type EntryNumber, LDAP_BASE } from './contract.ts'
import { fold } from './policy-search.ts'

// Entries of the phone book as LDAP entries: inetOrgPerson (RFC 2798) with attributes of RFC 4519 and RFC 4524.

export interface LdapEntry {
  readonly name: string
  /** In the order in which they are sent. */
  readonly attributes: readonly (readonly [string, readonly string[]])[]
}

const TELEPHONES = new Set(['telephonenumber', 'mobile', 'homephone', 'facsimiletelephonenumber'])

/** Other names of an attribute, and its number (RFC 4512 section 2.5), in small letters. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ...{ commonname: 'cn', '2.5.4.3': 'cn', surname: 'sn', '2.5.4.4': 'sn', gn: 'givenname', '2.5.4.42': 'givenname' },
  ...{ '2.5.4.20': 'telephonenumber', mobiletelephonenumber: 'mobile', '0.9.2342.19200300.100.1.41': 'mobile' },
  ...{ hometelephonenumber: 'homephone', '0.9.2342.19200300.100.1.20': 'homephone' },
  ...{ fax: 'facsimiletelephonenumber', '2.5.4.23': 'facsimiletelephonenumber' },
  ...{ rfc822mailbox: 'mail', '0.9.2342.19200300.100.1.3': 'mail', organizationname: 'o', '2.5.4.10': 'o' },
  ...{ organizationalunitname: 'ou', '2.5.4.11': 'ou', '2.5.4.12': 'title', '2.5.4.0': 'objectclass' },
  ...{ userid: 'uid', '0.9.2342.19200300.100.1.1': 'uid', '2.16.840.1.113730.3.1.241': 'displayname' },
  ...{ domaincomponent: 'dc', '0.9.2342.19200300.100.1.25': 'dc' },
}

/** One spelling for an attribute's name. */
export function attributeKey(name: string): string {
  const lower = name.trim().toLowerCase()
  return Object.hasOwn(SYNONYMS, lower) ? (SYNONYMS[lower] ?? lower) : lower
}

const KINDS: Readonly<Record<EntryNumber['kind'], string>> = {
  ...{ extension: 'telephoneNumber', work: 'telephoneNumber', other: 'telephoneNumber' },
  ...{ mobile: 'mobile', home: 'homePhone', fax: 'facsimileTelephoneNumber' },
}

export function ldapEntryOf(entry: Entry): LdapEntry {
  const { id, name, firstName, lastName, company, department, title, email, numbers } = entry
  const of = (attribute: string) => numbers.flatMap(({ kind, number }) => (KINDS[kind] === attribute ? [number] : []))
  const one = (value: string | undefined) => (value === undefined ? [] : [value])
  const attributes: (readonly [string, readonly string[]])[] = [
    ['objectClass', ['top', 'person', 'organizationalPerson', 'inetOrgPerson']],
    ['cn', [name]],
    // RFC 4519 section 3.12: a person must have one.
    ['sn', [lastName ?? name]],
    ['givenName', one(firstName)],
    ['displayName', [name]],
    ['telephoneNumber', of('telephoneNumber')],
    ['mobile', of('mobile')],
    ['homePhone', of('homePhone')],
    ['facsimileTelephoneNumber', of('facsimileTelephoneNumber')],
    ['mail', one(email)],
    ['o', one(company)],
    ['ou', one(department)],
    ['title', one(title)],
    ['uid', [id]],
  ]
  return { name: `uid=${id},${LDAP_BASE}`, attributes: attributes.filter(([, values]) => values.length > 0) }
}

/** A value as it is compared: telephone numbers without signs for the eye, texts folded and with single blanks. */
export function comparable(attribute: string, value: string): string {
  if (TELEPHONES.has(attribute)) return fold(value).replace(/[\s()./-]/g, '')
  // Beyond caseIgnoreMatch (RFC 4517 section 4.2.11) accents do not matter: a phone's keys have none.
  return fold(value).replace(/\s+/gu, ' ').trim()
}

/** Whether values of this attribute have an order (RFC 4519 gives telephone numbers none). */
export function isOrdered(attribute: string): boolean {
  return !TELEPHONES.has(attribute) && attribute !== 'objectclass'
}

/** The values of an entry as they are compared, by attribute. */
export type Compared = ReadonlyMap<string, readonly string[]>

export function comparedOf({ attributes }: LdapEntry): Compared {
  return new Map(
    attributes.map(([name, values]) => {
      const key = attributeKey(name)
      return [key, values.map((value) => comparable(key, value))]
    }),
  )
}

/** Attributes that entries of this directory may have: a filter on others is neither true nor false. */
export const KNOWN: ReadonlySet<string> = new Set([
  ...['objectclass', 'cn', 'sn', 'givenname', 'displayname', 'telephonenumber', 'mobile', 'homephone'],
  ...['facsimiletelephonenumber', 'mail', 'o', 'ou', 'title', 'uid', 'dc'],
])
