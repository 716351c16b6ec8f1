import { createRoute, z } from '@hono/zod-openapi'
import { body, json } from '../../services/admin/route.ts'
import {
  accountParams,
  act,
  callerOf,
  DONE,
  idParam,
  makeCloudRouter,
  ok,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { firmwareCsv, sitesCsv } from './policy-csv.ts'
import type { FleetReport as Report } from './policy-report.ts'
import type { Schedule } from './schedules.ts'
import {
  FleetReport,
  ReportInput,
  ReportList,
  ReportMade,
  ScheduleEdit,
  ScheduleInput,
  ScheduleList,
  ScheduleView,
} from './schema.ts'

const reportParams = accountParams.extend({ report: idParam('report') })
const scheduleParams = accountParams.extend({ schedule: idParam('schedule') })

type Json = z.output<typeof FleetReport>
// The same but for lists that nobody may change.
const asJson = (report: Report) => report as unknown as Json
const shown = (schedule: Schedule) => ({
  ...schedule,
  recipients: [...schedule.recipients],
  sites: [...schedule.sites],
})

/** Reports of an account's fleet, and when they are made. */
export function reportRoutes(deps: CloudDeps) {
  const { reports, schedules } = deps
  const tags = ['Reports']
  const app = makeCloudRouter()
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/reports',
      tags,
      summary: 'Reports that were made, newest first',
      ...act(deps, 'reports.read'),
      request: {
        params: accountParams,
        query: z.object({
          before: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
      },
      responses: { 200: json(ReportList, 'Reports'), 400: problems[400], ...pathProblems },
    }),
    async (c) => {
      const list = await reports.list(c.req.valid('param').account, c.req.valid('query'))
      return c.json({ reports: [...list] }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/reports',
      tags,
      summary: 'Make a report now',
      ...act(deps, 'reports.manage'),
      request: { params: accountParams, body: body(ReportInput) },
      responses: { 201: json(ReportMade, 'Report'), ...problems },
    }),
    async (c) => {
      const made = await reports.makeNow(c.req.valid('param').account, c.req.valid('json'), callerOf(c))
      return c.json({ id: made.id, report: asJson(made.report) }, 201)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/reports/{report}',
      tags,
      summary: 'One report',
      ...act(deps, 'reports.read'),
      request: { params: reportParams },
      responses: { 200: json(FleetReport, 'Report'), ...pathProblems },
    }),
    async (c) => {
      const { account, report } = c.req.valid('param')
      return c.json(asJson(await reports.get(account, report)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/reports/{report}/csv',
      tags,
      summary: 'One report as a table for spreadsheets',
      ...act(deps, 'reports.read'),
      request: {
        params: reportParams,
        query: z.object({ table: z.enum(['sites', 'firmware']).default('sites') }),
      },
      responses: {
        200: { description: 'Table', content: { 'text/csv': { schema: z.string() } } },
        400: problems[400],
        ...pathProblems,
      },
    }),
    async (c) => {
      const { account, report } = c.req.valid('param')
      const { table } = c.req.valid('query')
      const made = await reports.get(account, report)
      return c.body(table === 'sites' ? sitesCsv(made) : firmwareCsv(made), 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="branchline-${table}-${new Date(made.until).toISOString().slice(0, 10)}.csv"`,
      })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/accounts/{account}/report-schedules',
      tags,
      summary: 'When reports are made',
      ...act(deps, 'reports.read'),
      request: { params: accountParams },
      responses: { 200: json(ScheduleList, 'Schedules'), ...pathProblems },
    }),
    async (c) => c.json({ schedules: (await schedules.list(c.req.valid('param').account)).map(shown) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/accounts/{account}/report-schedules',
      tags,
      summary: 'Have a report made each day, week or month',
      ...act(deps, 'reports.manage'),
      request: { params: accountParams, body: body(ScheduleInput) },
      responses: { 201: json(ScheduleView, 'Schedule'), ...problems },
    }),
    async (c) =>
      c.json(shown(await schedules.create(c.req.valid('param').account, c.req.valid('json'), callerOf(c))), 201),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/accounts/{account}/report-schedules/{schedule}',
      tags,
      summary: 'Change a schedule, or switch it on or off',
      ...act(deps, 'reports.manage'),
      request: { params: scheduleParams, body: body(ScheduleEdit) },
      responses: { 200: json(ScheduleView, 'Schedule'), ...problems },
    }),
    async (c) => {
      const { account, schedule } = c.req.valid('param')
      return c.json(shown(await schedules.edit(account, schedule, c.req.valid('json'), callerOf(c))), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/accounts/{account}/report-schedules/{schedule}',
      tags,
      summary: 'Take a schedule away; its reports stay',
      ...act(deps, 'reports.manage'),
      request: { params: scheduleParams },
      responses: { 200: json(ok, 'Removed'), ...pathProblems },
    }),
    async (c) => {
      const { account, schedule } = c.req.valid('param')
      await schedules.remove(account, schedule, callerOf(c))
      return c.json(DONE, 200)
    },
  )
  return app
}
