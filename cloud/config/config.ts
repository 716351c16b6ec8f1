import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type ConfigSources, type OptionName, type PlaceOf, readLayers } from '../../services/program/config-file.ts'
import type { PageOrigin } from '../remote/pages.ts'
import { type CloudFile, cloudFileSchema } from './schema.ts'

export interface CloudConfig extends Omit<CloudFile, 'dataFolder' | 'publicUrl' | 'secretKeyFile'> {
  readonly file: string | undefined
  readonly dataFolder: string
  readonly secretKeyFile: string
  /** Undefined: where it listens. */
  readonly publicUrl: URL | undefined
}

type Text = readonly [path: OptionName['path'], env: string, flag: string, help: string, kind?: OptionName['kind']]
const OPTIONS: readonly Text[] = [
  [['dataFolder'], 'DATA', 'data', 'folder for the SQLite database and the key'],
  [['listen', 'address'], 'ADDRESS', 'address', 'address on which it listens'],
  [['listen', 'port'], 'PORT', 'port', 'port on which it listens', 'number'],
  [['operations', 'address'], 'OPERATIONS_ADDRESS', 'operations-address', 'address of /metrics'],
  [['operations', 'port'], 'OPERATIONS_PORT', 'operations-port', 'port of /metrics', 'number'],
  [['publicUrl'], 'PUBLIC_URL', 'public-url', 'how people reach it, e.g. https://cloud.example.net'],
  [['proxies'], 'PROXIES', 'proxies', 'how many proxies stand before it', 'number'],
  [['database', 'url'], 'DATABASE_URL', 'database-url', 'PostgreSQL, instead of SQLite'],
  [['database', 'connections'], 'DATABASE_CONNECTIONS', 'database-connections', 'connections to PostgreSQL', 'number'],
  [['secretKeyFile'], 'KEY_FILE', 'key-file', 'file of the key of sealed secrets'],
  [['phonePages', 'url'], 'PHONE_PAGES_URL', 'phone-pages-url', 'where phones’ pages are shown, with a * label'],
  [['mail', 'smtp'], 'SMTP', 'smtp', 'SMTP server as URL'],
  [['log', 'level'], 'LOG_LEVEL', 'log-level', 'debug, info, warn or error'],
  [['log', 'format'], 'LOG_FORMAT', 'log-format', 'text or json'],
]

/** Settings that can be given by an environment name or a flag too. */
export const CLOUD_OPTIONS: readonly OptionName[] = OPTIONS.map(([path, env, flag, help, kind = 'text']) => ({
  path,
  env: `BRANCHLINE_CLOUD_${env}`,
  flag,
  kind,
  help,
}))

/** Reads file, environment and flags together, or throws `ConfigError` that names every fault. */
export function readCloudConfig(sources: ConfigSources & { readonly root: boolean }): CloudConfig {
  const { data, file } = readLayers({
    ...sources,
    schema: cloudFileSchema,
    options: CLOUD_OPTIONS,
    fileEnv: 'BRANCHLINE_CLOUD_CONFIG',
    usualFile: '/etc/branchline/cloud.yaml',
    check: crossFaults,
  })
  const dataFolder = resolve(data.dataFolder ?? defaultFolder(sources))
  const secretKeyFile = resolve(data.secretKeyFile ?? join(dataFolder, 'cloud.key'))
  return { ...data, file, dataFolder, secretKeyFile, publicUrl: data.publicUrl }
}

function defaultFolder({ root, env }: Pick<ConfigSources, 'env'> & { readonly root: boolean }): string {
  if (root) return '/var/lib/branchline-cloud'
  return join(env.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'branchline-cloud')
}

function crossFaults(data: CloudFile, placeOf: PlaceOf): string[] {
  const faults: string[] = []
  const fault = (path: readonly PropertyKey[], text: string) =>
    faults.push(`${placeOf(path)}${path.map(String).join('.')}: ${text}`)
  if (data.publicUrl !== undefined && data.publicUrl.pathname !== '/')
    fault(['publicUrl'], `it must be the root of a host, not ${data.publicUrl.pathname}`)
  // Cookies and passwords would cross the network in the clear.
  if (data.publicUrl?.protocol === 'http:' && !isLoopback(data.publicUrl.hostname))
    fault(['publicUrl'], 'it must begin with https:// unless it names this machine')
  if (!isLoopback(data.listen.address) && data.publicUrl === undefined)
    fault(['publicUrl'], `it is needed when listen.address is ${data.listen.address}: people come by a name`)
  const pages = data.phonePages.url === undefined ? undefined : pageOriginOf(data.phonePages.url)
  if (pages?.scheme === 'http' && !/^\.([\w-]+\.)*localhost(:\d+)?$/.test(pages.suffix))
    fault(['phonePages', 'url'], 'it must begin with https:// unless it ends with localhost')
  // A phone's script would run where people are signed in.
  if (pages !== undefined && data.publicUrl?.host.endsWith(pages.suffix) === true)
    fault(['phonePages', 'url'], `publicUrl ${data.publicUrl.host} must not be one of its names`)
  const { s3, folder } = data.files
  if (s3 !== undefined && folder !== undefined)
    fault(['files', 'folder'], 'files lie in a folder or in S3, not in both')
  if (s3 !== undefined && s3.endpoint.protocol !== 'https:' && !isLoopback(s3.endpoint.hostname))
    fault(['files', 's3', 'endpoint'], 'it must begin with https:// unless it names this machine')
  data.oidc.forEach((provider, i) => {
    if (data.oidc.findIndex((other) => other.id === provider.id) < i)
      fault(['oidc', i, 'id'], `two providers are called ${provider.id}`)
    if (provider.issuer.protocol !== 'https:' && !isLoopback(provider.issuer.hostname))
      fault(['oidc', i, 'issuer'], 'it must begin with https:// unless it names this machine')
  })
  return faults
}

/** The parts of `phonePages.url`. */
export function pageOriginOf(url: string): PageOrigin {
  const [scheme = '', suffix = ''] = url.split('://*')
  return { scheme: scheme === 'http' ? 'http' : 'https', suffix }
}

/** Whether a host name or address never leaves this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/.test(host)
}
