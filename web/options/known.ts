import type { OptionType } from './value.ts'

/** An option as its standard, or its vendor, calls it. */
export interface KnownOption {
  readonly code: number
  readonly name: string
  readonly type: OptionType
}

// RFC 2132, 3361, 3397, 3442, 3925, 4833, 5859, 8910, and what phones read besides: 128 to 160, 176, 191, 242 have no
// standard meaning, only that of Cisco, Avaya, Polycom, Snom, Mitel and others. Those that the protocol itself sets, and
// those that a network has fields for, are not here.
export const KNOWN_OPTIONS: readonly KnownOption[] = [
  { code: 2, name: 'Time offset', type: 'int32' },
  { code: 4, name: 'Time servers (RFC 868)', type: 'ipv4' },
  { code: 7, name: 'Log servers', type: 'ipv4' },
  { code: 12, name: 'Host name', type: 'text' },
  { code: 26, name: 'MTU', type: 'uint16' },
  { code: 42, name: 'Time servers (NTP)', type: 'ipv4' },
  { code: 43, name: 'Vendor information', type: 'sub' },
  { code: 44, name: 'WINS servers', type: 'ipv4' },
  { code: 60, name: 'Vendor class', type: 'text' },
  { code: 66, name: 'TFTP server or URL', type: 'text' },
  { code: 67, name: 'Boot file', type: 'text' },
  { code: 100, name: 'Time zone (POSIX)', type: 'text' },
  { code: 101, name: 'Time zone (name)', type: 'text' },
  { code: 114, name: 'Captive portal or URL', type: 'text' },
  { code: 119, name: 'Search domains', type: 'hex' },
  { code: 120, name: 'SIP servers', type: 'sip-servers' },
  { code: 121, name: 'Static routes', type: 'hex' },
  { code: 125, name: 'Vendor-identifying information', type: 'vendor-identifying' },
  { code: 128, name: 'VLAN or server (Mitel)', type: 'text' },
  { code: 129, name: 'Call server, VLAN', type: 'text' },
  { code: 132, name: 'VLAN', type: 'text' },
  { code: 133, name: 'Priority in the VLAN', type: 'text' },
  { code: 138, name: 'CAPWAP controllers', type: 'ipv4' },
  { code: 144, name: 'Configuration (HP, Poly)', type: 'text' },
  { code: 150, name: 'TFTP servers (Cisco)', type: 'ipv4' },
  { code: 157, name: 'Configuration or VLAN (Cisco SPA)', type: 'text' },
  { code: 159, name: 'Provisioning URL', type: 'text' },
  { code: 160, name: 'Provisioning URL (Poly)', type: 'text' },
  { code: 161, name: 'Provisioning URL (Poly, Snom)', type: 'text' },
  { code: 176, name: 'Avaya 46xx', type: 'text' },
  { code: 191, name: 'VLAN (Nortel, Avaya)', type: 'text' },
  { code: 242, name: 'Avaya 96xx, J100', type: 'text' },
  { code: 252, name: 'Proxy configuration (WPAD)', type: 'text' },
]

// What only a network itself tells: named where an answer is shown.
const OWN_NAMES: Readonly<Record<number, string>> = {
  ...{ 1: 'Subnet mask', 3: 'Router', 6: 'Name servers', 15: 'Domain', 28: 'Broadcast address' },
}

export function optionName(code: number): string | undefined {
  return KNOWN_OPTIONS.find((one) => one.code === code)?.name ?? OWN_NAMES[code]
}
