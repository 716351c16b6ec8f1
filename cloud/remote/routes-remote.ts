import { createRoute } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { body, json } from '../../services/admin/route.ts'
import {
  accountParams,
  act,
  callerOf,
  DONE,
  type Env,
  idParam,
  makeCloudRouter,
  ok,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import type { JobWaits } from './job-waits.ts'
import type { RemoteJob } from './jobs.ts'
import * as wire from './schema.ts'
import { refuseSecrets } from './secret-in.ts'

const siteParams = accountParams.extend({ site: idParam('site') })
const jobParams = siteParams.extend({ job: idParam('job') })
const pageParams = siteParams.extend({ page: idParam('page') })

/** Other processes may take the news: whoever waits looks again after this. */
const LOOK_MS = 1_000
const ENDED = new Set<RemoteJob['state']>(['done', 'failed', 'expired'])
const SITE = '/accounts/{account}/sites/{site}'
const tags = ['Remote hands']

/** What people ask of the box of a site. */
export function remoteRoutes(deps: CloudDeps) {
  const { jobs, waits, pages, hub } = deps.remote
  const app = makeCloudRouter()
  const asked = (c: Context<Env>, { account, site }: { account: string; site: string }) => ({
    ...{ account, site, standing: c.var.standing, caller: callerOf(c) },
  })
  app.openapi(
    createRoute({
      method: 'get',
      path: `${SITE}/remote`,
      tags,
      summary: 'What may be asked of a site’s box',
      ...act(deps, 'remote.look'),
      request: { params: siteParams },
      responses: { 200: json(wire.RemoteView, 'Settings'), ...pathProblems },
    }),
    async (c) => c.json(await pages.settings(asked(c, c.req.valid('param'))), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: `${SITE}/remote`,
      tags,
      summary: 'Let pages of the site’s phones be opened, or close all and let none be opened',
      ...act(deps, 'remote.pages'),
      request: { params: siteParams, body: body(wire.RemoteInput) },
      responses: { 200: json(wire.RemoteView, 'Settings'), ...problems },
    }),
    async (c) => {
      const at = asked(c, c.req.valid('param'))
      await pages.allow(at, c.req.valid('json').phonePages)
      return c.json(await pages.settings(at), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: `${SITE}/jobs`,
      tags,
      summary: 'The newest jobs of a site, without what came of them',
      ...act(deps, 'remote.look'),
      request: { params: siteParams },
      responses: { 200: json(wire.JobList, 'Jobs'), ...pathProblems },
    }),
    async (c) => c.json({ jobs: [...(await jobs.list(asked(c, c.req.valid('param'))))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: `${SITE}/jobs/{job}`,
      tags,
      summary: 'One job; `wait` holds the answer until it has ended',
      ...act(deps, 'remote.look'),
      request: { params: jobParams, query: wire.JobQuery },
      responses: { 200: json(wire.JobView, 'Job'), ...pathProblems, 400: problems[400] },
    }),
    async (c) => {
      const { job, ...site } = c.req.valid('param')
      return c.json(await waitFor(() => jobs.get(asked(c, site), job), waits, c.req.valid('query').wait * 1000), 200)
    },
  )
  for (const [kind, action, input, summary] of [
    ['look', 'remote.look', wire.LookInput, 'Have the box explain a phone, render a file of it, or check itself'],
    ['act', 'remote.act', wire.ActInput, 'Have phones fetch their configuration again, or restart'],
  ] as const)
    app.openapi(
      createRoute({
        method: 'post',
        path: `${SITE}/jobs/${kind}`,
        tags,
        summary,
        ...act(deps, action),
        request: { params: siteParams, body: body(input) },
        responses: { 202: json(wire.JobView, 'Asked'), ...problems },
      }),
      async (c) => {
        const { job, key, waitSeconds } = c.req.valid('json')
        const options = {
          ...(key !== undefined && { key }),
          ...(waitSeconds !== undefined && { waitMs: waitSeconds * 1000 }),
        }
        refuseSecrets(job)
        return c.json(await jobs.ask(asked(c, c.req.valid('param')), job, options), 202)
      },
    )
  app.openapi(
    createRoute({
      method: 'get',
      path: `${SITE}/phone-pages`,
      tags,
      summary: 'Phones’ pages that are open',
      ...act(deps, 'remote.look'),
      request: { params: siteParams },
      responses: { 200: json(wire.PageList, 'Pages'), ...pathProblems },
    }),
    async (c) => c.json({ pages: [...(await pages.list(asked(c, c.req.valid('param'))))] }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: `${SITE}/phone-pages`,
      tags,
      summary: 'Open the way to a phone’s own web page for a limited time',
      ...act(deps, 'remote.pages'),
      request: { params: siteParams, body: body(wire.PageInput) },
      responses: { 202: json(wire.PageOpened, 'Asked; its job says when the way is open'), ...problems },
    }),
    async (c) => c.json(await pages.open(asked(c, c.req.valid('param')), c.req.valid('json')), 202),
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: `${SITE}/phone-pages/{page}`,
      tags,
      summary: 'Close a phone’s page at once',
      ...act(deps, 'remote.pages'),
      request: { params: pageParams },
      responses: { 200: json(ok, 'Closed'), ...pathProblems },
    }),
    async (c) => {
      const { page, ...site } = c.req.valid('param')
      await pages.close(asked(c, site), page)
      hub.close(page)
      return c.json(DONE, 200)
    },
  )
  return app
}

/** The job when it has ended, or as it is after `ms`. */
async function waitFor(look: () => Promise<RemoteJob>, waits: JobWaits, ms: number): Promise<RemoteJob> {
  const until = performance.now() + ms
  for (let job = await look(); ; job = await look()) {
    const left = until - performance.now()
    if (ENDED.has(job.state) || left <= 0 || waits.ended()) return job
    await waits.next(job.id, Math.min(left, LOOK_MS))
  }
}
