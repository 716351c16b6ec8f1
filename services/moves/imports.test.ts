import { beforeEach, describe, expect, it } from 'vitest'
import { movesBox } from '../../test/support/moves-box.ts'
import { EXPORTS as exported } from '../../test/support/pbx-exports.ts'
import { ConflictError, NotFoundError, OperatorError } from '../core/errors.ts'
import { parseMac } from '../core/mac.ts'
import type { ImportOptions, ImportPlan } from './contract.ts'
import { makeImports } from './imports.ts'

const by = 'test'

let box: ReturnType<typeof movesBox>
beforeEach(() => {
  box = movesBox()
})

const preview = (text: string, options: ImportOptions = {}) =>
  box.imports.preview(new TextEncoder().encode(text), options)
const apply = (plan: ImportPlan) => box.imports.apply(plan.token ?? 'none', { by })
const rows = (plan: ImportPlan) =>
  plan.rows.map(({ line, kind, id, action, name }) => `${line} ${kind} ${id} ${action} ${name ?? ''}`.trim())
const faults = (plan: ImportPlan) =>
  plan.faults.map((it) => `${it.line}:${it.columnNumber ?? '-'} ${it.column}: ${it.message}`)
const device = (mac: string) => box.devices.get(parseMac(mac))

describe('exports of other systems', () => {
  it.each([
    [
      'FUSIONPBX_DEVICES',
      'fusionpbx-devices',
      ['2 device 80:5e:c0:00:53:11 create Reception', '3 device 00:04:f2:00:53:12 create Lab'],
    ],
    [
      'FUSIONPBX_EXTENSIONS',
      'fusionpbx-extensions',
      ['2 person ext-201 create Ada Lovelace', '3 person ext-202 create Door'],
    ],
    [
      'FREEPBX_EXTENSIONS',
      'freepbx-extensions',
      ['2 person ext-301 create Grace Hopper', '3 person ext-302 create Annie Easley'],
    ],
    [
      'FREEPBX_OSS_EPM',
      'freepbx-oss-epm',
      ['1 device 80:5e:c0:00:53:31 create', '3 device 00:0b:82:00:53:32 create', '4 device 7c:2f:80:00:53:33 create'],
    ],
    [
      'YEASTAR_P_EXTENSIONS',
      'yeastar-p-extensions',
      ['2 person ext-1001 create Mary Jackson', '3 person ext-1002 create Dorothy'],
    ],
    [
      'YEASTAR_P_PHONES',
      'yeastar-p-phones',
      ['2 device 80:5e:c0:00:53:41 create', '3 device 80:5e:c0:00:53:42 create', '4 device 0c:38:3e:00:53:43 create'],
    ],
    ['YEASTAR_S_EXTENSIONS', 'yeastar-s-extensions', ['2 person ext-501 create Katherine Johnson']],
    ['YEASTAR_S_PHONES', 'yeastar-s-phones', ['2 device 00:04:13:00:53:51 create']],
    [
      'THREECX_V16',
      '3cx-v16',
      [
        '2 device 80:5e:c0:00:53:61 create Hedy Lamarr',
        '2 person ext-601 create Hedy Lamarr',
        '3 person ext-602 create Radia',
      ],
    ],
    [
      'THREECX_V20',
      '3cx-v20',
      [
        '2 device 00:04:13:00:53:71 create Lynn Conway',
        '2 person ext-701 create Lynn Conway',
        '3 person ext-702 create Sophie Wilson',
      ],
    ],
  ] as const)('%s is recognised, shown and done; done again, it changes nothing', (name, format, expected) => {
    const text: string = exported[name]
    const plan = preview(text)
    expect([plan.format, plan.faults, rows(plan)]).toEqual([format, [], expected])
    expect(JSON.stringify(plan)).not.toMatch(/f0sion|fr33-|yea-1|s-ser1es|thr33cx/)
    expect(box.records.list('device')).toEqual([])
    apply(plan)
    const again = preview(text)
    expect(again.rows.flatMap(({ changes }) => changes)).toEqual([])
    expect(new Set(again.rows.map(({ action }) => action))).toEqual(new Set(['unchanged']))
    apply(again)
    expect([...box.records.list('device'), ...box.records.list('person')].map(({ rev }) => rev)).toEqual(
      expected.map(() => 1),
    )
  })

  it('bring lines with all that they say, models in our own words, and what is switched off', () => {
    apply(preview(exported.FUSIONPBX_DEVICES))
    expect(device('805ec0005311')).toMatchObject({
      ...{ name: 'Reception', vendor: 'yealink', model: 'T46S', enabled: true, notes: 'by the door' },
      lines: [{ index: 1, user: '101', secret: 'f0sion-one', transport: 'tcp', expires: 120, port: 5060 }],
    })
    expect(device('0004f2005312')).toMatchObject({
      ...{ vendor: 'poly', enabled: false },
      lines: [{ index: 2, user: '102', secret: 'f0sion-two', shared: true }],
    })
    expect(device('0004f2005312')?.lines[0]).not.toHaveProperty('transport')
  })

  it('name each column that is not taken over, and each row that is of no use', () => {
    const plan = preview(exported.FREEPBX_EXTENSIONS)
    expect(plan.ignored.find((it) => it.column === 'dtmfmode')).toEqual({
      ...{ column: 'dtmfmode', columnNumber: 27, reason: 'no such column is known' },
    })
    expect(plan.ignored.find((it) => it.column === 'password')?.reason).toContain('not the SIP secret')
    const taken = ['extension', 'name', 'tech', 'description', 'secret', 'transport', 'voicemail_email']
    const [heading = ''] = exported.FREEPBX_EXTENSIONS.split('\r\n')
    expect([...plan.ignored.map((it) => it.column), ...taken].sort()).toEqual(heading.split(',').sort())
    expect(plan.skipped).toEqual([
      { row: 3, line: 4, reason: 'a virtual extension has no phone' },
      { row: 4, line: 5, reason: 'an analogue or ISDN line of the telephone system' },
    ])
  })

  it('of extensions and of phones come together: the phone gets the person’s account', () => {
    apply(preview(exported.YEASTAR_P_EXTENSIONS, { defaults: { server: 'pbx.example.net' } }))
    const plan = preview(exported.YEASTAR_P_PHONES)
    expect(plan.notes).toEqual([])
    apply(plan)
    expect(device('805ec0005341')).toMatchObject({
      ...{ vendor: 'yealink', person: 'ext-1001' },
      lines: [
        {
          user: '1001',
          authUser: 'mPwQ4Fh1lA',
          secret: 'yea-1001-S',
          server: 'pbx.example.net',
          displayName: 'Mary Jackson',
        },
      ],
    })
    expect(device('805ec0005342')).toMatchObject({
      handsets: [
        { index: 1, lines: [1] },
        { index: 2, lines: [2] },
      ],
      lines: [{ secret: 'yea-1001-S' }, { secret: 'yea-1002-S' }],
    })
  })

  it('with a row for each line make one device of them', () => {
    apply(preview(exported.YEASTAR_S_PHONES))
    expect(device('000413005351')?.lines).toEqual([
      { index: 1, user: '501' },
      { index: 2, user: '503', label: 'Support' },
    ])
    const text = '805EC0005331,Yealink,T46S,301,1\n805EC0005331,Yealink,T48S,302,1\n'
    expect(faults(preview(text))).toEqual([
      '2:3 model: model is another one than in line 1, for the same device',
      '2:4 ext: line 1 of 805ec0005331 is there twice',
    ])
  })

  it('can be read as another format, and columns be told', () => {
    expect(() => preview('a,b\n1,2\n')).toThrow('no column tells a MAC address or an extension')
    const text = 'Apparat;Platz;Kennung\n805EC0005301;Empfang;101\n'
    const columns = { Apparat: 'mac', '#2': 'name', Kennung: 'line1.user' }
    const plan = preview(text, { columns })
    expect([plan.delimiter, rows(plan), plan.ignored]).toEqual([';', ['2 device 80:5e:c0:00:53:01 create Empfang'], []])
    expect(preview(text, { columns: { ...columns, '#2': '' } }).ignored).toEqual([
      { column: 'Platz', columnNumber: 2, reason: 'left out, as was asked' },
    ])
    expect(() => preview(text, { columns: { Apparat: 'nonsense' } })).toThrow('no field is called "nonsense"')
    expect(() => preview(text, { format: 'nonsense' })).toThrow(NotFoundError)
    expect(preview(exported.THREECX_V16, { format: '3cx-v20' }).format).toBe('3cx-v20')
  })
})

describe('a list of one’s own', () => {
  it.each([
    ['MAC-Adresse;Bezeichnung;Hersteller;Modell;Nebenstelle;Kennwort', ';'],
    ['Adresse MAC;Nom;Fabricant;Modèle;Poste;Mot de passe', ';'],
    ['Dirección MAC,Nombre,Fabricante,Modelo,Extensión,Contraseña', ','],
    ['Indirizzo MAC\tNome\tProduttore\tModello\tInterno\tPassword', '\t'],
    ['MAC-adres|Naam|Fabrikant|Merk model|Toestel|Wachtwoord', '|'],
    ['Endereço MAC,Nome,Marca,Modelo,Ramal,Senha', ','],
    ['mac_address,description,brand,phone_model,ext,sip_password', ','],
  ])('%s', (heading, mark) => {
    const text = `sep=${mark}\n${heading}\n${['80-5E-C0-00-53-01', 'Küche', 'Yealink', 'T46S', '0101', 's3cret'].join(mark)}\n`
    const plan = preview(text)
    expect([plan.delimiter, plan.faults, rows(plan)]).toEqual([mark, [], ['3 device 80:5e:c0:00:53:01 create Küche']])
    apply(plan)
    expect(device('805ec0005301')).toMatchObject({ vendor: 'yealink', lines: [{ user: '0101', secret: 's3cret' }] })
  })

  it.each([
    ['utf-8', (text: string) => new TextEncoder().encode(`\ufeff${text}`)],
    ['utf-16le', (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['utf-16le', (text: string) => new Uint8Array(Buffer.from(text, 'utf16le'))],
    ['utf-16be', (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())],
    ['windows-1252', (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))],
  ])('in %s is read as it was written', (encoding, encode) => {
    const plan = box.imports.preview(encode('mac;name\r\n805ec0005301;Büro Süd\r\n'), {})
    expect([plan.encoding, plan.rows[0]?.name]).toEqual([encoding, 'Büro Süd'])
  })

  it('that is a workbook or empty is refused, and why', () => {
    const workbook = new Uint8Array([0x50, 0x4b, 0x03, 0x04, 0, 0])
    expect(() => box.imports.preview(workbook, {})).toThrow('this is a workbook, not a CSV file')
    expect(() => preview(' \n')).toThrow('the file is empty')
  })

  it('makes people of rows without a MAC, who wait for a phone', () => {
    const plan = preview('extension,password,first name,last name,mobile\n101,s3cret,Ada,Lovelace,0171 55 51\n')
    expect(rows(plan)).toEqual(['2 person ext-101 create Ada Lovelace'])
    apply(plan)
    expect(box.people.get('ext-101')).toMatchObject({
      ...{ name: 'Ada Lovelace', extension: '101', numbers: [{ kind: 'mobile', number: '01715551' }] },
      line: { index: 1, user: '101', secret: 's3cret' },
    })
    expect(preview('mac,extension,model,line2.user\n,101,T46S,102\n').notes).toContain(
      '1 row without a MAC address says something of a phone (model, line2.user): that is not taken over.',
    )
    expect(preview('mac,name,email\n805ec0005301,x,ada@example.net\n').notes).toContain(
      '1 row tells of a person (email) without an extension: that is not taken over.',
    )
    expect(rows(preview('mac,extension\n,101\n'))).toEqual(['2 person ext-101 unchanged Ada Lovelace'])
    expect(faults(preview('mac,extension\n,\n'))).toEqual([])
    expect(faults(preview('mac,extension,name\n,,x\n'))).toEqual(['2:- : neither a MAC address nor an extension'])
  })

  it('shows field by field what would change, and no secret', () => {
    apply(preview('mac,name,group,user,secret\n805ec0005301,Old,front,101,s3cret-1\n'))
    const plan = preview('mac,name,user,secret,settings.timezone\n805ec0005301,New,101,s3cret-2,Europe/Berlin\n')
    expect(plan.rows[0]).toMatchObject({
      action: 'update',
      changes: [
        { field: 'name', secret: false, before: 'Old', after: 'New' },
        { field: 'lines[1].secret', secret: true },
        { field: 'settings.timezone', secret: false, after: 'Europe/Berlin' },
      ],
    })
    apply(plan)
    expect(device('805ec0005301')).toMatchObject({ name: 'New', group: 'front', lines: [{ secret: 's3cret-2' }] })
  })

  it('touches no prototype', () => {
    const plan = preview('mac,settings.__proto__,extra.__proto__.polluted,type\n805ec0005301,x,y,constructor\n')
    expect(plan.ignored.map(({ column }) => column)).toEqual(['settings.__proto__', 'extra.__proto__.polluted'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('what was shown is what is done', () => {
  const TEXT = 'mac,name\n805ec0005301,One\n805ec0005302,Two\n'

  it('or nothing: after a change the preview is to be made again', () => {
    const plan = preview(TEXT)
    box.devices.put(parseMac('805ec0005302'), { name: 'Meanwhile' }, { by })
    expect(() => apply(plan)).toThrow(ConflictError)
    expect(() => apply(plan)).toThrow('80:5e:c0:00:53:02 was changed since the preview')
    expect(device('805ec0005301')).toBeUndefined()
    expect(() => box.imports.apply('nonsense', { by })).toThrow(NotFoundError)
    const again = preview(TEXT)
    expect(rows(again)[1]).toContain('update')
    apply(again)
    expect(() => apply(again)).toThrow('no such preview any more')
  })

  it('all or none: what fails half way leaves nothing', () => {
    const failing = makeImports({
      ...box,
      isSecret: () => false,
      hash: (text) => String(text.length),
      devices: {
        ...box.devices,
        putMany(items, options) {
          box.devices.putMany(items.slice(0, 1), options)
          throw new OperatorError('the disk is full')
        },
      },
    })
    const text = `extension,secret,mac,name\n101,s3cret,,Ada\n,,805ec0005301,One\n,,805ec0005302,Two\n`
    const plan = failing.preview(new TextEncoder().encode(text), {})
    expect(rows(plan)).toHaveLength(3)
    expect(() => failing.apply(plan.token ?? '', { by })).toThrow('the disk is full')
    expect([box.records.list('device'), box.records.list('person')]).toEqual([[], []])
    expect([device('805ec0005301'), box.people.get('ext-101')]).toEqual([undefined, undefined])
  })
})

it('ten thousand rows with faults sprinkled in: each with its line and column, and none half applied', () => {
  const bad = new Map([
    [1000, '8.05E+11,x,1000,s,yes'],
    [2500, '805ec0,x,2500,s,yes'],
    [5000, ',,,,yes'],
    [7500, '805ec0007500,x,7500,s,perhaps'],
    [9999, '805ec0000001,again,9999,s,yes'],
  ])
  const mac = (i: number) => `805ec0${i.toString(16).padStart(6, '0')}`
  const line = (i: number) => bad.get(i) ?? `${mac(i)},Phone ${i},${i},s3cret-${i},yes`
  const text = (good: boolean) =>
    `mac,name,user,secret,enabled\n${Array.from({ length: 10_000 }, (_, i) => (good && bad.has(i + 1) ? '' : line(i + 1))).join('\n')}\n`
  const plan = preview(text(false))
  expect(plan.token).toBeUndefined()
  expect(faults(plan)).toEqual([
    '1001:1 mac: "8.05E+11" was turned into a number by a spreadsheet: format the column as text',
    '2501:1 mac: "805ec0" has 6 digits instead of 12',
    '5001:- : neither a MAC address nor an extension',
    '7501:5 enabled: "perhaps" is neither yes nor no',
    '10000:1 mac: 805ec0000001 stands on line 2 already',
  ])
  expect(plan.rows.filter(({ action }) => action === 'create')).toHaveLength(9997)
  expect(box.records.list('device')).toEqual([])
  const good = preview(text(true))
  expect(good.faults).toEqual([])
  apply(good)
  expect(box.records.list('device')).toHaveLength(9995)
  expect(device(mac(10_000))).toMatchObject({ name: 'Phone 10000', lines: [{ secret: 's3cret-10000' }] })
}, 60_000)
