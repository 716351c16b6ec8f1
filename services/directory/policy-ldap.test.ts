import { describe, expect, it } from 'vitest'
import { contacts, OFFICE } from '../../test/support/contacts.ts'
import { element, integer, octets, Reader, TAG } from './codec-ber.ts'
import {
  type Control,
  encodePaging,
  type Filter,
  type Operation,
  PAGED_RESULTS,
  type SearchRequest,
} from './codec-ldap.ts'
import { LDAP_BASE } from './contract.ts'
import { entryOfPerson, sortEntries } from './policy-entries.ts'
import { compileFilter } from './policy-filter.ts'
import { answerLdap, CODE, NEW_SESSION, type Session } from './policy-ldap.ts'
import { comparedOf, ldapEntryOf } from './policy-schema.ts'

const office = sortEntries(
  OFFICE.flatMap((person) => entryOfPerson(person) ?? []),
  { language: 'en', order: 'name' },
)
const many = contacts(2600).flatMap((person) => entryOfPerson(person) ?? [])

interface Read {
  readonly names: readonly string[]
  readonly code: number
  readonly tag: number
  readonly cookie?: string
  readonly total?: number
  readonly attributes: readonly Readonly<Record<string, readonly string[]>>[]
}

/** Reads replies with the BER reader alone. */
function read(replies: readonly Uint8Array[]): Read {
  const names: string[] = []
  const attributes: Record<string, readonly string[]>[] = []
  let last: Pick<Read, 'code' | 'tag' | 'cookie' | 'total'> = { code: -1, tag: 0 }
  for (const reply of replies) {
    const message = new Reader(reply).inside(TAG.sequence)
    message.integer()
    const tag = message.tag ?? 0
    const body = message.inside()
    if (tag === 0x64) {
      names.push(body.text())
      const list = body.inside(TAG.sequence)
      const found: Record<string, readonly string[]> = {}
      while (!list.done) {
        const attribute = list.inside(TAG.sequence)
        const type = attribute.text()
        const values: string[] = []
        const set = attribute.inside(TAG.set)
        while (!set.done) values.push(set.text())
        found[type] = values
      }
      attributes.push(found)
    } else {
      const code = body.integer(TAG.enumerated)
      if (message.done) last = { code, tag }
      else {
        const control = message.inside(0xa0).inside(TAG.sequence)
        expect(control.text()).toBe(PAGED_RESULTS)
        const value = new Reader(control.bytes()).inside(TAG.sequence)
        last = { code, tag, total: value.integer(), cookie: value.text() }
      }
    }
  }
  return { names, attributes, ...last }
}

const ALL: Filter = { kind: 'present', attribute: 'objectClass' }

function search(fields: Partial<SearchRequest> = {}): SearchRequest {
  return {
    ...{ kind: 'search', base: LDAP_BASE, scope: 'one', sizeLimit: 0, typesOnly: false, filter: ALL, attributes: [] },
    ...fields,
  }
}

function ask(
  operation: Operation,
  more: { session?: Session; controls?: readonly Control[]; entries?: typeof office; login?: boolean } = {},
) {
  const facts = {
    entries: () => more.entries ?? office,
    ...(more.login && { verify: (user: string, password: string) => user === 'cn=phone' && password === 'pw' }),
  }
  const request = { id: 7, operation, controls: more.controls ?? [] }
  const answer = answerLdap(more.session ?? NEW_SESSION, request, facts)
  return { ...answer, ...read(answer.replies) }
}

function paging(size: number, cookie = ''): Control {
  return { type: PAGED_RESULTS, critical: true, value: element(TAG.sequence, integer(size), octets(cookie)) }
}

describe('log-in', () => {
  const bind = (name: string, password?: string, version = 3): Operation => ({
    ...{ kind: 'bind', name, version },
    ...(password !== undefined && { password }),
  })
  it.each([
    ['anonymous', bind('', ''), false, CODE.success, false],
    ['anonymous where a log-in is wanted: allowed, and sees nothing', bind('', ''), true, CODE.success, false],
    ['right', bind('cn=phone', 'pw'), true, CODE.success, true],
    ['wrong password', bind('cn=phone', 'no'), true, CODE.invalidCredentials, false],
    ['wrong name', bind('cn=other', 'pw'), true, CODE.invalidCredentials, false],
    ['where none is wanted', bind('cn=phone', 'pw'), false, CODE.invalidCredentials, false],
    ['a name without password', bind('cn=phone', ''), true, CODE.unwillingToPerform, false],
    ['SASL', bind(''), true, CODE.authMethodNotSupported, false],
    ['LDAP version 2', bind('', '', 2), false, CODE.protocolError, false],
  ])('%s', (_, operation, login, code, bound) => {
    const answer = ask(operation, { login })
    expect([answer.code, answer.tag, answer.session.bound]).toEqual([code, 0x61, bound])
  })

  it('is needed for a search where there are credentials, but not for the root', () => {
    expect(ask(search(), { login: true })).toMatchObject({ code: CODE.insufficientAccessRights, names: [] })
    expect(ask(search({ base: '', scope: 'base' }), { login: true }).names).toEqual([''])
    const session = { ...NEW_SESSION, bound: true }
    expect(ask(search(), { login: true, session }).names.length).toBe(office.length)
    // Another bind ends it, also one that fails.
    const after = ask(bind('cn=phone', 'no'), { login: true, session })
    expect(ask(search(), { login: true, session: after.session }).code).toBe(CODE.insufficientAccessRights)
  })

  it('ends the connection after three wrong ones', () => {
    let session: Session = NEW_SESSION
    const closes = [1, 2, 3].map(() => {
      const answer = ask(bind('x', 'y'), { login: true, session })
      session = answer.session
      return answer.close
    })
    expect(closes).toEqual([undefined, undefined, true])
  })
})

describe('what is not offered', () => {
  it.each([
    ['a change', { kind: 'other', answer: 0x67 }, 0x67, CODE.unwillingToPerform],
    ['StartTLS', { kind: 'extended', name: '1.3.6.1.4.1.1466.20037' }, 0x78, CODE.protocolError],
  ] as const)('%s', (_, operation, tag, code) => {
    expect(ask(operation)).toMatchObject({ tag, code })
  })
  it('a critical control that is not known; others are passed over', () => {
    const control = { type: '1.2.3', critical: true }
    expect(ask(search(), { controls: [control] }).code).toBe(CODE.unavailableCriticalExtension)
    expect(ask(search(), { controls: [{ ...control, critical: false }] }).code).toBe(CODE.success)
  })
  it('abandon gets no answer, unbind ends it', () => {
    expect(ask({ kind: 'abandon', id: 3 }).replies).toEqual([])
    expect(ask({ kind: 'unbind' })).toMatchObject({ replies: [], close: true })
  })
})

describe('bases and scopes', () => {
  const people = office.length
  it.each([
    [LDAP_BASE, 'one', people],
    [LDAP_BASE, 'sub', people + 1],
    [LDAP_BASE, 'base', 1],
    ['OU = People , DC=Branchline', 'one', people],
    ['dc=branchline', 'base', 1],
    ['dc=branchline', 'one', 1],
    ['dc=branchline', 'sub', people + 2],
    ['', 'one', 1],
    ['', 'sub', people + 2],
    [`uid=p00001,${LDAP_BASE}`, 'base', 1],
    [`uid=P00001,${LDAP_BASE}`, 'sub', 1],
    [`uid=p00001,${LDAP_BASE}`, 'one', 0],
  ] as const)('%j %s', (base, scope, count) => {
    expect(ask(search({ base, scope }))).toMatchObject({ code: CODE.success, found: count })
  })
  it('that are not there', () => {
    expect(ask(search({ base: 'dc=example,dc=net' })).code).toBe(CODE.noSuchObject)
    expect(ask(search({ base: `uid=nobody,${LDAP_BASE}`, scope: 'base' })).code).toBe(CODE.noSuchObject)
    expect(ask(search({ base: 'nonsense' })).code).toBe(CODE.invalidDnSyntax)
  })
  it('the root says what there is when it is asked', () => {
    const root = (...attributes: string[]) => ask(search({ base: '', scope: 'base', attributes })).attributes[0]
    expect(root()).toEqual({ objectClass: ['top'] })
    expect(root('namingContexts', 'supportedldapversion')).toEqual({
      namingContexts: ['dc=branchline'],
      supportedLDAPVersion: ['3'],
    })
    expect(Object.keys(root('+') ?? {})).toContain('supportedControl')
  })
})

describe('attributes', () => {
  const of = (...attributes: string[]) => {
    const filter = { kind: 'equal', attribute: 'cn', value: 'bruno abel' } as const
    return ask(search({ filter, attributes })).attributes[0]
  }
  it('are those of inetOrgPerson', () => {
    expect(of()).toEqual({
      objectClass: ['top', 'person', 'organizationalPerson', 'inetOrgPerson'],
      cn: ['Bruno Abel'],
      sn: ['Abel'],
      givenName: ['Bruno'],
      displayName: ['Bruno Abel'],
      telephoneNumber: ['205'],
      mobile: ['+441632960011'],
      homePhone: ['01632960012'],
      ou: ['Sales'],
      uid: ['p00002'],
    })
  })
  it('come as they are asked for, by any of their names', () => {
    expect(Object.keys(of('commonName', '2.5.4.4', 'MOBILE') ?? {})).toEqual(['cn', 'sn', 'mobile'])
    expect(of('1.1')).toEqual({})
    expect(Object.keys(of('*', 'x') ?? {})).toContain('uid')
  })
  it('can come without their values', () => {
    expect(ask(search({ typesOnly: true, attributes: ['cn'] })).attributes[0]).toEqual({ cn: [] })
  })
})

describe('filters', () => {
  const entry = comparedOf(ldapEntryOf(office.find(({ name }) => name === 'Bruno Abel') ?? (office[0] as never)))
  const equal = (attribute: string, value: string): Filter => ({ kind: 'equal', attribute, value })
  const part = (attribute: string, text: string): Filter => {
    const [initial = '', ...rest] = text.split('*')
    const final = rest.pop() ?? ''
    return {
      ...{ kind: 'substrings', attribute, any: rest.filter((one) => one !== '') },
      ...(initial !== '' && { initial }),
      ...(final !== '' && { final }),
    }
  }
  const yes = equal('sn', 'abel')
  const no = equal('sn', 'x')
  const unknown = equal('shoeSize', '38')
  it.each([
    ['(sn=ABEL)', yes, true],
    ['(surname=Abel)', equal('surname', 'Abel'), true],
    ['(sn=Äbel): accents do not matter', equal('sn', 'Äbel'), true],
    ['(sn=Abe)', equal('sn', 'Abe'), false],
    ['(cn=bruno  abel): blanks are one', equal('cn', ' bruno   abel '), true],
    ['(cn=br*)', part('cn', 'br*'), true],
    ['(cn=*abel)', part('cn', '*abel'), true],
    ['(cn=*uno*be*)', part('cn', '*uno*be*'), true],
    ['(cn=b*o*l)', part('cn', 'b*o*l'), true],
    ['(cn=*be*uno*)', part('cn', '*be*uno*'), false],
    ['(cn=bruno abel*bel): parts do not overlap', part('cn', 'bruno abel*bel'), false],
    ['(cn=bruno a*) with its blank', part('cn', 'bruno a*'), true],
    ['(cn=brunoa*)', part('cn', 'brunoa*'), false],
    ['(mobile=+44 1632-960011): numbers without signs', equal('mobile', '+44 1632-960011'), true],
    ['(mobile=*960*)', part('mobile', '*960*'), true],
    ['(mail=*)', { kind: 'present', attribute: 'mail' }, false],
    ['(homePhone=*)', { kind: 'present', attribute: 'homePhone' }, true],
    ['(shoeSize=38)', unknown, undefined],
    ['(!(shoeSize=38)): undefined stays undefined', { kind: 'not', filter: unknown }, undefined],
    ['(!(sn=x))', { kind: 'not', filter: no }, true],
    ['(&)', { kind: 'and', filters: [] }, true],
    ['(|)', { kind: 'or', filters: [] }, false],
    ['(&(sn=abel)(shoeSize=38))', { kind: 'and', filters: [yes, unknown] }, undefined],
    ['(&(sn=x)(shoeSize=38))', { kind: 'and', filters: [no, unknown] }, false],
    ['(|(sn=abel)(shoeSize=38))', { kind: 'or', filters: [unknown, yes] }, true],
    ['(|(sn=x)(shoeSize=38))', { kind: 'or', filters: [no, unknown] }, undefined],
    ['(sn>=aaa)', { kind: 'greater', attribute: 'sn', value: 'aaa' }, true],
    ['(sn<=aaa)', { kind: 'less', attribute: 'sn', value: 'aaa' }, false],
    ['(mobile>=1): numbers have no order', { kind: 'greater', attribute: 'mobile', value: '1' }, undefined],
    ['(cn~=uno)', { kind: 'approximate', attribute: 'cn', value: 'uno' }, true],
    ['(cn:=bruno abel)', { kind: 'extensible', attribute: 'cn', value: 'bruno abel', dnAttributes: false }, true],
    [
      '(cn:1.2.3:=x): a rule that is not known',
      { kind: 'extensible', attribute: 'cn', rule: '1.2.3', value: 'bruno abel', dnAttributes: false },
      undefined,
    ],
    ['(objectClass=inetorgperson)', equal('objectClass', 'inetorgperson'), true],
  ] as readonly (readonly [string, Filter, boolean | undefined])[])('%s', (_, filter, expected) => {
    expect(compileFilter(filter)(entry)).toBe(expected)
  })

  it('that would take too long are refused', () => {
    const wide: Filter = { kind: 'or', filters: Array.from({ length: 60 }, () => part('cn', `*${'a*'.repeat(40)}`)) }
    expect(ask(search({ filter: wide }), { entries: many }).code).toBe(CODE.adminLimitExceeded)
  })
})

describe('limits and pages', () => {
  it('a size limit is kept and said', () => {
    expect(ask(search({ sizeLimit: 2 }))).toMatchObject({ code: CODE.sizeLimitExceeded, found: 2 })
    expect(ask(search({ sizeLimit: office.length }))).toMatchObject({ code: CODE.success, found: office.length })
    expect(ask(search(), { entries: many })).toMatchObject({ code: CODE.sizeLimitExceeded, found: 1000 })
  })

  it('pages give everybody once', () => {
    let session: Session = NEW_SESSION
    let cookie = ''
    const names: string[] = []
    do {
      const page = ask(search(), { session, controls: [paging(300, cookie)], entries: many })
      expect([page.code, page.total]).toEqual([CODE.success, 2600])
      expect(page.names.length).toBeLessThanOrEqual(300)
      names.push(...page.names)
      session = page.session
      cookie = page.cookie ?? ''
    } while (cookie !== '')
    expect(names).toEqual(many.map(({ id }) => `uid=${id},${LDAP_BASE}`))
  })

  it('a cookie is good for its search alone, and once', () => {
    const first = ask(search(), { controls: [paging(10)], entries: many })
    const cookie = first.cookie ?? ''
    const { session } = first
    const other = search({ filter: { kind: 'present', attribute: 'cn' } })
    const code = (operation: SearchRequest, given: string, at: Session = session) =>
      ask(operation, { session: at, controls: [paging(10, given)], entries: many }).code
    expect(code(other, cookie)).toBe(CODE.unwillingToPerform)
    expect(code(search(), '99.5')).toBe(CODE.unwillingToPerform)
    expect(code(search(), cookie)).toBe(CODE.success)
    const second = ask(search(), { session, controls: [paging(10, cookie)], entries: many })
    expect(code(search(), cookie, second.session)).toBe(CODE.unwillingToPerform)
  })

  it('a size of 0 gives the search up', () => {
    const first = ask(search(), { controls: [paging(10)], entries: many })
    const end = ask(search(), {
      session: first.session,
      controls: [paging(0, first.cookie)],
      entries: many,
    })
    expect(end).toMatchObject({ code: CODE.success, found: 0, cookie: '' })
    expect(end.session.paging).toBeUndefined()
  })

  it('a size limit holds over all pages', () => {
    let session: Session = NEW_SESSION
    let cookie = ''
    let found = 0
    let code = -1
    do {
      const page = ask(search({ sizeLimit: 25 }), { session, controls: [paging(10, cookie)], entries: many })
      found += page.names.length
      session = page.session
      cookie = page.cookie ?? ''
      code = page.code
    } while (cookie !== '')
    expect([found, code]).toEqual([25, CODE.sizeLimitExceeded])
    expect(encodePaging(1, '').length).toBeGreaterThan(0)
  })
})
