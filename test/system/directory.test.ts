import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { PeoplePage, PersonRow } from '../../services/admin/schema-directory.ts'
import { BoxUnderTest, office } from '../support/box-under-test.ts'
import { colons } from '../support/colons.ts'
import { HOSTILE_NAMES } from '../support/contacts.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const DESK = '805ec0005301'
const PEOPLE = 1500
const LISTED = PEOPLE - PEOPLE / 50
const BASE = 'ou=people,dc=branchline'
const FIRST = ['Ada', 'Bruno', 'Çelik', 'Dörte', 'Émile', 'Frida', 'Göran', 'Hana', 'Iris', 'Jürgen']
const LAST = ['Abel', 'Öztürk', 'Meyer', 'von Ahn', 'Żak', 'Ng', 'Smith', 'Ångström', 'Łukasz', 'Zeh']

/** So many people as a CSV file; some have names that break what does not expect them, some stand in no phone book. */
function peopleFile(): string {
  const rows = Array.from({ length: PEOPLE }, (_, i) => {
    const hostile = HOSTILE_NAMES[i]?.toWellFormed().replace(/[\r\n]+/g, ' ')
    const [first, last] = [FIRST[i % 10], `${LAST[Math.floor(i / 10) % 10]} ${i}`]
    const name = (hostile ?? `${first} ${last}`).replaceAll('"', '""')
    const cells = [`p${i}`, `"${name}"`, hostile === undefined ? first : '', hostile === undefined ? last : '']
    return [...cells, 2000 + i, `+44163296${String(i).padStart(4, '0')}`, i % 50 === 7 ? 'no' : 'yes'].join(',')
  })
  return `id,name,firstName,lastName,extension,mobile,listed\n${rows.join('\n')}\n`
}

//   box 192.0.2.1 ──┬── desk 192.0.2.40, registered
//                   └── stranger 192.0.2.50
describeOrSkip('people and the phone book of the box', ['namespaces', 'curl', 'ldapsearch'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest

  beforeAll(async () => {
    const mac = colons(DESK)
    await office(lab, { desk: { mac, address: '192.0.2.40/24' }, stranger: { address: '192.0.2.50/24' } })
    box = await BoxUnderTest.make(lab, { ldap: true })
    await box.start()
    await box.told('devices', 'add', DESK, '--vendor', 'yealink', '--model', 'SIP-T46U', '--user', '101')
    await writeFile(join(box.folder, 'people.csv'), peopleFile())
  })
  afterAll(async () => {
    await box?.[Symbol.asyncDispose]()
    await lab[Symbol.asyncDispose]()
  })

  async function everybody(search = ''): Promise<PersonRow[]> {
    const people: PersonRow[] = []
    for (;;) {
      const query = `limit=700&offset=${people.length}${search === '' ? '' : `&search=${encodeURIComponent(search)}`}`
      const page = await box.api<PeoplePage>(`/people?${query}`)
      people.push(...page.people)
      if (people.length >= page.total) return people
    }
  }

  function ldapsearch(from: string, ...words: readonly string[]) {
    return lab.run(from, ['ldapsearch', '-LLL', '-o', 'ldif-wrap=no', '-H', 'ldap://192.0.2.1', ...words])
  }

  async function found(filter: string, ...more: readonly string[]): Promise<string[]> {
    const { code, stdout, stderr } = await ldapsearch('desk', '-x', '-b', BASE, '-s', 'one', ...more, filter, 'uid')
    expect([code, stderr]).toEqual([0, ''])
    return [...stdout.matchAll(/^uid: (.*)$/gm)].map(([, uid = '']) => uid).sort()
  }

  it('takes people from a file, after a look', async () => {
    const file = join(box.folder, 'people.csv')
    expect(await box.told('people', 'import', file, '--dry-run')).toBe(
      `nothing was changed: ${PEOPLE} new, 0 changed, 0 faults\n`,
    )
    expect(await everybody()).toEqual([])
    expect(await box.told('people', 'import', file)).toBe(`imported: ${PEOPLE} new, 0 changed, 0 faults\n`)
    expect(await everybody()).toHaveLength(PEOPLE)
    const bad = join(box.folder, 'bad.csv')
    await writeFile(bad, 'name,extension\nAda,two hundred\n')
    const refused = await box.branchline('people', 'import', bad)
    expect([refused.code, refused.err]).toEqual([5, `${bad}:2: row 1, extension: expected something to dial\n`])
  })

  it('ldapsearch finds the same people as the API', async () => {
    const listed = async (search: string) =>
      (await everybody(search)).flatMap(({ id, listed: one }) => (one ? [id] : [])).sort()
    for (const name of ['meyer', 'ozturk', 'Bruno', 'emile', 'bell & co'])
      expect(await found(`(|(cn=*${name}*)(o=*${name}*))`)).toEqual(await listed(name))
    expect(await found('(telephoneNumber=2345)')).toEqual(await listed('2345'))
    expect(await found('(mobile=*632960345)')).toEqual(['p345'])
    const everyone = await found('(objectClass=person)', '-E', 'pr=250/noprompt')
    // And the desk's own line, for which no person stands.
    expect(everyone).toEqual([`${DESK}-1`, ...(await listed(''))])
    expect(everyone).toHaveLength(LISTED + 1)
  })

  it('says where it ends, and what it does not do', async () => {
    const { code, stdout } = await ldapsearch('desk', '-x', '-b', BASE, '(cn=*)', 'uid')
    expect([code, stdout.match(/^uid: /gm)?.length]).toEqual([4, 1000])
    expect((await ldapsearch('desk', '-x', '-b', 'dc=example,dc=net')).code).toBe(32)
    expect((await ldapsearch('desk', '-x', '-ZZ', '-b', BASE)).code).not.toBe(0)
    const root = await ldapsearch('desk', '-x', '-b', '', '-s', 'base', '+')
    expect(root.stdout).toContain('namingContexts: dc=branchline')
    const change = ['ldapdelete', '-x', '-H', 'ldap://192.0.2.1', `uid=p1,${BASE}`]
    expect((await lab.run('desk', change)).stderr).toContain('Server is unwilling to perform')
    expect((await everybody('2001')).map(({ id }) => id)).toContain('p1')
  })

  it('phones are pointed at it, and get all of it', async () => {
    const config = await box.rendered(DESK)
    expect(config).toContain('remote_phonebook.data.1.url = http://192.0.2.1/yealink/directory.xml\n')
    expect(config).not.toMatch(/^ldap\.host = 192\.0\.2\.1$/m)
    const book = await lab.run('desk', ['curl', '-sf', 'http://192.0.2.1/yealink/directory.xml'])
    expect(book.stdout.match(/<DirectoryEntry>/g)).toHaveLength(LISTED + 1)
    const hits = await lab.run('desk', [
      'curl',
      '-sf',
      'http://192.0.2.1/yealink/directory.xml?search=ozt%C3%BCrk+1012',
    ])
    expect([...hits.stdout.matchAll(/<Name>(.*)<\/Name>/g)].map(([, name]) => name)).toEqual(['Çelik Öztürk 1012'])
    await box.api('/layers/site/site', { settings: { 'directory.ldap': true } })
    expect(await box.rendered(DESK)).toMatch(/^ldap\.host = 192\.0\.2\.1$/m)
  })

  it('an address that holds no known device gets nothing', async () => {
    const http = await lab.run('stranger', [
      'curl',
      '-s',
      '-w',
      '%{http_code}',
      'http://192.0.2.1/yealink/directory.xml',
    ])
    expect(http.stdout).toBe('404')
    const { code, stdout } = await ldapsearch('stranger', '-x', '-b', BASE, '(cn=*)')
    expect([code === 0, stdout]).toEqual([false, ''])
    expect(await box.told('explain', DESK)).toContain('looked people up by LDAP')
  })

  it('asks for a log-in where there is one', async () => {
    const settings = { 'directory.ldap': true, 'ldap.user': 'cn=phone', 'ldap.password': 'Ldap5Password' }
    await box.api('/layers/site/site', { settings })
    expect((await ldapsearch('desk', '-x', '-b', BASE, '(cn=*)')).code).toBe(50)
    expect((await ldapsearch('desk', '-x', '-D', 'cn=phone', '-w', 'wrong', '-b', BASE)).code).toBe(49)
    const login = ['-D', 'cn=phone', '-w', 'Ldap5Password']
    expect(await found('(telephoneNumber=2345)', ...login)).toEqual(['p345'])
    expect(box.log).not.toContain('Ldap5Password')
  })

  it('people go out as vCards and come in again as they were', async () => {
    const file = join(box.folder, 'people.vcf')
    expect(await box.told('people', 'export', file)).toBe(`written: ${file}\n`)
    const cards = await readFile(file, 'utf8')
    expect(cards.match(/^BEGIN:VCARD/gm)).toHaveLength(PEOPLE)
    expect((await box.branchline('people', 'export', file)).code).toBe(5)
    const before = await everybody()
    expect(await box.told('people', 'import', file)).toBe(`imported: 0 new, ${PEOPLE} changed, 0 faults\n`)
    const bare = (list: readonly PersonRow[]) => list.map((person) => ({ ...person, rev: 0 }))
    expect(bare(await everybody())).toEqual(bare(before))
    const again = await box.branchline('people', 'export', '--format', 'vcard')
    expect(Buffer.from(again.bytes).toString()).toBe(cards)
  })

  it('a person is added, shown, found and removed', async () => {
    const added = await box.told('people', 'add', 'Zoë Last', '--id', 'zoe', '--extension', '9999', '--user', '9999')
    expect(added).toBe('Zoë Last is stored as zoe, revision 1\n')
    expect((await box.branchline('people', 'add', 'Other', '--id', 'zoe')).code).toBe(5)
    expect(await box.told('people', 'list', 'zoe last')).toMatch(/^zoe {2}Zoë Last {2}9999\n$/)
    expect(JSON.parse(await box.told('people', 'show', 'zoe'))).toMatchObject({
      line: { user: '9999', hasSecret: false },
    })
    expect(await box.told('people', 'remove', 'zoe')).toBe('zoe is removed\n')
    expect((await box.branchline('people', 'show', 'zoe')).code).toBe(4)
  })

  it('a device that is switched off gets nothing any more', async () => {
    await box.api(`/devices/${DESK}`, { vendor: 'yealink', model: 'SIP-T46U', enabled: false })
    const { stdout } = await lab.run('desk', [
      'curl',
      '-s',
      '-w',
      '%{http_code}',
      'http://192.0.2.1/yealink/directory.xml',
    ])
    expect(stdout).toBe('404')
    const search = await ldapsearch('desk', '-x', '-b', BASE, '(cn=*)')
    expect([search.code === 0, search.stdout]).toEqual([false, ''])
  })
})
