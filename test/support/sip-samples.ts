/** SUBSCRIBEs as the vendors' manuals and captures show them; sources in the phones reference of each vendor. */
export interface SipSample {
  readonly vendor: string
  /** Undefined: the message names none. */
  readonly mac?: string
  readonly model?: string
  readonly lines: readonly string[]
}

const COMMON = ['Max-Forwards: 70', 'Expires: 0', 'Accept: application/url', 'Content-Length: 0']

function sample(vendor: string, mac: string | undefined, model: string, lines: readonly string[]): SipSample {
  return { vendor, model, lines: [...lines, ...COMMON], ...(mac === undefined ? {} : { mac }) }
}

export const SIP_SAMPLES: readonly SipSample[] = [
  // Test client of the MikoPBX auto-provisioning module, modelled on a capture.
  sample('yealink', '00156574b150', 'T21D', [
    'SUBSCRIBE sip:MAC00156574b150@224.0.1.75 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.31:5059;branch=z9hG4bK4012889;rport',
    'From: <sip:MAC00156574b150@224.0.1.75>;tag=4012890',
    'To: <sip:MAC00156574b150@224.0.1.75>',
    'Call-ID: 4012891@192.0.2.31',
    'CSeq: 1 SUBSCRIBE',
    'Contact: <sip:MAC00156574b150@192.0.2.31:5059>',
    'User-Agent: Yealink SIP-T21P 34.72.14.6',
    'Event: ua-profile;profile-type="device";vendor="Yealink";model="T21D";version="34.72.14.6"',
  ]),
  // service.snom.com, page 234339774.
  sample('snom', '000413997f1d', 'snomD120', [
    'SUBSCRIBE sip:MAC%3a000413997F1D@224.0.1.75 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.31:5059;rport',
    'From: <sip:MAC%3a000413997F1D@224.0.1.75>;tag=1536487644',
    'To: <sip:MAC%3a000413997F1D@224.0.1.75>',
    'Call-ID: 1566667890@192.0.2.31',
    'CSeq: 1 SUBSCRIBE',
    'Event: ua-profile;profile-type="device";vendor="snom";model="snomD120";version="10.1.39.11"',
    'Contact: <sip:192.0.2.31:5059>',
  ]),
  // snom M300 provisioning manual, page 6.
  sample('snom-m', '000413b60680', 'snomM700', [
    'SUBSCRIBE sip:MAC%3A000413B60680@224.0.1.75 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.31:5059;branch=z9hG4bKvbvqv9;rport',
    'Max-Forwards: 70',
    'From: <sip:512@192.0.2.31:5059>;tag=i5vcwn',
    'To: <sip:MAC%3A000413B60680@224.0.1.75>',
    'Call-ID: yydwlspopp1a',
    'CSeq: 5 SUBSCRIBE',
    'Contact: <sip:512@192.0.2.31:5059>',
    'User-Agent: snomM700/03.23.0005 (MAC=000413B60680; SER=004096001122; HW=255)',
    'Event: ua-profile;profile-type="device";vendor="snom";model="snomM700";version="03.23.0005"',
  ]),
  // Planet and OEM manuals: an equals sign, no blank after the colon of Event.
  sample('fanvil', '00304fa99948', 'X4', [
    'SUBSCRIBE sip:MAC=00304fa99948@224.0.1.75 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.31:5059;branch=z9hG4bK2911513119;rport',
    'From: <sip:MAC=00304fa99948@224.0.1.75>;tag=1203814735',
    'To: <sip:MAC=00304fa99948@224.0.1.75>',
    'Call-ID: 82316291@192.0.2.31',
    'CSeq: 1 SUBSCRIBE',
    'Contact: <sip:192.0.2.31:5059>',
    'Event:ua-profile;profile-type="device";vendor="Fanvil";model="X4";version="2.4.0"',
  ]),
  // teamwork.gigaset.com: as snom in the address, the MAC at the end of the agent.
  sample('gigaset', '7c2f80e0d605', 'N870', [
    'SUBSCRIBE sip:MAC%3a7C2F80E0D605@gigaset.com SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.31:5059;branch=z9hG4bK77ab;rport',
    'From: <sip:MAC%3a7C2F80E0D605@gigaset.com>;tag=77',
    'To: <sip:MAC%3a7C2F80E0D605@gigaset.com>',
    'Call-ID: 77@192.0.2.31',
    'CSeq: 1 SUBSCRIBE',
    'Contact: <sip:192.0.2.31:5059>',
    'User-Agent: Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;7C2F80E0D605',
    'Event: ua-profile;profile-type=device;vendor=Gigaset;model=N870',
  ]),
  // 420HD manual, page 67: no MAC, no vendor, another profile type.
  sample('audiocodes', undefined, '420HD', [
    'SUBSCRIBE sip:224.0.1.75:5060 SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.31:5059;branch=z9hG4bKac01;rport',
    'From: <sip:00000001@224.0.1.75>;tag=1c01',
    'To: <sip:224.0.1.75:5060>',
    'Call-ID: ac01@192.0.2.31',
    'CSeq: 1 SUBSCRIBE',
    'Contact: <sip:00000001@192.0.2.31:5059>',
    'User-Agent: AUDC-IPPhone/1.2.1_build_5',
    'Event: ua-profile;profile-type="application";model="420HD";version="1.2.1_build_5"',
  ]),
  // Compact names, odd case, LF and folds are applied by the tests; Panasonic's form is not published.
  sample('panasonic', '0080f0c8c381', 'KX-HDV130', [
    'SUBSCRIBE sip:MAC%3A0080F0C8C381@224.0.1.75 SIP/2.0',
    'v: SIP / 2.0 / UDP 192.0.2.31:5059 ; BRANCH=z9hG4bKpan1 ; rport',
    'f: <sip:MAC%3A0080F0C8C381@224.0.1.75> ; tag=pan',
    't: <sip:MAC%3A0080F0C8C381@224.0.1.75>',
    'i: pan1@192.0.2.31',
    'cSeQ: 1 SUBSCRIBE',
    'm: <sip:192.0.2.31:5059>',
    'o: UA-Profile ; Profile-Type = "device" ; VENDOR = "Panasonic" ;',
    ' MODEL = KX-HDV130',
  ]),
]

/** The bytes as a phone sends them. */
export function sipText(lines: readonly string[], end = '\r\n'): Uint8Array {
  return new TextEncoder().encode([...lines, '', ''].join(end))
}
