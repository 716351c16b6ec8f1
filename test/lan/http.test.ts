import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseIpv4 } from '../../services/core/ipv4.ts'
import { OWN } from '../support/http-site.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'

const BOX = '192.0.2.1'
const PHONE = '192.0.2.10'

// box [eth0 192.0.2.1] ---- [eth0 192.0.2.10] phone
describeOrSkip('http host on a lan', ['namespaces', 'curl', 'openssl'], () => {
  let lan: Namespaces
  let folder: string
  let box: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  let output: ReadableStreamDefaultReader<Uint8Array>

  async function line(): Promise<string> {
    let text = ''
    while (!text.endsWith('\n')) {
      const { value, done } = await output.read()
      if (done) break
      text += new TextDecoder().decode(value)
    }
    return text
  }

  const curl = (...args: readonly string[]) => lan.run('phone', ['curl', '-sS', '--max-time', '10', ...args])
  const openssl = (...args: readonly string[]) =>
    lan.run('phone', ['openssl', 's_client', '-connect', `${BOX}:443`, '-CAfile', join(folder, 'ca.pem'), ...args])

  beforeAll(async () => {
    lan = new Namespaces()
    folder = mkdtempSync(join(tmpdir(), 'branchline-http-'))
    await lan.add('box')
    await lan.add('phone')
    await lan.cable(
      { namespace: 'box', device: 'eth0', address: `${BOX}/24` },
      { namespace: 'phone', device: 'eth0', address: `${PHONE}/24` },
    )
    box = lan.start('box', [process.execPath, new URL('./http-box.ts', import.meta.url).pathname, folder, BOX])
    output = box.stdout.getReader()
    expect(JSON.parse(await line())).toMatchObject([{ listening: true }, { listening: true }])
  })

  afterAll(async () => {
    await lan[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['HTTP/1.1', []],
    ['HTTP/1.0', ['-0']],
  ])('gives curl its file over %s', async (_name, args) => {
    const result = await curl(...args, `http://${BOX}//own.cfg?a=b`)
    expect(result).toMatchObject({ code: 0, stdout: new TextDecoder().decode(OWN) })
  })

  it('lets curl go on with a firmware file that broke off', async () => {
    const [part, whole] = [join(folder, 'part.rom'), readFileSync(join(folder, 'fw.rom'))]
    writeFileSync(part, whole.subarray(0, 5_000_001))
    expect(await curl('-C', '-', '-o', part, `http://${BOX}/fw.rom`)).toMatchObject({ code: 0 })
    expect(Buffer.compare(readFileSync(part), whole)).toBe(0)
  })

  it('takes an upload, says 404 alike to missing and hostile names', async () => {
    const upload = join(folder, 'log.txt')
    writeFileSync(upload, 'a log')
    const status = ['-o', '/dev/null', '-w', '%{http_code} %{size_header} %{size_download}']
    expect((await curl(...status, '-T', upload, `http://${BOX}/`)).stdout).toMatch(/^200 /)
    const missing = (await curl(...status, `http://${BOX}/nothing`)).stdout
    expect(missing).toMatch(/^404 \d+ 0$/)
    expect((await curl(...status, '--path-as-is', `http://${BOX}/../../etc/passwd`)).stdout).toBe(missing)
  })

  it('speaks TLS under its own authority, with RSA-only clients too, not below 1.2', async () => {
    await curl('-o', join(folder, 'ca.pem'), `http://${BOX}/ca.pem`)
    const result = await curl('--cacert', join(folder, 'ca.pem'), `https://${BOX}/own.cfg`)
    expect(result).toMatchObject({ code: 0, stdout: new TextDecoder().decode(OWN) })
    expect((await curl(`https://${BOX}/own.cfg`)).code).toBe(60)
    const rsa = await openssl('-tls1_2', '-cipher', 'AES128-SHA')
    expect(rsa.stdout).toContain('Verify return code: 0 (ok)')
    for (const version of ['-tls1', '-tls1_1'])
      expect((await openssl(version, '-cipher', 'DEFAULT@SECLEVEL=0')).stderr).toContain('alert protocol version')
  })

  it('knew who asked and what arrived', async () => {
    await box.stdin.end()
    const { requests, happenings } = JSON.parse(await line())
    for (const request of requests)
      expect(request).toMatchObject({
        from: { address: parseIpv4(PHONE) },
        interface: 'lan0',
        localAddress: parseIpv4(BOX),
      })
    const own = happenings.filter((happening: { step: { own?: boolean } }) => happening.step.own)
    expect(own.map(({ step }: { step: { kind: string } }) => step.kind)).toEqual(Array(3).fill('file.completed'))
  })
})
