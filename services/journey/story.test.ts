import { describe, expect, it } from 'vitest'
import { parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import type { Step } from './contract.ts'
import { isStepKind, lineOf, stepText, storyOf } from './story.ts'
import { ago, clockTime, listOf, span } from './words.ts'

const leased = parseIpv4('192.0.2.5')

describe('stepText', () => {
  it.each<[Step, string]>([
    [
      { kind: 'dhcp.asked', message: 'discover', vendorClass: 'yealink', hostName: 'T46U', parameters: [66, 43, 160] },
      'asked by DHCP for an address (class yealink, name T46U, wants options 66, 43 and 160)',
    ],
    [{ kind: 'dhcp.asked', message: 'inform', parameters: [] }, 'asked by DHCP for options only'],
    [
      { kind: 'dhcp.answered', message: 'ack', leased, options: [{ code: 66, text: 'http://192.0.2.1/' }] },
      'leased 192.0.2.5 (option 66 http://192.0.2.1/)',
    ],
    [{ kind: 'dhcp.answered', message: 'inform-ack', options: [] }, 'was told options'],
    [{ kind: 'dhcp.refused', reason: 'wrong subnet' }, 'was refused an address: wrong subnet'],
    [{ kind: 'dhcp.ignored', reason: 'off' }, 'asked by DHCP and was not answered: off'],
    [{ kind: 'dhcp.released' }, 'gave its address back'],
    [{ kind: 'dhcp.declined', leased }, 'declined 192.0.2.5: somebody else holds it'],
    [
      { kind: 'pnp.asked', vendor: 'snom', model: 'D785', macFrom: 'message' },
      'asked by SIP PnP for its URL (snom D785)',
    ],
    [{ kind: 'pnp.asked', macFrom: 'lease' }, 'asked by SIP PnP for its URL (its MAC address from its lease)'],
    [{ kind: 'pnp.answered', url: 'http://192.0.2.1/x' }, 'was told http://192.0.2.1/x by SIP PnP'],
    [{ kind: 'pnp.ignored', reason: 'no URL' }, 'asked by SIP PnP and was not answered: no URL'],
    [{ kind: 'pnp.confirmed', status: 200 }, 'confirmed the URL'],
    [{ kind: 'pnp.confirmed', status: 481 }, 'did not take the URL: status 481'],
    [
      {
        kind: 'file.served',
        protocol: 'http',
        file: 'a.cfg',
        size: 9,
        hash: '',
        own: true,
        secret: true,
        userAgent: 'Yealink',
      },
      'is sent a.cfg by HTTP (9 bytes, its own configuration, Yealink)',
    ],
    [
      { kind: 'file.completed', protocol: 'tftp', file: 'a.cfg', size: 9, ms: 4, own: true },
      'fetched a.cfg by TFTP in 4 ms: configured',
    ],
    [
      { kind: 'file.broken', protocol: 'https', file: 'a.cfg', reason: 'closed' },
      'lost the transfer of a.cfg by HTTPS: closed',
    ],
    [
      { kind: 'file.missing', protocol: 'http', file: 'a.boot', reason: 'x', expected: true },
      'asked for a.boot by HTTP, which is not there, as is usual',
    ],
    [
      { kind: 'file.missing', protocol: 'http', file: 'a.boot', reason: 'no template', expected: false },
      'asked for a.boot by HTTP, which there is not: no template',
    ],
    [
      { kind: 'file.refused', protocol: 'http', file: 'a.cfg', reason: 'other MAC', userAgent: 'curl' },
      'asked for a.cfg by HTTP and was refused: other MAC (curl)',
    ],
    [{ kind: 'file.uploaded', protocol: 'http', file: 'a.log', size: 7 }, 'sent us a.log by HTTP (7 bytes)'],
    [{ kind: 'directory.asked', found: 3 }, 'looked people up by LDAP and was told of 3'],
    [{ kind: 'directory.refused', reason: 'no lease' }, 'asked for people by LDAP and was refused: no lease'],
    [
      { kind: 'notify.sent', event: 'check-sync', to: '192.0.2.5:5060', by: 'cli:root' },
      'was sent NOTIFY check-sync at 192.0.2.5:5060, by order of cli:root',
    ],
    [
      { kind: 'notify.result', event: 'check-sync', outcome: 'status 200', ok: true },
      'took NOTIFY check-sync: status 200',
    ],
    [
      { kind: 'notify.sent', event: 'check-sync', to: '101', by: 'cli:root', why: 'new zone\n' },
      'was sent NOTIFY check-sync at 101, by order of cli:root: new zone.',
    ],
    [
      { kind: 'action.sent', action: 'HTTP AutoP', by: 'cli:root' },
      'was asked over its web server: HTTP AutoP, by order of cli:root',
    ],
    [
      { kind: 'action.result', action: 'HTTP AutoP', outcome: 'refused: status 403', ok: false },
      'did not take HTTP AutoP: refused: status 403',
    ],
    [
      { kind: 'refetch.left', reason: 'it is in a call', by: 'cli:root' },
      'was not asked to fetch again: it is in a call (by order of cli:root)',
    ],
    [
      { kind: 'refetch.ended', fetched: true, text: 'NOTIFY check-sync: accepted (200)', by: 'cli:root' },
      'fetched its configuration after it was asked: NOTIFY check-sync: accepted (200)',
    ],
    [
      { kind: 'refetch.ended', fetched: false, text: 'nothing was fetched in 5 min', by: 'cli:root' },
      'did not fetch its configuration after it was asked: nothing was fetched in 5 min',
    ],
    [{ kind: 'neighbour.seen' }, 'was seen on the network'],
    [
      { kind: 'identified', vendor: 'yealink', model: 'T46U', because: 'its class' },
      'was recognised as yealink T46U by its class',
    ],
    [{ kind: 'record.changed', by: 'cli:root', what: 'lines' }, 'was changed by cli:root: lines'],
    [{ kind: 'record.changed', by: 'cloud', what: 'edited' }, 'was edited by the account'],
  ])('%j', (step, text) => {
    expect(stepText(step)).toBe(text)
    expect(isStepKind(step.kind)).toBe(true)
  })

  it('prints nothing that steers a terminal', () => {
    expect(stepText({ kind: 'dhcp.refused', reason: '\u001b]0;x\u0007\r\n\u009b' })).toBe(
      'was refused an address: .]0;x....',
    )
  })
})

describe('storyOf', () => {
  it('tells each happening with its time, and how often it was', () => {
    const story = storyOf(
      {
        mac: parseMac('00:00:5e:00:53:01'),
        firstSeen: 0,
        lastSeen: 0,
        happenings: [
          { at: 28_872_000, step: { kind: 'dhcp.released' } },
          { at: 28_999_000, firstAt: 28_873_000, count: 3, step: { kind: 'neighbour.seen' } },
        ],
      },
      (at) => clockTime(at),
    )
    expect(story).toEqual([
      '08:01:12 gave its address back',
      '08:03:19 was seen on the network (3 times since 08:01:13)',
    ])
    expect(lineOf({ at: 1000, step: { kind: 'neighbour.seen' } }, (at) => ago(at, 5000))).toBe(
      '4 s ago was seen on the network',
    )
  })
})

describe('words', () => {
  it.each([
    [-5, '0 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [3_600_000, '1 h'],
    [172_800_000, '2 days'],
  ])('a span of %d ms is %s', (ms, text) => expect(span(ms)).toBe(text))

  it('writes clock times east and west of Greenwich', () => {
    expect(clockTime(0, 60)).toBe('01:00:00')
    expect(clockTime(0, -1)).toBe('23:59:00')
  })

  it('lists', () => expect([listOf([]), listOf([1]), listOf([1, 2, 3])]).toEqual(['', '1', '1, 2 and 3']))
})
