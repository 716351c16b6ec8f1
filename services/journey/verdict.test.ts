import { describe, expect, it } from 'vitest'
import type { Ipv4 } from '../core/ipv4.ts'
import { parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import { adviceAfterRefusal } from './advice.ts'
import type { Happening, Journey, Step } from './contract.ts'
import { verdictOf } from './verdict.ts'

const mac = parseMac('00:00:5e:00:53:01')
const leased = parseIpv4('192.0.2.5')
const NOW = 10_000_000
const HASH = 'ab'.repeat(32)

const discover: Step = { kind: 'dhcp.asked', message: 'discover', parameters: [1, 3, 66, 160] }
const request: Step = { kind: 'dhcp.asked', message: 'request', parameters: [1, 3, 66, 160] }
const offer: Step = { kind: 'dhcp.answered', message: 'offer', leased, options: [] }
const ack = (...codes: number[]): Step => ({
  kind: 'dhcp.answered',
  message: 'ack',
  leased,
  options: codes.map((code) => ({ code, text: 'http://192.0.2.1/' })),
})
const served = (file = 'own.cfg', own = true): Step => ({
  kind: 'file.served',
  protocol: 'http',
  file,
  size: 9,
  hash: HASH,
  own,
  secret: own,
})
const completed = (file = 'own.cfg', own = true): Step => ({
  kind: 'file.completed',
  protocol: 'http',
  file,
  size: 9,
  ms: 4,
  own,
})
const missing = (file: string, expected = false): Step => ({
  kind: 'file.missing',
  protocol: 'tftp',
  file,
  expected,
  reason: 'no pattern fits',
})
const refused: Step = {
  kind: 'file.refused',
  protocol: 'http',
  file: 'own.cfg',
  reason: 'another device holds 192.0.2.9',
}
const broken: Step = { kind: 'file.broken', protocol: 'tftp', file: 'own.cfg', reason: 'no answer after block 3' }
const changed: Step = { kind: 'record.changed', by: 'cli:root', what: 'lines' }
const told: Step = { kind: 'notify.sent', event: 'check-sync', to: '192.0.2.5:5060', by: 'cli:root' }

const asked: Step = { kind: 'action.sent', action: 'HTTP AutoP', by: 'cli:root' }
const inVain: Step = { kind: 'refetch.ended', fetched: false, text: 'nothing was fetched in 5 min', by: 'cli:root' }
const left: Step = { kind: 'refetch.left', reason: 'it is in a call', by: 'cli:root' }

/** A journey of steps with how many seconds ago each was. */
function journey(...steps: readonly (readonly [secondsAgo: number, step: Step])[]): Journey {
  const happenings = steps.map(([seconds, step]): Happening => ({ at: NOW - seconds * 1000, mac, step }))
  const times = happenings.map(({ at }) => at)
  return {
    mac,
    address: leased as Ipv4,
    firstSeen: Math.min(...times),
    lastSeen: Math.max(...times),
    happenings,
  }
}

const CONFIGURED = [
  [20, discover],
  [19, ack(66)],
  [13, served()],
  [12, completed()],
] as const

const long = (seconds: number, steps: readonly (readonly [number, Step])[]) =>
  steps.map(([at, step]) => [at + seconds, step] as const)

describe('verdictOf', () => {
  it.each<[name: string, journey: Journey | undefined, known: boolean, state: string, text: RegExp, advice?: RegExp]>([
    ['configured', journey(...CONFIGURED), true, 'configured', /^configured 12 s ago, fetched own\.cfg by HTTP$/],
    ['known, never seen', undefined, true, 'never-seen', /^known, but never seen/, /Plug it in/],
    ['added, never seen', journey([5, changed]), true, 'never-seen', /^known, but never seen/],
    ['nobody', undefined, false, 'never-seen', /^no such device/],
    [
      'unknown, asked for a file',
      journey([5, missing('x.cfg')]),
      false,
      'unknown-device',
      /^unknown device asked for x\.cfg 5 s ago$/,
      /New phones/,
    ],
    [
      'unknown, only leased',
      journey([5, ack()]),
      false,
      'unknown-device',
      /^unknown device, at 192\.0\.2\.5, last seen 5 s ago$/,
    ],
    [
      'unknown, recognised',
      { ...journey([5, ack()]), vendor: 'snom', model: 'D785' },
      false,
      'unknown-device',
      /\(snom D785\)/,
    ],
    ['asks', journey([3, discover]), true, 'under-way', /^asked for an address 3 s ago$/],
    ['asks, no answer', journey([300, discover]), true, 'waiting', /^asked for an address 5 min ago and got none$/],
    ['leased just now', journey([9, discover], [8, ack(66)]), true, 'under-way', /^leased 192\.0\.2\.5 8 s ago$/],
    [
      'leased, asked 160, sent 66',
      journey([300, { ...discover, parameters: [160] }], [299, ack(66)]),
      true,
      'trouble',
      /^leased 192\.0\.2\.5 4 min ago, but never asked for a file$/,
      /^It asked option 160, only 66 was sent\./,
    ],
    [
      'leased, nothing sent',
      journey([300, discover], [299, ack()]),
      true,
      'trouble',
      /never asked/,
      /^It asked options 66 and 160, none was sent/,
    ],
    [
      'leased, wanted nothing',
      journey([300, { ...discover, parameters: [1, 3] }], [299, ack()]),
      true,
      'trouble',
      /never asked/,
      /^It asked for no option that names/,
    ],
    [
      'leased, wanted nothing, sent 66',
      journey([300, { ...discover, parameters: [1] }], [299, ack(66)]),
      true,
      'trouble',
      /never asked/,
      /option 66 was sent all the same/,
    ],
    [
      'leased, got what it asked',
      journey([300, discover], [299, ack(66, 160)]),
      true,
      'trouble',
      /never asked/,
      /^It asked options 66 and 160 and got what it asked for \(http:\/\/192/,
    ],
    [
      'leased, got half',
      journey([300, discover], [299, ack(66)]),
      true,
      'trouble',
      /never asked/,
      /It also asked option 160, not sent\.$/,
    ],
    [
      'renewed for hours',
      journey([9000, discover], [8999, ack(66)], [9, request], [8, ack(66)]),
      true,
      'trouble',
      /^leased 192\.0\.2\.5 8 s ago, but never asked/,
    ],
    [
      'offer not taken',
      journey([300, discover], [299, offer]),
      true,
      'trouble',
      /never took it/,
      /Another DHCP server/,
    ],
    ['offer just made', journey([3, discover], [2, offer]), true, 'under-way', /^asked for an address/],
    [
      'nak',
      journey([5, request], [4, { kind: 'dhcp.refused', reason: 'wrong subnet' }]),
      true,
      'trouble',
      /^was refused an address 4 s ago: wrong subnet$/,
    ],
    [
      'declined',
      journey([9, ack()], [4, { kind: 'dhcp.declined', leased }]),
      true,
      'trouble',
      /^declined 192\.0\.2\.5 4 s ago: somebody else/,
      /set by hand/,
    ],
    [
      'dhcp off',
      journey([5, discover], [4, { kind: 'dhcp.ignored', reason: 'DHCP is off on eth0' }]),
      true,
      'waiting',
      /was not answered: DHCP is off on eth0$/,
      /another server/,
    ],
    [
      'told by PnP',
      journey([4, { kind: 'pnp.answered', url: 'http://192.0.2.1/' }]),
      true,
      'under-way',
      /^told http:.* by PnP 4 s ago$/,
    ],
    [
      'told by PnP, never asked',
      journey([400, { kind: 'pnp.answered', url: 'http://192.0.2.1/' }]),
      true,
      'trouble',
      /never asked for a file$/,
    ],
    [
      'refused the URL',
      journey([5, { kind: 'pnp.answered', url: 'u' }], [4, { kind: 'pnp.confirmed', status: 481 }]),
      true,
      'trouble',
      /status 481$/,
    ],
    [
      'PnP not answered',
      journey([5, { kind: 'pnp.ignored', reason: 'no URL for it' }]),
      true,
      'waiting',
      /by PnP 5 s ago and was not answered: no URL for it$/,
    ],
    ['only seen', journey([5, { kind: 'neighbour.seen' }]), true, 'waiting', /^seen on the network 5 s ago/],
    [
      'fetches common files',
      journey([5, completed('common.cfg', false)]),
      true,
      'under-way',
      /^asked for common\.cfg 5 s ago, not yet/,
    ],
    [
      'never its own file',
      journey([500, completed('common.cfg', false)]),
      true,
      'trouble',
      /not yet for its own file$/,
      /another name/,
    ],
    ['expected missing is no trouble', journey([5, missing('x.boot', true)]), true, 'under-way', /x\.boot/],
    [
      'no template',
      journey([5, missing('z.cfg')]),
      true,
      'trouble',
      /^asked for z\.cfg 5 s ago, which no template makes: no pattern fits$/,
    ],
    [
      'refused',
      journey([5, refused], [4, missing('x', true)]),
      true,
      'trouble',
      /^asked for own\.cfg 5 s ago, but was refused: another device/,
    ],
    ['refused, then fetched', journey([50, refused], ...CONFIGURED), true, 'configured', /^configured 12 s/],
    ['configured, then refused', journey(...CONFIGURED, [5, refused]), true, 'trouble', /but was refused/],
    [
      'broken',
      journey([6, served()], [5, broken]),
      true,
      'trouble',
      /^transfer of own\.cfg by TFTP broke off 5 s ago: no answer/,
    ],
    ['broken, trying again', journey([6, broken], [5, served()]), true, 'under-way', /^is fetching own\.cfg/],
    [
      'never finished',
      journey([600, served()]),
      true,
      'trouble',
      /^began to fetch own\.cfg 10 min ago and never finished$/,
    ],
    ['configured, fetching again', journey(...CONFIGURED, [2, served()]), true, 'under-way', /^is fetching/],
    [
      'configured, more asked',
      journey(...CONFIGURED, [2, missing('book.xml')]),
      true,
      'configured',
      /then asked for book\.xml, which no template makes$/,
    ],
    [
      'configured, restarting',
      journey(...CONFIGURED, [2, discover]),
      true,
      'under-way',
      /^restarted 2 s ago; was configured 12 s ago$/,
    ],
    [
      'configured, restarted, not asked',
      journey(...long(7200, CONFIGURED), [300, discover], [299, ack()]),
      true,
      'configured',
      /^configured 2 h ago.*restarted 5 min ago without/,
    ],
    [
      'configured, renewed',
      journey(...long(7200, CONFIGURED), [30, request], [29, ack()]),
      true,
      'configured',
      /^configured 2 h ago, fetched own\.cfg by HTTP$/,
    ],
    [
      'configured, then declined',
      journey(...CONFIGURED, [2, { kind: 'dhcp.declined', leased }]),
      true,
      'trouble',
      /^declined/,
    ],
    [
      'configured, DHCP elsewhere',
      journey(...CONFIGURED, [2, { kind: 'dhcp.ignored', reason: 'off' }]),
      true,
      'configured',
      /^configured/,
    ],
    [
      'changed since',
      journey(...long(300, CONFIGURED), [180, changed]),
      true,
      'waiting',
      /^changed 3 min ago, not fetched since$/,
      /resync/,
    ],
    [
      'changed while fetching',
      journey([20, served()], [19, changed], [18, completed()]),
      true,
      'waiting',
      /^changed 19 s ago/,
    ],
    [
      'changed, and no file of it is another one',
      journey(...long(300, CONFIGURED), [180, changed], [179, { kind: 'record.same' }]),
      true,
      'configured',
      /^configured 5 min ago, fetched .*; changed 3 min ago, which made no new file for it$/,
    ],
    [
      'changed again since, by which one is',
      journey(...long(300, CONFIGURED), [180, changed], [179, { kind: 'record.same' }], [60, changed]),
      true,
      'waiting',
      /^changed 60 s ago, not fetched since$|^changed 1 min ago, not fetched since$/,
    ],
    ['changed, then fetched', journey([200, changed], ...CONFIGURED), true, 'configured', /^configured/],
    ['changed, told', journey(...CONFIGURED, [9, changed], [8, told]), true, 'under-way', /told to fetch it 8 s ago$/],
    [
      'changed, asked over its web server',
      journey(...CONFIGURED, [9, changed], [8, asked]),
      true,
      'under-way',
      /told to fetch it 8 s ago$/,
    ],
    [
      'changed, asked, did not',
      journey(...long(900, CONFIGURED), [600, changed], [500, told], [420, asked], [120, inVain]),
      true,
      'trouble',
      /^changed 10 min ago, not fetched since; asked to fetch again 7 min ago, did not: nothing was fetched in 5 min$/,
      /by hand/,
    ],
    [
      'changed, asked, did not, told once more',
      journey(...long(900, CONFIGURED), [600, changed], [500, told], [120, inVain], [8, told]),
      true,
      'under-way',
      /told to fetch it 8 s ago$/,
    ],
    [
      'changed, left alone',
      journey(...long(900, CONFIGURED), [600, changed], [30, left]),
      true,
      'waiting',
      /; not asked to 30 s ago: it is in a call$/,
    ],
    [
      'nothing new, asked, did not',
      journey(...long(900, CONFIGURED), [500, told], [120, inVain]),
      true,
      'configured',
      /^configured .*; asked to fetch again 8 min ago, did not: nothing was fetched in 5 min$/,
      /by hand/,
    ],
    [
      'asked, did not, fetched later',
      journey([900, changed], [500, told], [120, inVain], ...CONFIGURED),
      true,
      'configured',
      /^configured [^;]*$/,
    ],
    [
      'changed, told in vain',
      journey(...long(900, CONFIGURED), [600, changed], [500, told]),
      true,
      'waiting',
      /though told to 8 min ago$/,
    ],
    [
      'changed, told, silent',
      journey(
        ...CONFIGURED,
        [9, changed],
        [8, told],
        [7, { kind: 'notify.result', event: 'check-sync', outcome: 'no answer', ok: false }],
      ),
      true,
      'trouble',
      /but: no answer$/,
    ],
    ['hostile text', journey([5, missing('\u001b[31mx\n')]), true, 'trouble', /^asked for \.\[31mx\. /],
    ['clock set back', journey([-500, discover]), true, 'under-way', /0 s ago/],
  ])('%s', (_, given, known, state, text, advice) => {
    const verdict = verdictOf(given, known, NOW)
    expect(verdict.text).toMatch(text)
    expect(verdict.state).toBe(state)
    if (advice !== undefined) expect(verdict.advice).toMatch(advice)
  })
})

describe('adviceAfterRefusal', () => {
  it.each([
    ['this device is switched off in its record', /^Switch the device on/],
    [
      'its class is another: its files with secrets are held back until a person allows it again',
      /branchline devices allow/,
    ],
    ['T54W.rom is for T54W, and this is a SIP-T46U', /^Store the file that is made for this model/],
    ['another device holds 192.0.2.9', /^A file with a secret goes only to the address/],
  ])('%s', (reason, advice) => expect(adviceAfterRefusal(reason)).toMatch(advice))
})
