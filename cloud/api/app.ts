import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { Assets } from '../../services/admin/assets.ts'
import { errorBody } from '../../services/admin/errors.ts'
import { SECURITY_HEADERS } from '../../services/admin/guard.ts'
import { BranchlineError, messageOf } from '../../services/core/errors.ts'
import { boxRoutes } from '../../services/enrolment/routes-box.ts'
import { claimRoutes } from '../../services/enrolment/routes-claims.ts'
import { alertRoutes } from '../alerts/routes.ts'
import { channelRoutes } from '../alerts/routes-channels.ts'
import type { CloudDeps } from '../deps.ts'
import { claimAdmin } from '../enrolment/claim-admin.ts'
import { boxesRoutes } from '../enrolment/routes-boxes.ts'
import { fileRoutes, isUpload } from '../files/routes.ts'
import { boxFileRoutes } from '../files/routes-box.ts'
import { givenRoutes } from '../files/routes-given.ts'
import { liveRoutes, tellChanges } from '../live/routes.ts'
import { pageRoutes } from '../page/page.ts'
import { recordsRoutes } from '../records/routes.ts'
import { boxJobRoutes } from '../remote/routes-box.ts'
import { remoteRoutes } from '../remote/routes-remote.ts'
import { reportRoutes } from '../reports/routes.ts'
import { rolloutRoutes } from '../rollouts/routes.ts'
import { syncRoutes } from '../sync/routes.ts'
import { isImport, transferRoutes } from '../transfer/routes.ts'
import { vendorRoutes } from '../vendors/routes.ts'
import { answerFor } from './errors.ts'
import { identify } from './identify.ts'
import { addressOf, type CloudRouter, makeCloudRouter } from './route.ts'
import { accountRoutes } from './routes-account.ts'
import { fleetRoutes } from './routes-fleet.ts'
import { meRoutes } from './routes-me.ts'
import { peopleRoutes } from './routes-people.ts'
import { resetRoutes } from './routes-reset.ts'
import { settingsRoutes } from './routes-settings.ts'
import { signInRoutes } from './routes-sign-in.ts'
import { siteRoutes } from './routes-site.ts'

const MAX_BODY = 1024 * 1024

/** These read what comes piece by piece, within limits of their own. */
function isLarge(method: string, path: string): boolean {
  return isUpload(method, path) || isImport(method, path)
}

/** Told of each answer, for the metrics. */
export type Observe = (route: string, method: string, status: number, ms: number) => void

/** The cloud's HTTP API under `/api/v1`, its OpenAPI document at `/api/openapi.json`, and the page. */
export function makeCloudApp(deps: CloudDeps, observe: Observe = () => {}, assets: Assets = new Map()): CloudRouter {
  const app = makeCloudRouter()
  app.use('*', async (c, next) => {
    const begin = performance.now()
    await next()
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.res.headers.set(name, value)
    if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store')
    if (deps.publicUrl.startsWith('https:')) c.res.headers.set('strict-transport-security', 'max-age=31536000')
    observe(c.req.routePath, c.req.method, c.res.status, performance.now() - begin)
  })
  // Before the limit of what people send: these have their own.
  app.route('/', boxRoutes({ enrolment: deps.boxes.enrolment, addressOf }))
  app.route('/', syncRoutes({ ...deps.boxes, counters: deps.counters, addressOf }))
  app.route('/', boxFileRoutes(deps))
  app.route('/', boxJobRoutes({ ...deps, ...deps.boxes, ...deps.remote, addressOf }))
  const limit = bodyLimit({
    maxSize: MAX_BODY,
    onError: (c) => c.json(errorBody('too-large', `more than ${MAX_BODY} bytes`), 413),
  })
  app.use('*', (c, next) => (isLarge(c.req.method, c.req.path) ? next() : limit(c, next)))
  app.use('/api/v1/*', identify(deps))
  app.use('/api/v1/accounts/:account/*', tellChanges(deps.boxes))
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', async (c) => {
    try {
      await deps.database.ping()
      return c.json({ ok: true })
    } catch {
      return c.json(errorBody('not-ready', 'the database does not answer'), 503)
    }
  })
  app.route('/', pageRoutes(assets))
  app.route('/api/v1', signInRoutes(deps))
  app.route('/api/v1', resetRoutes(deps))
  app.route('/api/v1', meRoutes(deps))
  app.route('/api/v1', accountRoutes(deps))
  app.route('/api/v1', liveRoutes(deps))
  app.route('/api/v1', siteRoutes(deps))
  app.route('/api/v1', peopleRoutes(deps))
  app.route('/api/v1', settingsRoutes(deps))
  app.route('/api/v1', fleetRoutes(deps))
  app.route('/api/v1', boxesRoutes(deps))
  app.route('/api/v1', recordsRoutes(deps))
  app.route('/api', claimRoutes({ enrolment: deps.boxes.enrolment, adminOf: (c) => claimAdmin(c, deps.database) }))
  app.route('/api/v1', alertRoutes(deps))
  app.route('/api/v1', channelRoutes(deps))
  app.route('/api/v1', reportRoutes(deps))
  app.route('/api/v1', fileRoutes(deps))
  app.route('/api/v1', givenRoutes(deps))
  app.route('/api/v1', transferRoutes(deps))
  app.route('/api/v1', remoteRoutes(deps))
  app.route('/api/v1', rolloutRoutes(deps))
  app.route('/api/v1', vendorRoutes(deps))
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'session' })
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Branchline cloud', version: deps.version, description: 'Accounts, their sites and their people.' },
    servers: [{ url: deps.publicUrl }],
  })
  app.notFound((c) => c.json(errorBody('not-found', 'there is nothing at this path'), 404))
  app.onError((thrown, c) => {
    if (thrown instanceof HTTPException)
      return c.json(errorBody('bad-input', thrown.message || 'the request cannot be read'), thrown.status)
    const { status, body, retryAfter } = answerFor(thrown)
    if (retryAfter !== undefined) c.header('retry-after', String(retryAfter))
    if (status === 500) {
      deps.counters.add('api.failed')
      // Only messages of our own making are known to hold no secret.
      const reason = thrown instanceof BranchlineError ? messageOf(thrown) : thrown.name
      deps.log.error('request failed', { method: c.req.method, path: c.req.routePath, reason })
    }
    return c.json(body, status)
  })
  return app
}
