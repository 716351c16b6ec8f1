import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shippedTemplates } from '../../appliance/templates.ts'
import { branchline, branchlineHere, DemoBox, temporaryFolder } from '../support/box-process.ts'

const FRONT_DESK = '805ec000d001'
const NEW = '00:00:5e:00:53:11'
const OTHER = '00:00:5e:00:53:12'
const NOBODY = '00:00:5e:00:53:99'

let box: DemoBox
let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
  box = await DemoBox.start()
})
afterAll(async () => {
  await box[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

/** What a command printed with `--json`, which must be one JSON value whatever happened. */
async function json(...words: readonly string[]) {
  const { code, out, err } = await box.branchline(...words, '--json')
  expect(err, words.join(' ')).toBe('')
  return { code, value: JSON.parse(out) }
}

async function text(...words: readonly string[]) {
  const { code, out, err } = await box.branchline(...words)
  return { code, text: out + err }
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder.path, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

describe('devices', () => {
  it('list tells the verdict of each, and who is new', async () => {
    const { code, text: told } = await text('devices', 'list')
    expect(code).toBe(0)
    expect(told).toMatch(/80:5e:c0:00:d0:01 {2}Front desk +yealink SIP-T46U +127\.0\.1\.\d+ +configured \d+ s ago/)
    expect(told).toMatch(/Old lobby phone .* switched off in its record/)
    expect(told).toMatch(/new devices:\nc0:74:ad:00:d0:06 {2}grandstream HT801 .* unknown device/)
    const { value } = await json('devices', 'list')
    expect([value.devices.length, value.newDevices.length]).toEqual([5, 1])
  })

  it('show tells one, in any spelling of its MAC, without its secrets', async () => {
    const { code, value } = await json('devices', 'show', '805E.C000.D001')
    expect(code).toBe(0)
    expect(value).toMatchObject({ mac: '80:5e:c0:00:d0:01', lines: [{ user: '201', hasSecret: true }] })
    expect((await text('devices', 'show', FRONT_DESK)).text).toContain('"name": "Front desk"')
  })

  it('add makes one, once, and --replace puts another in its place; remove takes it away', async () => {
    const line = ['--user', '300', '--auth-user', 'a300', '--server', 'pbx.example.net', '--label', 'Three']
    const words = ['devices', 'add', NEW, '--vendor', 'yealink', '--model', 'SIP-T46U', '--name', 'New one', ...line]
    const added = await branchline([...words, '--secret', '-', '--socket', box.socket], { stdin: 'fr0m-stdin\n' })
    expect(added).toMatchObject({ code: 0, out: `${NEW} is stored, revision 1\n`, err: '' })
    expect((await text('render', NEW)).text).toContain('fr0m-stdin')

    const again = await json('devices', 'add', NEW, '--name', 'Other')
    expect(again).toEqual({
      code: 5,
      value: { error: { code: 5, message: `there is a device ${NEW} already; --replace puts this one in its place` } },
    })
    const replaced = await json('devices', 'add', NEW, '--name', 'Other', '--replace')
    expect(replaced).toMatchObject({ code: 0, value: { mac: NEW, rev: 2, name: 'Other', lines: [] } })

    expect(await json('devices', 'remove', NEW)).toEqual({ code: 0, value: { removed: NEW.replaceAll(':', '') } })
    expect(await json('devices', 'remove', NEW)).toMatchObject({ code: 4 })
  })

  it('import takes CSV and JSON, all or none, and names each fault by line and column', async () => {
    const good = await file('good.csv', `mac,name,user,secret\n${NEW},"Two, in quotes",301,s3cret-one\n`)
    const dry = await json('devices', 'import', good, '--dry-run')
    expect(dry).toMatchObject({ code: 0, value: { applied: false, rows: [{ line: 2, action: 'create' }], faults: [] } })
    expect((await json('devices', 'show', NEW)).code).toBe(4)

    const bad = await file(
      'bad.csv',
      `mac,name,user,enabled\n${NEW},One,301,yes\n00005e0053,Two,302,yes\n${OTHER},Three,303,perhaps\n`,
    )
    const refused = await box.branchline('devices', 'import', bad)
    expect(refused.code).toBe(5)
    expect(refused.err.split('\n')).toEqual([
      `${bad}:3: row 2, mac: "00005e0053" has 10 digits instead of 12`,
      `${bad}:4: row 3, enabled: "perhaps" is neither yes nor no`,
      '',
    ])
    expect(refused.out).toBe('nothing was changed: 2 new, 0 changed, 2 faults\n')
    const { code, value } = await json('devices', 'import', bad)
    expect([code, value.applied, value.faults.map((it: { column: string }) => it.column)]).toEqual([
      5,
      false,
      ['mac', 'enabled'],
    ])
    expect((await json('devices', 'show', NEW)).code).toBe(4)

    expect((await text('devices', 'import', good)).text).toBe('imported: 1 new, 0 changed, 0 faults\n')
    const list = await file(
      'more.json',
      JSON.stringify([
        { mac: NEW, name: 'By JSON' },
        { mac: OTHER, name: 'Second' },
      ]),
    )
    expect(await json('devices', 'import', list)).toMatchObject({
      code: 0,
      value: { applied: true, rows: [{ action: 'update' }, { action: 'create' }] },
    })
    expect((await json('devices', 'show', NEW)).value).toMatchObject({ name: 'By JSON', lines: [{ user: '301' }] })
    for (const mac of [NEW, OTHER]) expect((await json('devices', 'remove', mac)).code).toBe(0)
  })
})

describe('render and explain', () => {
  it('render prints the very bytes that the phone got', async () => {
    const rendered = await box.branchline('render', FRONT_DESK)
    expect(rendered.code).toBe(0)
    const lease = await leaseOf(FRONT_DESK)
    const url = `http://127.0.0.1:${box.ports['http-port']}/yealink/`
    const phone = await json(
      ...['phone', '--vendor', 'yealink', '--model', 'SIP-T46U', '--mac', FRONT_DESK, '--address', lease, '--url', url],
    )
    expect(phone).toMatchObject({ code: 0, value: { configured: true, url } })
    const own = phone.value.files.find((one: { own: boolean; status: number }) => one.own && one.status === 200)
    expect(own.hash).toBe(new Bun.CryptoHasher('sha256').update(rendered.bytes).digest('hex'))

    const { value } = await json('render', FRONT_DESK, '805ec000d001.cfg')
    expect([value.file, Buffer.from(value.base64, 'base64')]).toEqual(['805ec000d001.cfg', Buffer.from(rendered.bytes)])
  })

  it('explain tells each parameter back to its setting and layer, and no secret', async () => {
    const told = (await text('explain', FRONT_DESK, '--parameters')).text.replaceAll(/ {2,}/g, ' | ')
    expect(told).toMatch(/^y000000000108\.cfg:$/m)
    expect(told).toContain(
      ' | account.1.sip_server.1.address | = pbx.example.net | ← line 1 server (device), its model and firmware | yealink/device.cfg.liquid:',
    )
    expect(told).toMatch(
      / \| account\.1\.password \| = \(secret\) \| ← line 1 secret \(device\) \| yealink\/device\.cfg\.liquid:\d+$/m,
    )
    const { value } = await json('explain', FRONT_DESK, '--parameters')
    const own = value.files.find(({ file }: { file: string }) => file === `${FRONT_DESK.replaceAll(':', '')}.cfg`)
    const rendered = (await text('render', FRONT_DESK)).text
    for (const one of own.parameters as { name: string; value?: string; secret: boolean }[])
      if (!one.secret) expect(rendered).toContain(`${one.name} = ${one.value}`.trimEnd())
    expect((await json('explain', NOBODY, '--parameters')).code).toBe(4)
  })

  it('explain tells the story and where each setting comes from', async () => {
    const told = (await text('explain', FRONT_DESK, '--all')).text
    expect(told).toMatch(/^80:5e:c0:00:d0:01: configured \d+ s ago, fetched 805ec000d001\.cfg by HTTP\n/)
    expect(told).toMatch(/\n {2}sip\.transport +udp +built-in\n/)
    expect(told).toMatch(
      /journey:\n(.*\n)*.* leased 127\.0\.1\.\d+ \(option 66 http:\/\/127\.0\.0\.1:\d+\/yealink\/\)\n/,
    )
    const { value } = await json('explain', 'c0-74-ad-00-d0-06')
    expect(value).toMatchObject({ verdict: { state: 'unknown-device' }, journey: { mac: 'c0:74:ad:00:d0:06' } })
    expect(value.device).toBeUndefined()
  })

  async function leaseOf(mac: string): Promise<string> {
    const { leases } = await box.api<{ leases: { mac: string; address: string }[] }>('/leases')
    return leases.find((lease) => lease.mac.replaceAll(':', '') === mac)?.address ?? 'none'
  }
})

describe('setup and claim', () => {
  it('setup says what to type in, and draws the code', async () => {
    const { value } = await json('setup', FRONT_DESK)
    const url = `http://127.0.0.1:${box.ports['http-port']}/`
    expect(value).toMatchObject({
      mac: '80:5e:c0:00:d0:01',
      vendor: 'yealink',
      url: `${url}yealink/`,
      shortUrl: `${url}1`,
    })
    const told = (await text('setup', FRONT_DESK)).text
    expect(told).toContain('Settings > Auto Provision')
    expect(told).not.toContain('█')
    expect((await text('setup', FRONT_DESK, '--qr')).text).toContain(value.qr.blocks)
    expect((await text('setup', NOBODY)).text).toContain('nothing says yet what it is')
  })

  it('claim status says that it is off, as it is from the factory', async () => {
    expect((await json('claim', 'status')).value).toMatchObject({ mode: 'off', pins: 0 })
    expect((await text('claim', 'close')).text).toContain('off: no phone shows the page')
  })
})

describe('dhcp, config, version, help', () => {
  it('dhcp status tells mode and reason; a mode that the configuration fixes is not changed', async () => {
    expect((await text('dhcp', 'status')).text).toMatch(
      /^lo {2}full {2}on: answers every client\n\nnetwork .*\ndemo +241 /,
    )
    expect((await json('dhcp', 'status')).value.interfaces).toMatchObject([
      { name: 'lo', mode: 'full', answering: true },
    ])
    for (const action of ['enable', 'disable'])
      expect(await json('dhcp', action, 'lo')).toMatchObject({
        code: 5,
        value: { error: { message: expect.stringContaining('is set in the configuration') } },
      })
  })

  it('config check names every fault with its place; config schema is a JSON Schema', async () => {
    const path = await file('bad.yaml', 'ports: { http: 99999 }\nlog: { level: loud }\nnonsense: 1\n')
    const { code, value } = await json('config', 'check', '--config', path, '--sip-port', 'x')
    expect(code).toBe(5)
    expect([...value.error.faults].sort()).toEqual([
      expect.stringMatching(/bad\.yaml:1: ports\.http: /),
      expect.stringMatching(/bad\.yaml:2: log\.level: /),
      expect.stringMatching(/bad\.yaml:3: nonsense: /),
      expect.stringMatching(/^flag --sip-port: .*"x"/),
    ])
    expect((await json('config', 'check', '--tftp-port', '6969')).value.ports.tftp).toBe(6969)
    expect((await json('config', 'schema')).value).toMatchObject({ type: 'object', properties: { dhcp: {} } })
  })

  it('config check warns of what is surely not meant in a template of one’s own, with its line', async () => {
    const shipped = await readFile(join(shippedTemplates(), 'yealink/settings.liquid'), 'utf8')
    const line = shipped.split('\n').findIndex((text) => text.startsWith('lang.wui = ')) + 1
    expect(line).toBeGreaterThan(1)
    const own = await file('own/yealink/settings.liquid', shipped.replace('lang.wui = ', 'lang.wiu = '))
    const folder = join(own, '../..')
    const { code, err } = await branchline(['config', 'check', '--templates', folder])
    expect(code).toBe(0)
    expect(err).toBe(`${own}:${line}: parameter lang.wiu is not a known parameter of Yealink; is it lang.wui?\n`)
  })

  it('version and help work without a box, help knows every command and flag', async () => {
    expect(await branchline(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^branchline \d/) })
    expect((await json('version')).value).toEqual({ version: expect.any(String), bun: Bun.version })
    const { value } = await json('help')
    const names = value.commands.map((command: { name: string }) => command.name)
    expect(names).toEqual([
      ...['up', 'devices', 'people', 'import', 'replace', 'undo', 'render', 'explain', 'setup', 'claim', 'refetch'],
      ...['dhcp', 'files', 'rollout', 'cloud', 'templates', 'packs', 'phone'],
      ...['accounts', 'config', 'check', 'update', 'backup', 'restore', 'factory-reset', 'vendors', 'version'],
    ])
    const help = await branchline(['devices', '--help'])
    expect(help).toMatchObject({ code: 0, err: '', out: expect.stringContaining('--dry-run') })
    expect(await branchline([])).toMatchObject({ code: 2, out: expect.stringContaining('commands:') })
  })
})

describe('mistakes', () => {
  it.each([
    [2, ['device', 'list'], 'no such command: "device"; did you mean devices?'],
    [2, ['--verbose', 'devices'], 'the command comes first, then its flags: "--verbose"'],
    [2, ['devices', 'list', '--jsonn'], 'no such flag: --jsonn; did you mean --json?'],
    [2, ['devices'], 'list, show, add, assign, import, allow or remove is missing'],
    [2, ['devices', 'delete', NEW], 'neither list, show, add, assign, import, allow nor remove: "delete"'],
    [2, ['devices', 'show'], 'the MAC is missing'],
    [2, ['devices', 'show', FRONT_DESK, NEW], `too many words: "${NEW}"`],
    [2, ['devices', 'add', NEW, '--secret', 'x'], 'a line needs --user'],
    [2, ['devices', 'assign', NEW], 'the extension is missing'],
    [2, ['setup'], 'the MAC is missing'],
    [2, ['claim'], 'status, open, close or pin is missing'],
    [2, ['claim', 'open', '--minutes', 'x'], '--minutes is not a number: "x"'],
    [4, ['devices', 'assign', NOBODY, '999'], 'nobody has extension "999"'],
    [4, ['claim', 'pin', '999'], 'nobody has extension "999"'],
    [5, ['claim', 'open'], 'claim.mode is off'],
    [2, ['dhcp', 'enable'], 'the interface is missing'],
    [2, ['refetch'], 'name devices, or one of --group, --model and --all'],
    [2, ['refetch', FRONT_DESK, '--all'], 'name devices, or one of --group, --model and --all'],
    [2, ['refetch', '--all', '--window', 'tonight'], 'no window like 22:00-05:00: "tonight"'],
    [2, ['refetch', '--all', '--at', 'soon'], 'no time like 2026-11-30T22:00: "soon"'],
    [2, ['refetch', '--model', 'T46U'], 'not VENDOR:MODEL: "T46U"'],
    [2, ['refetch', '--all', '--limit', 'many'], 'not a number: "many"'],
    [2, ['refetch', 'show'], 'the id of a job is missing'],
    [2, ['dhcp', 'enable', 'eth0', '--mode', 'loud'], 'mode is neither full nor phones-only: "loud"'],
    [2, ['phone'], 'say where the phone is plugged in: --interface NAME, or --address IP'],
    [2, ['phone', '--interface', 'eth0', '--no-dhcp'], 'without DHCP the phone needs an --address'],
    [2, ['phone', '--address', '127.0.0.5', '--tftp-port', 'x'], '--tftp-port is not a port: "x"'],
    [4, ['phone', '--vendor', 'nokia'], 'no virtual phone of vendor "nokia"; there are 2n, akuvox, ale'],
    [4, ['devices', 'show', NOBODY], `no device ${NOBODY}`],
    [4, ['devices', 'remove', NOBODY], `no device ${NOBODY}`],
    [4, ['explain', NOBODY], `no device ${NOBODY}, and none such was ever seen here`],
    [4, ['refetch', 'show', 'nothing'], 'no job "nothing"'],
    [4, ['render', NOBODY], `no vendor is known for ${NOBODY}`],
    [4, ['render', FRONT_DESK, 'nothing.cfg'], 'Yealink makes no file nothing.cfg'],
    [4, ['dhcp', 'enable', 'eth9'], 'no interface eth9; there are lo'],
    [5, ['render', FRONT_DESK, '../../etc/passwd'], 'the name has a segment of dots'],
    [5, ['devices', 'show', '805ec000d0'], '"805ec000d0" has 10 digits instead of 12'],
    [5, ['devices', 'show', '8.05E+11'], 'was turned into a number by a spreadsheet'],
    [5, ['devices', 'add', NEW, '--vendor', 'nokia'], 'no vendor is called nokia'],
    [5, ['refetch', NOBODY], `no device ${NOBODY}`],
    [5, ['refetch', '--group', 'nobody'], 'no device is in a group "nobody"'],
    [5, ['refetch', '--all', '--window', '22:00-25:00'], '"25:00" is no time of day like 22:00'],
    [5, ['devices', 'import', '/nonexistent.csv'], 'file cannot be read'],
    [2, ['files', 'set', 'x.rom'], 'say what to set: --kind, --fw-version, --for or --hardware'],
    [2, ['files', 'burn'], 'neither list, show, add, set, remove nor verify: "burn"'],
    [2, ['templates', 'burn'], 'neither list, show, diff, check, edit-from, versions nor restore: "burn"'],
    [2, ['templates', 'show', 'yealink'], 'a template is named VENDOR/FILE, not "yealink"'],
    [4, ['templates', 'show', 'yealink/x.liquid'], 'no template yealink/x.liquid'],
    [4, ['templates', 'restore', 'yealink/settings.liquid'], 'no template yealink/settings.liquid'],
    [5, ['templates', 'check', '/nonexistent.liquid', '--as', 'yealink/x.liquid'], 'cannot be read'],
    [2, ['packs', 'burn'], 'neither list, install, back, remove, verify nor keys: "burn"'],
    [4, ['packs', 'remove', 'acme'], 'no pack is called acme'],
    [5, ['packs', 'install', '/nonexistent.pack'], 'file cannot be read'],
    [2, ['rollout', 'start', 'May', '--at-once', 'many'], '--at-once "many" is no number'],
    [2, ['rollout', 'start', 'May', '--window', 'night'], 'no window like 22:00-05:00: "night"'],
    [4, ['files', 'remove', 'x.rom'], 'no stored file is named "x.rom"'],
    [5, ['backup'], 'there is no recovery key yet'],
    [2, ['backup', 'all'], 'neither list nor key: "all"'],
    [4, ['restore', '/nonexistent.backup'], 'there is no file /nonexistent.backup'],
    [4, ['rollout', 'pause', 'May'], 'no rollout is called "May"'],
    [5, ['files', 'add', '/nonexistent.rom'], 'file cannot be read'],
    [5, ['rollout', 'start', 'May', '--all', '--file', 'x.rom'], 'no stored file is named "x.rom"'],
    [5, ['rollout', 'start', 'May', '--all', '--to', '9.9'], 'no stored firmware of version 9.9 is for it'],
    [5, ['config', 'check', '--config', '/nonexistent.yaml'], 'file does not exist: /nonexistent.yaml'],
  ])('%i for %j', async (code, words, message) => {
    const [plain, forPrograms] = await Promise.all([box.branchline(...words), box.branchline(...words, '--json')])
    expect(plain).toMatchObject({ code, out: '' })
    expect(plain.err).toContain(`branchline: `)
    expect(plain.err).toContain(message)
    expect(plain.err.indexOf(message)).toBe(plain.err.lastIndexOf(message))
    expect(forPrograms).toMatchObject({ code, err: '' })
    expect(JSON.parse(forPrograms.out)).toMatchObject({ error: { code, message: expect.stringContaining(message) } })
  })

  it('3 where no box runs, and says which socket it tried', async () => {
    const socket = join(folder.path, 'branchline.sock')
    for (const words of [
      ['devices', 'list'],
      ['explain', NEW],
      ['render', NEW],
      ['dhcp', 'status'],
    ]) {
      const plain = await branchlineHere([...words, '--data', folder.path])
      expect(plain).toMatchObject({ code: 3, out: '', err: expect.stringContaining(`no box answers on ${socket}`) })
    }
    const { code, out } = await branchline(['devices', 'list', '--json', '--data', folder.path])
    expect([code, JSON.parse(out).error.code]).toEqual([3, 3])
  })

  it('1 when a virtual phone is not configured, with its reason', async () => {
    const { code, value } = await json(
      ...[
        'phone',
        '--vendor',
        'yealink',
        '--address',
        '127.0.0.5',
        '--url',
        `http://127.0.0.1:${box.ports['http-port']}/`,
      ],
    )
    expect([code, value.configured, value.problem]).toEqual([1, false, 'its own configuration was not to be had'])
  })
})

describe('templates and packs', () => {
  it('a template is checked for a phone, used, compared, listed and restored', async () => {
    const shown = await text('templates', 'show', 'yealink/device.cfg.liquid')
    const path = await file('device.cfg.liquid', `${shown.text}# own\n`)
    const as = ['--as', 'yealink/device.cfg.liquid']
    const checked = await text('templates', 'check', path, ...as, '--for', FRONT_DESK)
    expect(checked).toEqual({ code: 0, text: expect.stringMatching(/^no fault\n--- .*\n\+\+\+ [\s\S]*^\+# own$/m) })
    expect((await text('templates', 'list')).text).toBe('everything is as shipped\n')
    expect((await text('templates', 'edit-from', path, ...as)).text).toBe('yealink/device.cfg.liquid: in use\n')
    expect((await text('templates', 'diff', 'yealink/device.cfg.liquid')).text).toContain('+# own')
    const [version] = (await json('templates', 'versions', 'yealink/device.cfg.liquid')).value.versions
    await text('templates', 'restore', 'yealink/device.cfg.liquid')
    expect((await text('templates', 'list')).text).toBe('everything is as shipped\n')
    await text('templates', 'restore', 'yealink/device.cfg.liquid', '--to', `${version.seq}`)
    expect((await text('templates', 'list')).text).toMatch(/^yealink\/device\.cfg\.liquid {2}own {2}by cli:local\n$/)
    await text('templates', 'restore', 'yealink/device.cfg.liquid')
  })

  it('packs: nothing is there, and no key is trusted', async () => {
    expect((await text('packs', 'list')).text).toMatch(/^no packs;/)
    expect((await text('packs', 'keys')).text).toBe('no key is trusted: no pack is taken\n')
    expect(await text('packs', 'verify')).toEqual({ code: 0, text: 'no packs\n' })
  })
})

describe('files and rollouts', () => {
  const NAME = 'T46U(T48U)-108.87.0.10.rom'

  it('a file is added once, shown with what is said of it, verified and removed', async () => {
    const path = await file(NAME, 'firmware')
    expect((await text('files', 'list')).text).toBe('no files yet (branchline files add FILE)\n')
    expect(await text('files', 'add', path, '--for', 'yealink/T46U,yealink/T48U')).toMatchObject({
      ...{ code: 0, text: expect.stringMatching(/^T46U\S+ is stored: firmware, 8 B, SHA-256 [0-9a-f]{64}\n$/) },
    })
    const other = await file('other.rom', 'other')
    const again = await text('files', 'add', other, '--name', NAME)
    expect(again).toMatchObject({ code: 5, text: expect.stringContaining('--replace puts this one there') })
    expect(await json('files', 'set', NAME, '--hardware', '108', '--fw-version', '108.87.0.10')).toMatchObject({
      ...{ code: 0, value: { hardware: ['108'], version: '108.87.0.10', models: ['yealink/T46U', 'yealink/T48U'] } },
    })
    expect((await text('files', 'list')).text).toMatch(
      /^T46U\(T48U\)-108.87.0.10.rom {2}firmware {2}108.87.0.10 {2}yealink\/T46U, yealink\/T48U; hardware 108 {2}8 B /,
    )
    expect((await text('files', 'verify')).text).toBe(`${NAME}  good\n`)
  })

  it('a rollout is tried, started, shown, paused and cancelled', async () => {
    const start = ['rollout', 'start', 'Demo', '--device', FRONT_DESK, '--file', NAME, '--canaries', '0']
    const { value: tried } = await json(...start, '--dry-run')
    expect(tried.devices).toMatchObject([{ mac: '80:5e:c0:00:d0:01', state: 'waiting', version: '108.87.0.10' }])
    expect((await text(...start, '--window', '00:00-00:00')).text).toContain('Demo: running, 1 waiting;')
    await box.until(async () => {
      const { value } = await json('rollout', 'show', 'Demo')
      return value.counts.updating === 1 ? value : undefined
    }, 'the rollout lets the phone go')
    expect((await text('render', FRONT_DESK)).text).toContain('firmware.url = ')
    expect((await text('rollout', 'pause', 'Demo')).text).toMatch(/^Demo: paused, 1 updating; paused: by cli:local\n$/)
    expect((await text('files', 'remove', NAME)).text).toContain('is in use: rollout Demo')
    expect((await text('rollout', 'list')).text).toMatch(/^Demo {2}paused {2}1 updating {2}paused: by cli:local\n$/)
    expect((await json('rollout', 'cancel', 'Demo')).value.status).toBe('cancelled')
  })
})
