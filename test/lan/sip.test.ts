import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { formatMac, parseMac } from '../../services/core/mac.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { SIP_SAMPLES, type SipSample, sipText } from '../support/sip-samples.ts'

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const AUDIOCODES = '00908f602aac'

let lab: Namespaces
let folder: string
let apart: Namespaces
let unanswered: Promise<unknown>

// To find out that nobody is there takes 64 × T1, which is 32 s: that goes on beside everything else of this file.
beforeAll(async () => {
  apart = await twoHosts()
  await plug('00:00:5e:00:53:01', apart)
  const box = await startBox(apart)
  unanswered = box.notify({})
  // What went wrong is told by the test that awaits it.
  unanswered.catch(() => undefined)
})
afterAll(() => apart[Symbol.asyncDispose]())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'branchline-sip-'))
  lab = await twoHosts()
})
afterEach(async () => {
  await lab?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function twoHosts(): Promise<Namespaces> {
  const hosts = new Namespaces()
  await hosts.add('box')
  await hosts.add('phone')
  return hosts
}

async function plug(mac: string, hosts = lab): Promise<void> {
  await hosts.cable(
    { namespace: 'box', device: 'eth0', address: '192.0.2.1/24' },
    { namespace: 'phone', device: 'eth0', address: '192.0.2.31/24', mac: formatMac(parseMac(mac)) },
  )
}

/** The box's process: the lines that it prints, and a way to have a NOTIFY sent. */
async function startBox(hosts = lab) {
  const child = hosts.start('box', [process.execPath, pathOf('./sip-process.ts')])
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader()
  const lines: string[] = []
  let rest = ''
  const next = async (key: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const at = lines.findIndex((line) => line.startsWith(`{"${key}"`))
      if (at >= 0) return JSON.parse(lines.splice(at, 1)[0] ?? '')
      const { value, done } = await reader.read()
      if (done) throw new InvariantError(`box ended: ${await new Response(child.stderr).text()}`)
      const parts = (rest + value).split('\n')
      rest = parts.pop() ?? ''
      lines.push(...parts)
    }
  }
  expect(await next('ready')).toMatchObject({ ready: [{ interface: 'eth0', listening: true }] })
  const notify = async (more: object) => {
    void child.stdin.write(
      `${JSON.stringify({ to: '192.0.2.31', port: 5062, user: '201', event: 'check-sync', ...more })}\n`,
    )
    await child.stdin.flush()
    return (await next('outcome')).outcome
  }
  return { next, notify }
}

async function ask(lines: readonly string[], waitMs = 5_000): Promise<string[]> {
  const text = Buffer.from(sipText(lines)).toString('base64')
  const { stdout, stderr } = await lab.run('phone', [process.execPath, pathOf('./sip-phone.ts'), text, String(waitMs)])
  if (stdout === '') throw new InvariantError(`phone said nothing: ${stderr}`)
  return JSON.parse(stdout)
}

/** Listens on the box's card until `stop`, which gives the dissector's complaints and the number of SIP messages. */
async function capture() {
  const file = join(folder, 'sip.pcap')
  const child = lab.start('box', ['tcpdump', '-i', 'eth0', '--immediate-mode', '-U', '-w', file, 'udp'])
  // It says when it listens.
  await child.stderr.getReader().read()
  return async () => {
    child.kill('SIGINT')
    await child.exited
    const read = async (filter: string) => {
      const { stdout } = await lab.run('box', ['tshark', '-r', file, '-d', 'udp.port==5059,sip', '-Y', filter])
      return stdout.split('\n').filter(Boolean)
    }
    const mine = 'ip.src == 192.0.2.1 && udp'
    return { malformed: await read(`${mine} && _ws.malformed`), sip: await read(`${mine} && sip`) }
  }
}

describeOrSkip('a phone in its own namespace', ['namespaces', 'tshark', 'tcpdump'], () => {
  it.each(SIP_SAMPLES)(
    'asks as $vendor and is told its url, in packets that tshark can read',
    async (sample: SipSample) => {
      const mac = sample.mac ?? AUDIOCODES
      await plug(mac)
      const box = await startBox()
      const stop = await capture()
      const got = (await ask(sample.lines)).filter((text) => text.trim() !== '')
      expect(got.map((text) => text.split(' ')[0])).toEqual(['SIP/2.0', 'NOTIFY'])
      expect(got[1]).toMatch(new RegExp(`\r\n\r\nhttp://192\\.0\\.2\\.1/\\w+/${mac}$`))
      for (const kind of ['pnp.asked', 'pnp.answered', 'pnp.confirmed'])
        expect(await box.next('step')).toMatchObject({ step: { kind } })
      const seen = await stop()
      expect(seen.malformed).toEqual([])
      expect(seen.sip).toHaveLength(2)
    },
  )

  it('that asks in the name of another is not answered', async () => {
    await plug('00:00:5e:00:53:07')
    const box = await startBox()
    const got = await ask(SIP_SAMPLES[0]?.lines ?? [], 1_000)
    expect(got.filter((text) => text.trim() !== '')).toEqual([])
    await box.next('step')
    expect(await box.next('step')).toMatchObject({ step: { kind: 'pnp.ignored' } })
  })
})

describeOrSkip('a NOTIFY to a phone played by sipp', ['namespaces', 'sipp', 'tshark', 'tcpdump'], () => {
  it.each([
    ['accept', {}, { kind: 'accepted', status: 200, challenged: false }],
    ['digest-md5', { secret: 's3cret' }, { kind: 'accepted', status: 200, challenged: true }],
    ['digest-md5', { secret: 'wrong' }, { kind: 'refused', status: 403, reason: 'Wrong Proof' }],
    ['refuse-481', {}, { kind: 'refused', status: 481, reason: 'Subscription Does Not Exist' }],
    ['refuse-403', {}, { kind: 'refused', status: 403, reason: 'Forbidden' }],
    ['late', {}, { kind: 'accepted', status: 200, challenged: false }],
  ])('that plays %s with %j ends as it should', async (scenario, more, outcome) => {
    await plug('00:00:5e:00:53:01')
    const box = await startBox()
    const stop = await capture()
    const uas = [
      'sipp',
      '-sf',
      pathOf(`./sipp/${scenario}.xml`),
      '-i',
      '192.0.2.31',
      '-p',
      '5062',
      '-m',
      '1',
      '-nostdin',
    ]
    // It need not be there yet: what comes too early is sent again.
    lab.start('phone', [...uas, '-nr', '-timeout', '20'], { cwd: folder, env: { TERM: 'dumb' } })
    expect(await box.notify(more)).toEqual(outcome)
    expect((await stop()).malformed).toEqual([])
  })
})

describeOrSkip('a NOTIFY to nobody', ['namespaces'], () => {
  it('ends silent', async () => {
    expect(await unanswered).toEqual({ kind: 'silent', attempts: 11 })
  }, 60_000)
})
