import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { RefetchJob } from '../../services/admin/schema-refetch.ts'
import { InvariantError } from '../../services/core/errors.ts'
import { formatMac, parseMac } from '../../services/core/mac.ts'
import { type Answered, BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const SECRET = 'Kx7-only-for-201'
const ADMIN = 'Adm1n-of-acme'
const ABSENT = parseMac('02005e0053fe')
const scenario = (name: string) => fileURLToPath(new URL(`../lan/sipp/${name}.xml`, import.meta.url))

// A vendor of the operator's own, since no real one documents all of this over plain HTTP.
const ACME = `vendor: Acme
recognise:
  oui: [02:00:5E]
models:
  - { model: A100, lines: 2 }
unlisted: { lines: 1 }
files:
  - { name: "{mac}.cfg", scope: device, from: device.cfg.liquid }
resync:
  reload: { event: check-sync, reboots: false }
  http:
    - { name: fetch, does: reload, path: /do, scheme: http, port: 8080 }
  idle: { name: calls, path: /calls, scheme: http, port: 8080, idle: state=idle, busy: state=talking }
  schedule: []
`

//   box 192.0.2.1 ──┬── phone, which is one after the other
//                   └── absent, at which nobody listens
describeOrSkip('fetching again', ['namespaces', 'sipp', 'curl', 'openssl'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let own: string
  let plugged = 40
  let address = ''
  let running: Bun.Subprocess[] = []
  let unanswered: Promise<Answered>

  beforeAll(async () => {
    await office(lab, { phone: {}, absent: { mac: formatMac(ABSENT), address: '192.0.2.254/24' } })
    own = await mkdtemp(join(tmpdir(), 'branchline-templates-'))
    await mkdir(join(own, 'acme'))
    await writeFile(join(own, 'acme', 'vendor.yaml'), ACME)
    await writeFile(join(own, 'acme', 'device.cfg.liquid'), 'password = {{ settings.adminPassword }}\n')
    box = await BoxUnderTest.make(lab, { templates: own })
    await box.start()
    await add(ABSENT, 'snom', {})
    await fetch(ABSENT, 'snom', 'absent')
    // It takes 32 s, which go by beside the other tests.
    unanswered = box.branchline('refetch', ABSENT, '--wait')
    unanswered.catch(() => undefined)
  })
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL')
    await Promise.all(running.map((child) => child.exited))
    running = []
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
    await rm(own, { recursive: true, force: true })
  })

  /** The phone is another one from now on: added, plugged in, and configured once. */
  async function plug(vendor: 'snom' | 'acme', settings: object = {}): Promise<string> {
    const mac = parseMac(`02005e0053${(++plugged).toString(16)}`)
    address = `192.0.2.${plugged}`
    await lab.ip('phone', 'address', 'flush', 'dev', 'eth0')
    await lab.ip('phone', 'link', 'set', 'eth0', 'address', formatMac(mac))
    await lab.address('phone', 'eth0', `${address}/24`)
    await add(mac, vendor, settings)
    await fetch(mac, vendor)
    return mac
  }

  async function add(mac: string, vendor: 'snom' | 'acme', settings: object): Promise<void> {
    await box.api(`/devices/${mac}`, {
      ...{ vendor, model: vendor === 'snom' ? 'D785' : 'A100' },
      lines: [{ index: 1, user: '201', secret: SECRET, server: 'pbx.example' }],
      settings: { adminPassword: ADMIN, ...settings },
    })
  }

  async function fetch(mac: string, vendor: 'snom' | 'acme', from = 'phone'): Promise<void> {
    const file = vendor === 'snom' ? `${mac.toUpperCase()}.xml` : `${mac}.cfg`
    const { code, stderr } = await lab.run(from, ['curl', '-sSf', `http://192.0.2.1/${vendor}/${file}`])
    if (code !== 0) throw new InvariantError(`the phone could not fetch: ${stderr}`)
  }

  /** A SIPp that plays a phone at the phone's address; it may come late, what came too early is sent again. */
  function play(name: string, port = 5060): string {
    const log = join(box.folder, `${name}-${port}.log`)
    running.push(
      lab.start(
        'phone',
        [
          ...['sipp', '-sf', scenario(name), '-i', address, '-p', String(port), '-m', '1', '-nostdin', '-nr'],
          ...['-timeout', '60', '-trace_msg', '-message_file', log],
        ],
        { cwd: box.folder, env: { TERM: 'dumb' } },
      ),
    )
    return log
  }

  async function refetch(...words: string[]): Promise<RefetchJob> {
    return JSON.parse(await box.told('refetch', ...words, '--json')) as RefetchJob
  }
  const itemOf = async (id: string) => (await refetch('show', id)).items[0]

  /** Whether a proof was made with the secret, by openssl, which has nothing of ours. */
  async function proven(log: string, header: string, hash: 'md5' | 'sha256'): Promise<boolean> {
    const text = await readFile(log, 'latin1')
    const value = new RegExp(`^${header}: Digest (.*)$`, 'im').exec(text)?.[1] ?? ''
    const part = (name: string) => new RegExp(`\\b${name}="?([^",\\r]*)`).exec(value)?.[1] ?? ''
    const digest = async (of: string) => {
      const { stdout } = await lab.run('phone', ['openssl', 'dgst', `-${hash}`, '-r'], { stdin: of })
      return stdout.split(' ')[0] ?? ''
    }
    const a1 = await digest(`201:${part('realm')}:${SECRET}`)
    const a2 = await digest(`NOTIFY:${part('uri')}`)
    const middle = ['nonce', 'nc', 'cnonce', 'qop'].map(part).join(':')
    expect(part('uri')).toMatch(/^sip:201@192\.0\.2\.\d+:5060$/)
    return part('response') === (await digest(`${a1}:${middle}:${a2}`))
  }

  it('a phone that accepts fetches, and its journey tells all of it', async () => {
    const mac = await plug('snom')
    play('accept')
    const { id } = await refetch(mac, '--why', 'new logo')
    await expect.poll(async () => (await itemOf(id))?.text, PATIENTLY).toContain('accepted (200)')
    expect(await itemOf(id)).toMatchObject({ state: 'asked' })
    await fetch(mac, 'snom')
    await expect.poll(async () => (await itemOf(id))?.outcome, PATIENTLY).toBe('fetched')
    const story = await box.told('explain', mac)
    expect(story).toMatch(/was sent NOTIFY check-sync;reboot=false at 201, by order of cli:\w+: new logo/)
    expect(story).toContain('took NOTIFY check-sync;reboot=false: accepted (200)')
    expect(story).toContain('fetched its configuration after it was asked')
    expect(await box.told('refetch', 'pending')).not.toContain(formatMac(parseMac(mac)))
  })

  it.each([
    ['digest-md5', undefined, 'md5'],
    ['digest-sha256', 'authorization', 'sha256'],
    ['digest-proxy', 'proxy-authorization', 'md5'],
  ] as const)('a phone that plays %s gets its proof', async (name, header, hash) => {
    const mac = await plug('snom')
    // The scenario of MD5 checks the proof itself, for its own password.
    if (header === undefined) await add(mac, 'snom', {}).then(() => secretOf(mac, 's3cret'))
    const log = play(name)
    const { id } = await refetch(mac)
    await expect.poll(async () => (await itemOf(id))?.text, PATIENTLY).toContain('accepted (200, with its password)')
    if (header !== undefined) expect(await proven(log, header, hash)).toBe(true)
    const story = await box.told('explain', mac)
    expect(story).toContain('accepted (200, with its password)')
    expect(story + box.log).not.toContain(SECRET)
  })

  async function secretOf(mac: string, secret: string): Promise<void> {
    await box.api(`/devices/${mac}`, {
      ...{ vendor: 'snom', model: 'D785' },
      lines: [{ index: 1, user: '201', secret, server: 'pbx.example' }],
    })
  }

  it('a phone that refuses is refused, and no restart follows that nobody asked for', async () => {
    const mac = await plug('snom')
    play('refuse-403')
    const { code, out } = await box.branchline('refetch', mac, '--wait')
    expect(code).toBe(1)
    expect(out).toContain('refused: 403 Forbidden')
    expect(out).toContain('it would restart the phone, and nothing tells whether it is in a call')
    const story = await box.told('explain', mac)
    expect(story).toContain('did not take NOTIFY check-sync;reboot=false: refused: 403 Forbidden')
    expect(story).toMatch(/asked to fetch again \d+ s ago, did not: /)
  })

  it('a phone in a call is asked later', async () => {
    const mac = await plug('snom')
    play('busy-486')
    const { id } = await refetch(mac)
    await expect
      .poll(() => box.told('explain', mac), PATIENTLY)
      .toContain('was not asked to fetch again: in a call: 486 Busy Here; tried again later')
    expect(await itemOf(id)).toMatchObject({ state: 'waiting' })
    await box.told('refetch', 'cancel', id)
    expect(await itemOf(id)).toMatchObject({ outcome: 'cancelled' })
  })

  it('one phone among several at one address is reached alone', async () => {
    // It had the address for itself and still speaks from it, as softphones of one host do; another holds it now.
    const second = await plug('snom', { 'sip.localPort': 5064 })
    const first = parseMac('02005e005398')
    await add(first, 'snom', { 'sip.localPort': 5062 })
    await lab.ip('phone', 'link', 'set', 'eth0', 'address', formatMac(first))
    await lab.ip('box', 'neighbour', 'flush', 'dev', 'eth0')
    await fetch(first, 'snom')
    const [one, other] = [play('accept', 5062), play('accept', 5064)]
    const { id } = await refetch(second)
    await expect.poll(async () => (await itemOf(id))?.text, PATIENTLY).toContain('accepted (200)')
    expect(await readFile(other, 'latin1')).toMatch(new RegExp(`NOTIFY sip:201@${address}:5064 SIP/2.0`))
    await expect(readFile(one, 'latin1').catch(() => '')).resolves.not.toContain('NOTIFY')
    await refetch(first)
    await expect
      .poll(() => readFile(one, 'latin1').catch(() => ''), PATIENTLY)
      .toContain(`NOTIFY sip:201@${address}:5062`)
  })

  /** The phone's web server, and what it took so far. */
  async function serve(scheme: 'digest' | 'basic', password = ADMIN) {
    const program = fileURLToPath(new URL('./phone-web.ts', import.meta.url))
    const child = lab.start('phone', [process.execPath, program, '8080', scheme, password])
    running.push(child)
    const lines: string[] = []
    void (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream()))
        lines.push(...text.split('\n').filter(Boolean))
    })()
    await expect.poll(() => lines, PATIENTLY).toContain('{"ready":true}')
    return {
      lines,
      async is(state: string) {
        void child.stdin.write(`${state}\n`)
        await child.stdin.flush()
        await expect.poll(() => lines, PATIENTLY).toContain(JSON.stringify({ is: state }))
      },
    }
  }

  it('a phone in a call is left alone where its vendor can tell, and its web server is asked when SIP is refused', async () => {
    const mac = await plug('acme')
    const web = await serve('digest')
    await web.is('talking')
    const busy = await refetch(mac)
    await expect
      .poll(() => box.told('explain', mac), PATIENTLY)
      .toContain('was not asked to fetch again: it is in a call; tried again later')
    expect(await box.told('explain', mac)).not.toContain('NOTIFY')
    await box.told('refetch', 'cancel', busy.id)
    await web.is('idle')
    play('refuse-403')
    const { id } = await refetch(mac)
    await expect.poll(() => web.lines, PATIENTLY).toContain('{"took":"/do","state":"idle"}')
    await fetch(mac, 'acme')
    await expect.poll(async () => (await itemOf(id))?.outcome, PATIENTLY).toBe('fetched')
    const story = await box.told('explain', mac)
    expect(story).toContain('was asked over its web server: HTTP fetch')
    expect(story).toContain('took HTTP fetch: accepted (200, with its password)')
    expect(story + box.log + (await box.told('refetch', 'show', id))).not.toMatch(/Adm1n|:8080/)
  })

  it.each([
    ['a wrong password', 'digest', 'other', 'it does not take the password'],
    ['Basic over HTTP', 'basic', ADMIN, 'it wants the password in plain text (Basic over HTTP), which it is not given'],
  ] as const)('%s is a refusal in the journey', async (_, scheme, password, reason) => {
    const mac = await plug('acme')
    await serve(scheme, password)
    play('refuse-403')
    const { code, out } = await box.branchline('refetch', mac, '--wait')
    expect([code, out]).toEqual([1, expect.stringContaining(`HTTP fetch: refused: 401 ${reason}`)])
    expect(await box.told('explain', mac)).toContain(`did not take HTTP fetch: refused: 401 ${reason}`)
  })

  it('a phone that is not there is silent', async () => {
    const { code, out } = await unanswered
    expect([code, out]).toEqual([1, expect.stringContaining('no answer to 11 attempts')])
  }, 90_000)

  it('a job in a window survives a power cut', async () => {
    const mac = await plug('snom')
    // What it does in its window is proven with a clock that a test moves (services/refetch/refetch.test.ts).
    const soon = new Date(Date.now() + 3_600_000).toISOString().slice(11, 16)
    const end = new Date(Date.now() + 7_200_000).toISOString().slice(11, 16)
    const { id, state } = await refetch(mac, '--window', `${soon}-${end}`)
    expect(state).toBe('waiting')
    await box.kill()
    await box.start()
    expect(await refetch('show', id)).toMatchObject({ state: 'waiting', items: [{ state: 'waiting' }] })
    await box.told('refetch', 'cancel', id)
  })
})
