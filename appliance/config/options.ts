import type { OptionName } from '../../services/program/config-file.ts'

export const OPTION_NAMES: readonly OptionName[] = [
  {
    path: ['dataFolder'],
    env: 'BRANCHLINE_DATA',
    flag: 'data',
    kind: 'text',
    help: 'folder for database, keys and files',
  },
  {
    path: ['templates'],
    env: 'BRANCHLINE_TEMPLATES',
    flag: 'templates',
    kind: 'text',
    help: 'folder of own vendor definitions',
  },
  {
    path: ['interfaces'],
    env: 'BRANCHLINE_INTERFACES',
    flag: 'interfaces',
    kind: 'list',
    help: 'network interfaces, comma-separated',
  },
  {
    path: ['log', 'level'],
    env: 'BRANCHLINE_LOG_LEVEL',
    flag: 'log-level',
    kind: 'text',
    help: 'debug, info, warn or error',
  },
  { path: ['log', 'format'], env: 'BRANCHLINE_LOG_FORMAT', flag: 'log-format', kind: 'text', help: 'text or json' },
  {
    path: ['ports', 'dhcp'],
    env: 'BRANCHLINE_DHCP_PORT',
    flag: 'dhcp-port',
    kind: 'number',
    help: 'UDP port of the DHCP server',
  },
  {
    path: ['ports', 'dhcpClient'],
    env: 'BRANCHLINE_DHCP_CLIENT_PORT',
    flag: 'dhcp-client-port',
    kind: 'number',
    help: 'UDP port of DHCP clients',
  },
  { path: ['ports', 'tftp'], env: 'BRANCHLINE_TFTP_PORT', flag: 'tftp-port', kind: 'number', help: 'UDP port of TFTP' },
  {
    path: ['ports', 'http'],
    env: 'BRANCHLINE_HTTP_PORT',
    flag: 'http-port',
    kind: 'number',
    help: 'TCP port of HTTP for phones',
  },
  {
    path: ['ports', 'https'],
    env: 'BRANCHLINE_HTTPS_PORT',
    flag: 'https-port',
    kind: 'number',
    help: 'TCP port of HTTPS for phones',
  },
  { path: ['ports', 'sip'], env: 'BRANCHLINE_SIP_PORT', flag: 'sip-port', kind: 'number', help: 'UDP port of SIP PnP' },
  {
    path: ['ports', 'admin'],
    env: 'BRANCHLINE_ADMIN_PORT',
    flag: 'admin-port',
    kind: 'number',
    help: 'TCP port of the page, on loopback',
  },
  { path: ['ports', 'ldap'], env: 'BRANCHLINE_LDAP_PORT', flag: 'ldap-port', kind: 'number', help: 'TCP port of LDAP' },
  {
    path: ['dhcp', 'probe'],
    env: 'BRANCHLINE_DHCP_PROBE',
    flag: 'dhcp-probe',
    kind: 'boolean',
    help: 'probe addresses before offering them',
  },
  {
    path: ['uploads'],
    env: 'BRANCHLINE_UPLOADS',
    flag: 'uploads',
    kind: 'boolean',
    help: 'keep files that phones upload',
  },
  { path: ['ldap'], env: 'BRANCHLINE_LDAP', flag: 'ldap', kind: 'boolean', help: 'answer LDAP searches of phones' },
  { path: ['pnp'], env: 'BRANCHLINE_PNP', flag: 'pnp', kind: 'boolean', help: 'answer SIP PnP requests' },
]

/** The environment name of the configuration file's path; the flag is `--config`. */
export const CONFIG_FILE_ENV = 'BRANCHLINE_CONFIG'
