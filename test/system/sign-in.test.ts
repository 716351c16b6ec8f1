import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BoxUnderTest, office } from '../support/box-under-test.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const PASSWORD = 'correct horse-Battery7'
const NEW_PASSWORD = 'staple of the-Office8'
const WRONG = 'never-My-Passw0rd-9'
const HTTPS = 'https://192.0.2.1:8443'
const HTTP = 'http://192.0.2.1:8080'

/** The story of one box on a LAN, in order: `laptop` is its owner's, `thief` is somebody else's. */
describeOrSkip('signing in over the LAN', ['namespaces', 'curl', 'openssl'], () => {
  let lab: Namespaces
  let box: BoxUnderTest
  let jar: string
  /** Every secret that was shown or typed. */
  const secrets: string[] = [PASSWORD, NEW_PASSWORD, WRONG]
  let logs = ''
  let ca: string

  beforeAll(async () => {
    lab = new Namespaces()
    await office(lab, { laptop: { address: '192.0.2.20/24' }, thief: { address: '192.0.2.66/24' } })
    box = await BoxUnderTest.make(lab, { admin: { listen: 'lan' }, log: { level: 'debug' } })
    jar = join(box.folder, 'cookies')
    ca = join(box.folder, 'ca.pem')
    await box.start()
  }, 60_000)
  afterAll(async () => {
    await box?.[Symbol.asyncDispose]()
    await lab?.[Symbol.asyncDispose]()
  })

  interface Got {
    readonly status: number
    readonly head: string
    readonly body: string
  }
  async function curl(host: string, path: string, ...more: readonly string[]): Promise<Got> {
    const url = path.startsWith('http') ? path : `${HTTPS}${path}`
    const trust = url.startsWith('https') && host === 'laptop' && logs !== '' ? ['--cacert', ca] : ['-k']
    const { stdout, stderr, code } = await lab.run(host, ['curl', '-sS', '-i', ...trust, ...more, url])
    if (code !== 0) return { status: 0, head: stderr, body: '' }
    const [head = '', ...rest] = stdout.split('\r\n\r\n')
    return { status: Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') }
  }
  const send = (body: object, method = 'POST') => [
    ...['-X', method, '-H', 'content-type: application/json', '-d', JSON.stringify(body)],
  ]
  const mine = () => ['-b', jar, '-c', jar]

  it('says over plain HTTP nothing but the way, and gives out its authority, whose fingerprint the console confirms', async () => {
    const page = await curl('laptop', `${HTTP}/`)
    expect([page.status, page.body.includes(`href="${HTTPS}/"`)]).toEqual([200, true])
    expect(page.head).toMatch(/content-security-policy: default-src 'none'/i)
    for (const path of ['/api/v1/devices', '/api/v1/sign-in', '/metrics'])
      expect((await curl('laptop', `${HTTP}${path}`)).status, path).toBe(403)
    expect((await curl('laptop', `${HTTP}/api/v1/sign-in`, ...send({ name: 'x', password: WRONG }))).status).toBe(403)
    expect((await curl('laptop', `${HTTP}/`, '-H', 'host: evil.example:8080')).status).toBe(421)
    await lab.run('laptop', ['curl', '-sS', '-o', ca, `${HTTP}/ca.pem`])
    const openssl = await lab.run('laptop', ['openssl', 'x509', '-in', ca, '-noout', '-fingerprint', '-sha256'])
    const { fingerprint, setupCode } = JSON.parse(await box.told('accounts', 'trust', '--json'))
    expect(openssl.stdout.trim()).toMatch(new RegExp(`=${fingerprint}$`))
    expect(page.body).toContain(fingerprint)
    secrets.push(setupCode)
    logs += 'trusted'
    for (const url of [`${HTTPS}/`, 'https://branchline.local:8443/']) {
      const { status, head } = await curl('laptop', url, '--resolve', 'branchline.local:8443:192.0.2.1')
      expect([status, /x-frame-options: DENY/i.test(head)], url).toEqual([200, true])
    }
    const leaf = await lab.run('laptop', [
      'bash',
      '-c',
      `openssl s_client -connect 192.0.2.1:8443 </dev/null 2>/dev/null | openssl x509 -noout -checkend ${826 * 86_400}`,
    ])
    expect(leaf.stdout, 'browsers take no certificate of more than 825 days').toContain('will expire')
  })

  it('gives a new box to whoever has the code of its console, and to no guesser', async () => {
    expect((await curl('thief', '/api/v1/devices')).status).toBe(401)
    expect((await curl('thief', '/api/v1/sign-in')).body).toBe('{"state":"first","needsSetupCode":true}')
    const guesses: number[] = []
    for (let i = 0; i < 7; i++) {
      const body = { name: 'thief', password: WRONG, setupCode: `AAAAAAA${i + 2}` }
      guesses.push((await curl('thief', '/api/v1/sign-in/first', ...send(body))).status)
    }
    expect(guesses).toEqual([401, 401, 401, 401, 401, 429, 429])
    const setupCode = secrets.at(-1) ?? ''
    const body = { name: 'maria', password: PASSWORD, setupCode: setupCode.toLowerCase() }
    const made = await curl('laptop', '/api/v1/sign-in/first', ...send(body), ...mine())
    expect(made.status).toBe(200)
    expect(made.head).toMatch(/set-cookie: __Host-branchline=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict/i)
    secrets.push(/__Host-branchline=([\w-]{43})/.exec(made.head)?.[1] ?? '')
    expect((await curl('laptop', '/api/v1/devices', ...mine())).status).toBe(200)
    const late = await curl('laptop', '/api/v1/sign-in/first', ...send({ ...body, name: 'eve' }))
    expect(late.status).toBe(409)
  })

  it('turns away foreign names and foreign pages, signed in or not', async () => {
    const change = send({ name: 'evil' }, 'PUT')
    for (const [status, ...headers] of [
      [421, '-H', 'host: evil.example:8443'],
      [421, '-H', 'host: 192.0.2.1:8080'],
      [403, '-H', 'origin: https://evil.example'],
      [403, '-H', 'origin: http://192.0.2.1:8443'],
      [403, '-H', 'sec-fetch-site: cross-site'],
      [415, '-H', 'content-type: text/plain'],
    ] as const)
      expect(
        (await curl('laptop', '/api/v1/devices/00005e005301', ...change, ...mine(), ...headers)).status,
        headers[1],
      ).toBe(status)
    const own = ['-H', `origin: ${HTTPS}`, '-H', 'sec-fetch-site: same-origin']
    expect((await curl('laptop', '/api/v1/devices/00005e005301', ...change, ...mine(), ...own)).status).toBe(201)
    const { changes } = await box.api<{ changes: { by: string }[] }>('/devices/00005e005301/history')
    expect(changes[0]?.by).toBe('account:maria')
  })

  it('holds whoever guesses a password, and lets the signed-in work on', async () => {
    const answers: Got[] = []
    for (let i = 0; i < 6; i++)
      answers.push(await curl('thief', '/api/v1/sign-in', ...send({ name: 'maria', password: WRONG })))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429])
    expect(new Set(answers.slice(0, 5).map(({ body }) => body)).size).toBe(1)
    expect((await curl('thief', '/api/v1/sign-in', ...send({ name: 'nobody', password: WRONG }))).body).toBe(
      answers[0]?.body,
    )
    expect(answers[5]?.head).toMatch(/retry-after: \d+/i)
    expect((await curl('laptop', '/api/v1/devices', ...mine())).status).toBe(200)
    const { alarms } = await box.api<{ alarms: { kind: string; subject: string }[] }>('/alarms')
    expect(alarms).toContainEqual(expect.objectContaining({ kind: 'sign-in-guessing', subject: '192.0.2.66' }))
  })

  it('keeps roles apart, and tokens to their scopes', async () => {
    const made = JSON.parse(await box.told('accounts', 'add', 'vera', '--role', 'viewer', '--json'))
    secrets.push(made.password)
    const hers = join(box.folder, 'hers')
    const entered = await curl(
      'laptop',
      '/api/v1/sign-in',
      ...send({ name: 'vera', password: made.password }),
      '-c',
      hers,
    )
    expect(entered.status).toBe(200)
    secrets.push(/__Host-branchline=([\w-]{43})/.exec(entered.head)?.[1] ?? '')
    const statuses = []
    for (const [path, ...more] of [
      ['/api/v1/devices'],
      ['/api/v1/devices/00005e005302', ...send({ name: 'x' }, 'PUT')],
      ['/api/v1/accounts'],
      ['/api/v1/devices/00005e005301/file?reveal=1'],
    ] as const)
      statuses.push((await curl('laptop', path, '-b', hers, ...more)).status)
    expect(statuses).toEqual([200, 403, 403, 403])
    const token = await curl(
      'laptop',
      '/api/v1/me/tokens',
      ...send({ label: 'graphs', scopes: ['metrics'] }),
      '-b',
      hers,
    )
    const { secret } = JSON.parse(token.body)
    secrets.push(secret)
    const bearer = ['-H', `authorization: Bearer ${secret}`]
    expect((await curl('laptop', '/metrics', ...bearer)).status).toBe(200)
    expect((await curl('laptop', '/api/v1/devices', ...bearer)).status).toBe(403)
  })

  it('keeps people signed in over a restart, and forgets them after a reset over the local socket', async () => {
    const before = box.log
    expect(await box.stop()).toBe(0)
    await box.start()
    logs += before
    expect((await curl('laptop', '/api/v1/devices', ...mine())).status).toBe(200)
    const { password } = JSON.parse(await box.told('accounts', 'reset', 'maria', '--json'))
    secrets.push(password)
    expect((await curl('laptop', '/api/v1/devices', ...mine())).status).toBe(401)
    expect((await curl('laptop', '/api/v1/sign-in', ...send({ name: 'maria', password: PASSWORD }))).status).toBe(401)
    const entered = await curl('laptop', '/api/v1/sign-in', ...send({ name: 'maria', password }), ...mine())
    expect(entered.status).toBe(200)
    const own = await curl(
      'laptop',
      '/api/v1/me/password',
      ...send({ old: password, password: NEW_PASSWORD }, 'PUT'),
      ...mine(),
    )
    expect(own.status).toBe(200)
    expect(await box.told('accounts', 'list')).toMatch(/^maria +owner/m)
    expect(await box.told('accounts', 'events')).toMatch(/password-changed +maria +cli:local/)
    expect(await box.told('accounts', 'sessions', 'maria', '--end')).toBe('1 sessions ended\n')
    const { code, err } = await box.branchline('accounts', 'remove', 'maria')
    expect([code, err]).toEqual([5, 'branchline: maria is the only owner: make another account an owner first\n'])
  })

  it('leaves no password, cookie, token or code in the log or on the disk', async () => {
    logs += box.log
    await box.stop()
    expect(secrets.length).toBe(9)
    expect(secrets.every((secret) => secret.length >= 8)).toBe(true)
    const files = await readdir(box.data, { recursive: true, withFileTypes: true })
    let bytes = 0
    for (const file of files.filter((it) => it.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), 'latin1')
      bytes += text.length
      for (const secret of secrets) expect(text.includes(secret), `${secret} in ${file.name}`).toBe(false)
    }
    expect(bytes).toBeGreaterThan(10_000)
    expect(logs.length).toBeGreaterThan(100)
    for (const secret of secrets) expect(logs.includes(secret), `${secret} in the log`).toBe(false)
  })
})
