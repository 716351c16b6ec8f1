import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { BranchlineError, messageOf } from '../core/errors.ts'
import { guardAccess, stillAllowed } from './access.ts'
import { compressLists } from './compress.ts'
import type { AdminDeps } from './contract.ts'
import { answerFor, errorBody } from './errors.ts'
import { objectionTo, SECURITY_HEADERS } from './guard.ts'
import { makeLive } from './live.ts'
import { metricsText } from './metrics.ts'
import { makePace } from './pace.ts'
import { type AdminRouter, makeRouter, viaOf } from './route.ts'
import { accountRoutes } from './routes-accounts.ts'
import { assistRoutes } from './routes-assist.ts'
import { backupRoutes } from './routes-backup.ts'
import { boxNetworkRoutes } from './routes-box-network.ts'
import { changeRoutes } from './routes-changes.ts'
import { cloudRoutes } from './routes-cloud.ts'
import { deviceRoutes } from './routes-device.ts'
import { directoryRoutes } from './routes-directory.ts'
import { fileRoutes, isFileUpload } from './routes-files.ts'
import { linkRoutes } from './routes-links.ts'
import { logRoutes } from './routes-logs.ts'
import { meRoutes } from './routes-me.ts'
import { moveRoutes } from './routes-moves.ts'
import { networkRoutes } from './routes-network.ts'
import { paceRoutes } from './routes-pace.ts'
import { isPackUpload, packRoutes } from './routes-packs.ts'
import { parameterRoutes } from './routes-parameters.ts'
import { refetchRoutes } from './routes-refetch.ts'
import { isRestoreUpload, restoreRoutes } from './routes-restore.ts'
import { rolloutRoutes } from './routes-rollouts.ts'
import { signInRoutes } from './routes-sign-in.ts'
import { siteRoutes } from './routes-site.ts'
import { templateRoutes } from './routes-templates.ts'
import { isUpdateUpload, updateRoutes } from './routes-update.ts'
import { workbenchRoutes } from './routes-workbench.ts'

/** The largest body: 20,000 devices as CSV fit well. */
const MAX_BODY = 8 * 1024 * 1024

export interface AdminApp {
  readonly fetch: AdminRouter['fetch']
  readonly request: AdminRouter['request']
  /** Ends the live streams and stops listening to the services. */
  close(): void
}

/**
 * The HTTP API for people and programs, under `/api/v1`; its OpenAPI document is `/api/openapi.json`. Each request needs
 * its `Via` as bindings (`app.fetch(request, { via: 'socket' })`); without, the rules of the TCP port hold.
 */
export function makeAdminApp(deps: AdminDeps): AdminApp {
  const app = makeRouter()
  const live = makeLive(deps)
  const pace = makePace(deps)

  app.use('*', async (c, next) => {
    const objection = objectionTo(c.req.raw, viaOf(c))
    if (objection) {
      deps.counters.add('admin.turned-away')
      c.res = c.json(errorBody('turned-away', objection.message), objection.status)
    } else {
      await next()
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
  })
  app.use('*', compressLists())
  // Before anything is read of what was sent.
  app.use('*', guardAccess(deps))
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json(errorBody('too-large', `more than ${MAX_BODY} bytes`), 413),
  })
  // What goes to the disk piece by piece has a limit of its own.
  const hasOwnLimit = (method: string, path: string) =>
    [isFileUpload, isPackUpload, isUpdateUpload, isRestoreUpload].some((is) => is(method, path))
  app.use('*', (c, next) => (hasOwnLimit(c.req.method, c.req.path) ? next() : limit(c, next)))

  app.route('/api/v1', signInRoutes(deps))
  app.route('/api/v1', meRoutes(deps))
  app.route('/api/v1', accountRoutes(deps))
  // Before the routes whose last part is any name: /people/waiting is one of ours.
  app.route('/api/v1', assistRoutes(deps))
  app.route('/api/v1', deviceRoutes(deps))
  app.route('/api/v1', parameterRoutes(deps))
  app.route('/api/v1', siteRoutes(deps))
  app.route('/api/v1', networkRoutes(deps))
  app.route('/api/v1', paceRoutes(pace))
  app.route('/api/v1', linkRoutes(deps))
  app.route('/api/v1', changeRoutes(deps))
  app.route('/api/v1', directoryRoutes(deps))
  app.route('/api/v1', moveRoutes(deps))
  app.route('/api/v1', refetchRoutes(deps))
  app.route('/api/v1', fileRoutes(deps))
  app.route('/api/v1', rolloutRoutes(deps))
  app.route('/api/v1', cloudRoutes(deps))
  app.route('/api/v1', templateRoutes(deps))
  app.route('/api/v1', packRoutes(deps))
  app.route('/api/v1', workbenchRoutes(deps))
  app.route('/api/v1', updateRoutes(deps))
  app.route('/api/v1', backupRoutes(deps))
  app.route('/api/v1', restoreRoutes(deps))
  app.route('/api/v1', logRoutes(deps))
  app.route('/api/v1', boxNetworkRoutes(deps))
  app.get('/api/v1/events', (c) => {
    const stream = live.open(c.req.header('last-event-id') ?? c.req.query('after'), stillAllowed(deps, c))
    return stream ?? c.json(errorBody('busy', 'too many pages are open'), 503)
  })
  app.get('/metrics', (c) => {
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    return c.body(metricsText(deps, live.clients))
  })
  app.openAPIRegistry.registerPath({
    method: 'get',
    path: '/api/v1/events',
    tags: ['Box'],
    summary: 'Live events (server-sent); resumes after Last-Event-ID while the box still holds what was missed',
    responses: {
      200: {
        description: 'hello, beat, happening, verdict, alarms, record, rollout',
        content: { 'text/event-stream': {} },
      },
    },
  })
  app.doc31('/api/openapi.json', (c) => ({
    openapi: '3.1.0',
    info: { title: 'Branchline', version: deps.about().version, description: 'Configures the SIP phones of one site.' },
    servers: [{ url: new URL(c.req.url).origin }],
  }))

  app.notFound((c) => c.json(errorBody('not-found', 'there is nothing at this path'), 404))
  app.onError((thrown, c) => {
    if (thrown instanceof HTTPException)
      return c.json(errorBody('bad-input', thrown.message || 'the request cannot be read'), thrown.status)
    const conditional = c.req.header('if-match') !== undefined || c.req.header('if-none-match') !== undefined
    const { status, body } = answerFor(thrown, conditional)
    if (status === 500) {
      deps.counters.add('admin.failed')
      // Only messages of our own making are known to hold no secret.
      const reason = thrown instanceof BranchlineError ? messageOf(thrown) : thrown.name
      deps.log.error('admin request failed', { method: c.req.method, path: c.req.routePath, reason })
    }
    return c.json(body, status)
  })
  return {
    fetch: app.fetch,
    request: app.request,
    close() {
      pace.close()
      live.close()
    },
  }
}
