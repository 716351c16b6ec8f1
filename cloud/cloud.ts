import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../services/core/clock.ts'
import { makeCounters } from '../services/core/counters.ts'
import { messageOf, OperatorError } from '../services/core/errors.ts'
import type { Log } from '../services/core/log.ts'
import { readDefinitions } from '../services/phones/read.ts'
import type { LiveSecrets } from '../services/program/redaction.ts'
import { VERSION } from '../services/program/version.ts'
import { makeCloudApp } from './api/app.ts'
import { openBoxes } from './boxes.ts'
import { type CloudConfig, pageOriginOf } from './config/config.ts'
import type { CloudContext } from './context.ts'
import { migrate } from './database/migrate.ts'
import { openCloudDatabase } from './database/open.ts'
import { makeDeps } from './deps.ts'
import { openFileStore } from './files/open.ts'
import { tidy } from './housekeeping.ts'
import { noMail, smtpMail } from './mail/mail.ts'
import { makeMetrics } from './metrics.ts'
import { cloudPage } from './page/page.ts'
import { openCloudKey } from './secret-key.ts'
import { serve } from './serve.ts'
import { shippedTemplates } from './templates.ts'
import { watchDatabase } from './watch.ts'
import { startWork } from './work/start.ts'
import { makeWork } from './work/work.ts'

const LOOK_MS = 2_000
const TIDY_MS = 10 * 60_000
/** How often it is looked what other processes told, and written which boxes were heard of. */
const FAN_OUT_MS = 250
const SEEN_MS = 1_000
const EXPIRE_MS = 5_000

export interface CloudOptions {
  readonly config: CloudConfig
  readonly clock: Clock
  readonly log: Log
  readonly secrets: LiveSecrets
}

export interface Cloud extends AsyncDisposable {
  readonly url: string
  readonly operationsUrl: string
  readonly database: string
  /** To make the first owner by; undefined: there is an account. */
  readonly firstLink: string | undefined
}

/** Opens one process of the cloud. Several may share one PostgreSQL; each can answer every request. */
export async function openCloud({ config, clock, log, secrets }: CloudOptions): Promise<Cloud> {
  await using stack = new AsyncDisposableStack()
  const { url, connections } = config.database
  if (url !== undefined) addPassword(secrets, url)
  const path = join(config.dataFolder, 'cloud.db')
  const database = stack.use(
    openCloudDatabase(url === undefined ? { kind: 'sqlite', path } : { kind: 'postgres', url, connections }),
  )
  const migrated = await migrate(database, { now: clock.now(), ...(url === undefined && { path }) }).catch(
    (thrown: unknown) => {
      if (database.kind === 'sqlite' || thrown instanceof OperatorError) throw thrown
      throw new OperatorError(`the database cannot be used: ${secrets.redact(messageOf(thrown))}`)
    },
  )
  if (migrated.from !== migrated.to) log.info('database migrated', migrated)
  const key = await openCloudKey(database, { path: config.secretKeyFile, secrets })
  const watch = await watchDatabase({ database, clock, log })
  const counters = makeCounters()
  const publicUrl = (config.publicUrl ?? new URL(`http://${hostOf(config.listen.address)}:${config.listen.port}`))
    .origin
  const mail = mailOf(config, log, secrets)
  const ctx: CloudContext = { database, clock, log, counters, secrets: key, mail, publicUrl }
  const oidc = config.oidc.map(({ clientSecretFile, ...provider }) => ({
    ...provider,
    clientSecret: readSecret(clientSecretFile, secrets),
  }))
  const boxes = await openBoxes(ctx, watch.generation)
  const fileStore = await openFileStore(config, { now: clock.now(), readSecret: (path) => readSecret(path, secrets) })
  const definitions = readDefinitions(shippedTemplates())
  const phonePages = config.phonePages.url === undefined ? undefined : pageOriginOf(config.phonePages.url)
  const given = { version: VERSION, oidc, boxes, definitions, fileStore, phonePages }
  const deps = makeDeps(ctx, { ...given, ...config.webhooks })
  const metrics = makeMetrics({ version: VERSION, counters, watch, streams: boxes.hub.size, pages: boxes.pages.size })
  const app = makeCloudApp(deps, metrics.observe, await cloudPage(log))
  const { pagesApp } = deps.remote
  const main = stack.use(
    serve({
      ...{ ...config.listen, proxies: config.proxies },
      // By its name alone: what is asked for under the name of phones' pages never reaches the account's routes.
      fetch: (request, env) => (pagesApp?.isFor(request) === true ? pagesApp.fetch(request) : app.fetch(request, env)),
    }),
  )
  const operations = stack.use(
    serve({
      ...config.operations,
      proxies: 0,
      fetch: async (request, env) =>
        new URL(request.url).pathname === '/metrics'
          ? new Response(await metrics.text(), {
              headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
            })
          : app.fetch(request, env),
    }),
  )
  // After the ports: their streams end first, or the ports would wait for them.
  stack.use(boxes)
  stack.defer(() => deps.remote.end())
  const failing = (what: string) => (thrown: unknown) => log.warn(`${what} failed`, { reason: messageOf(thrown) })
  stack.defer(every(LOOK_MS, () => watch.look()))
  stack.defer(every(EXPIRE_MS, () => deps.remote.expire().catch(failing('ending jobs'))))
  stack.defer(every(FAN_OUT_MS, () => boxes.fanOut.look()))
  stack.defer(every(SEEN_MS, () => boxes.seen.flush().catch(failing('noting boxes'))))
  stack.defer(
    every(TIDY_MS, () =>
      tidy(database, clock).then(boxes.tidy).then(deps.files.sweep).then(deps.remote.tidy).catch(failing('tidying')),
    ),
  )
  stack.use(startWork(makeWork(deps, config.webhooks), log))
  const firstLink = await deps.invitations.first()
  const open = stack.move()
  return {
    url: main.url,
    operationsUrl: operations.url,
    database: database.kind === 'sqlite' ? `SQLite in ${config.dataFolder}` : 'PostgreSQL',
    firstLink,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

function hostOf(address: string): string {
  // Passkeys want a name, which an address is not.
  if (/^127\./.test(address) || address === '::1') return 'localhost'
  return address.includes(':') ? `[${address}]` : address
}

function mailOf({ mail }: CloudConfig, log: Log, secrets: LiveSecrets) {
  if (mail.smtp === undefined) return noMail
  addPassword(secrets, mail.smtp)
  const password = mail.passwordFile === undefined ? {} : { password: readSecret(mail.passwordFile, secrets) }
  return smtpMail({ url: mail.smtp, from: mail.from, log, ...password })
}

function readSecret(path: string, secrets: LiveSecrets): string {
  try {
    const secret = readFileSync(path, 'utf8').trim()
    secrets.add(secret)
    return secret
  } catch (thrown) {
    throw new OperatorError(`secret file ${path} cannot be read: ${messageOf(thrown)}`)
  }
}

function addPassword(secrets: LiveSecrets, url: string): void {
  const password = URL.canParse(url) ? new URL(url).password : ''
  if (password !== '') secrets.add(decodeURIComponent(password))
}

function every(ms: number, work: () => Promise<void>): () => void {
  const timer = setInterval(() => void work(), ms)
  return () => clearInterval(timer)
}
