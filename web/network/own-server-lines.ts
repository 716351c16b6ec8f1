import { t } from '../i18n.ts'

/** What the site's own server is told, so that phones find the box. */
export interface BoxFacts {
  /** The box's address on that network. */
  readonly address: string
  /** `http://192.0.2.2/` */
  readonly url: string
}

export interface ServerKind {
  readonly id: string
  readonly title: string
  /** Where the lines go. */
  readonly where: () => string
  readonly lines: (box: BoxFacts) => string
}

// From the manuals of each: dhcpd.conf(5) and dhcp-options(5), Kea's “DHCPv4 Server” chapter, dnsmasq(8),
// Set-DhcpServerv4OptionValue, RouterOS “DHCP”, the help of UniFi Network, pfSense and OPNsense.
export const SERVER_KINDS: readonly ServerKind[] = [
  {
    ...{ id: 'isc', title: 'ISC dhcpd' },
    where: () => t('In /etc/dhcp/dhcpd.conf, inside the subnet of the phones. Then restart dhcpd.'),
    lines: ({ address, url }) => `option tftp-server-name "${url}";\nnext-server ${address};`,
  },
  {
    ...{ id: 'kea', title: 'Kea' },
    where: () => t('In kea-dhcp4.conf, inside the subnet of the phones. Then reload Kea.'),
    lines: ({ address, url }) =>
      `"next-server": "${address}",\n"option-data": [\n  { "name": "tftp-server-name", "data": "${url}" }\n]`,
  },
  {
    ...{ id: 'dnsmasq', title: 'dnsmasq, OpenWrt' },
    where: () => t('In /etc/dnsmasq.conf; on OpenWrt under Network, DHCP, advanced options. Then restart it.'),
    lines: ({ url }) => `dhcp-option-force=66,"${url}"`,
  },
  {
    ...{ id: 'windows', title: 'Windows Server' },
    where: () => t('In PowerShell on the server, with the scope of the phones in place of the one here.'),
    lines: ({ address, url }) =>
      `Set-DhcpServerv4OptionValue -ScopeId ${scopeOf(address)} -OptionId 66 -Value "${url}"`,
  },
  {
    ...{ id: 'mikrotik', title: 'MikroTik' },
    where: () => t('In a terminal of the router, with the network of the phones in place of the one here.'),
    lines: ({ address, url }) =>
      `/ip dhcp-server option add name=branchline code=66 value="s'${url}'"\n` +
      `/ip dhcp-server network set [find where address="${scopeOf(address)}/24"] dhcp-option=branchline`,
  },
  {
    ...{ id: 'unifi', title: 'UniFi' },
    where: () => t('Settings, Networks, the network of the phones, DHCP options: option 66 (TFTP server), this text:'),
    lines: ({ url }) => url,
  },
  {
    ...{ id: 'pfsense', title: 'pfSense, OPNsense' },
    where: () => t('Services, DHCP server, the interface of the phones, TFTP server (or additional option 66, text):'),
    lines: ({ url }) => url,
  },
  {
    ...{ id: 'fritzbox', title: 'FRITZ!Box' },
    where: () =>
      t('A FRITZ!Box cannot hand out option 66. Let the box answer phones only, beside it, with a range of its own:'),
    lines: ({ address }) => `branchline dhcp enable eth0 --mode phones-only   # ${address}`,
  },
]

/** A network of 256 addresses, as most offices have: to be looked at, not to be copied blindly. */
function scopeOf(address: string): string {
  return address.replace(/\.\d+$/, '.0')
}
