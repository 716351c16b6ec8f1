import { afterAll, beforeAll, expect, it } from 'vitest'
import { InvariantError } from '../../services/core/errors.ts'
import { formatMac, parseMac } from '../../services/core/mac.ts'
import { BoxUnderTest, office, PATIENTLY } from '../support/box-under-test.ts'
import { LanClient } from '../support/lan-client.ts'
import { describeOrSkip, Namespaces } from '../support/netns.ts'
import { SIP_SAMPLES } from '../support/sip-samples.ts'
import { Capture } from './capture.ts'

const PORT = 5059
const SAMPLE_ADDRESS = '192.0.2.31'
const SECRET = 'Kx7-only-for-101'

/** The SUBSCRIBE of a vendor as its manual or a capture shows it, sent from this address instead. */
function subscribeOf(vendor: string, address: string, mac?: string): string {
  const sample = SIP_SAMPLES.find((one) => one.vendor === vendor)
  if (sample === undefined) throw new InvariantError(`no sample of ${vendor}`)
  const text = [...sample.lines, '', ''].join('\r\n').replaceAll(SAMPLE_ADDRESS, address)
  return sample.mac === undefined || mac === undefined ? text : text.replaceAll(sample.mac, mac)
}

// What each is recorded as, the form in which it asks, and where it is to be sent.
const PHONES = [
  { form: 'yealink', vendor: 'yealink', model: 'T21P', mac: '00156574b150', url: 'http://192.0.2.1/yealink/' },
  { form: 'snom', vendor: 'snom', model: 'D120', mac: '000413997f1d', url: 'http://192.0.2.1/snom/000413997F1D.xml' },
  // The phone puts its own address for $mac.
  { form: 'fanvil', vendor: 'fanvil', mac: '00304fa99948', url: 'http://192.0.2.1/fanvil/$mac.cfg' },
  // A wrong guess of ours must not send it elsewhere: the record decides, not the form.
  { form: 'fanvil', vendor: 'yealink', model: 'T46U', mac: '00304fa99949', url: 'http://192.0.2.1/yealink/' },
  // It names no MAC at all: the neighbour table does.
  { form: 'audiocodes', vendor: 'yealink', model: 'T46U', mac: '00908f005301', url: 'http://192.0.2.1/yealink/' },
] as const

//   box 192.0.2.1 ── phone, which is one vendor's after the other
describeOrSkip('SIP PnP of the box', ['namespaces', 'curl', 'tcpdump', 'tshark'], () => {
  const lab = new Namespaces()
  let box: BoxUnderTest
  let capture: Capture
  let phone: LanClient
  let plugged = 40

  beforeAll(async () => {
    await office(lab, { phone: {} })
    box = await BoxUnderTest.make(lab)
    capture = await Capture.start(lab, box.folder)
    await box.start()
    for (const one of PHONES) {
      const model = 'model' in one ? ['--model', one.model] : []
      const line = ['--user', '101', '--secret', SECRET, '--server', 'pbx.example']
      await box.told('devices', 'add', one.mac, '--vendor', one.vendor, ...model, ...line)
    }
    phone = new LanClient(lab, 'phone')
    await phone.next((line) => line.event === 'ready', 'ready')
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
    await box[Symbol.asyncDispose]()
  })

  /** Makes the phone one of this hardware address, with an IP address that nobody had before. */
  async function plug(mac: string): Promise<string> {
    await phone.do({ do: 'close', socket: `192.0.2.${plugged}` })
    const address = `192.0.2.${++plugged}`
    await lab.ip('phone', 'address', 'flush', 'dev', 'eth0')
    await lab.ip('phone', 'link', 'set', 'eth0', 'address', formatMac(parseMac(mac)))
    await lab.address('phone', 'eth0', `${address}/24`)
    expect(await phone.do({ do: 'open', socket: address, device: 'eth0', port: PORT })).toMatchObject({ result: PORT })
    return address
  }

  function send(address: string, text: string, to = '224.0.1.75'): Promise<unknown> {
    return phone.do({ do: 'send', socket: address, to, port: 5060, text })
  }

  async function heard(address: string, start: string): Promise<string> {
    const line = await phone.next((one) => one.socket === address && one.text?.startsWith(start) === true, start)
    return line.text ?? ''
  }

  async function confirm(address: string, notify: string): Promise<void> {
    const copied = notify.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq)\s*:/i.test(line))
    await send(address, ['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'), '192.0.2.1')
  }

  it.each(PHONES)('a SUBSCRIBE in the $form form of a $vendor is answered with its URL', async (one) => {
    const address = await plug(one.mac)
    const request = subscribeOf(one.form, address, one.mac)
    await send(address, request)
    const ok = await heard(address, 'SIP/2.0 200')
    const notify = await heard(address, 'NOTIFY ')
    await confirm(address, notify)
    const callId = /^call-id: (.*)\r$/im.exec(request)?.[1] ?? 'none'
    for (const message of [ok, notify])
      expect(message).toMatch(new RegExp(`^call-id: ${RegExp.escape(callId)}\r$`, 'im'))
    expect(notify).toMatch(/^content-type: application\/url\r$/im)
    expect(notify).toMatch(/^event: ?ua-profile/im)
    expect(notify.split('\r\n\r\n')[1]).toBe(one.url)
    await expect.poll(() => box.told('explain', one.mac), PATIENTLY).toContain('confirmed the URL')
    const story = await box.told('explain', one.mac)
    expect(story).toContain(`was told ${one.url} by SIP PnP`)
    expect(story).toMatch(/told \S+ by PnP \d+ s ago/)
    expect(story).not.toContain(SECRET)
  })

  it('the URL leads to its own configuration', async () => {
    await plug('000413997f1d')
    const fetched = await lab.run('phone', ['curl', '-sSf', 'http://192.0.2.1/snom/000413997F1D.xml'])
    expect(fetched.stdout).toContain(SECRET)
    expect(fetched.stdout).toBe(await box.rendered('000413997f1d', '000413997F1D.xml'))
  })

  it('who asks in the name of another is not answered, and its journey says why', async () => {
    const address = await plug('00005e005399')
    await send(address, subscribeOf('yealink', address))
    const own = 'asked in the name of 00156574b150, but the address is held by 00005e005399'
    await expect.poll(() => box.told('explain', '00005e005399'), PATIENTLY).toContain(own)
    // A keep-alive asked it who it is; that is all it heard.
    expect(phone.lines.filter((line) => line.socket === address && line.text?.trim() !== '')).toEqual([])
  })

  it('tshark finds no fault in any packet that the box sent', async () => {
    await capture.stop()
    const { packets, faulty } = await capture.faults('192.0.2.1')
    expect(packets).toBeGreaterThanOrEqual(2 * PHONES.length)
    expect(faulty).toEqual([])
  })
})
