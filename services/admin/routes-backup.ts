import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { demandFresh } from './access.ts'
import type { AdminDeps } from './contract.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, type Env, json, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-backup.ts'

const tags = ['Backup']
const params = z.object({ name: z.string().min(1).max(150) })

/** Backups of the whole box: each is one sealed file that only the recovery key opens. */
export function backupRoutes(deps: Pick<AdminDeps, 'backups' | 'accounts'>): AdminRouter {
  const app = makeRouter()
  const { backups } = deps
  const by = (c: Context<Env>) => ({ by: actorOf(c.req.raw, viaOf(c)) })
  const view = (state: ReturnType<typeof backups.state>): wire.BackupsView => ({
    ...state,
    ...{ schedule: { ...state.schedule }, job: { ...state.job } },
    backups: state.backups.map((it) => ({ ...it })),
  })

  app.openapi(
    read('/backups', 'Backup', 'What is backed up, when and where, and how far one is', wire.BackupsView),
    (c) => c.json(view(backups.state()), 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/backups', tags },
      summary: 'Make a backup now; GET says how far it is and what it is called',
      request: { body: body(z.object({ firmware: z.boolean().default(true) }).openapi('BackupRequest')) },
      responses: { 202: json(wire.BackupsView, 'It is being made'), ...problems },
    }),
    (c) => c.json(view(backups.make({ ...by(c), ...c.req.valid('json') })), 202),
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: '/backups/{name}', tags, summary: 'The backup itself, to be kept elsewhere' },
      request: { params },
      responses: { 200: { description: 'The sealed file', content: { 'application/octet-stream': {} } }, ...problems },
    }),
    (c) => {
      const { name } = c.req.valid('param')
      const { path, size } = backups.find(name)
      return c.body(Bun.file(path).stream(), 200, {
        ...{ 'content-type': 'application/octet-stream', 'content-length': String(size) },
        'content-disposition': `attachment; filename="${name}"`,
      })
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: '/backups/{name}', tags, summary: 'Remove a backup from the box' },
      request: { params },
      responses: { 204: { description: 'Removed' }, ...problems },
    }),
    (c) => {
      backups.remove(c.req.valid('param').name, by(c))
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: '/backup-schedule', tags, summary: 'When the box makes backups by itself' },
      request: { body: body(wire.ScheduleView) },
      responses: { 200: json(wire.BackupsView, 'What is the case now'), ...problems },
    }),
    (c) => c.json(view(backups.setSchedule(c.req.valid('json'), by(c))), 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/backup-key', tags },
      summary: 'Make a new recovery key: it is in this answer alone. Older backups need the key of their time',
      responses: { 201: json(wire.NewKeyView, 'The key'), ...problems },
    }),
    (c) => {
      const via = viaOf(c)
      demandFresh(deps, via)
      const { address } = via
      deps.accounts.secretShown('a new recovery key', { ...by(c), ...(address !== undefined && { address }) })
      return c.json(backups.newKey(by(c)), 201)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: '/backup-key/confirm', tags },
      summary: 'Say that the new recovery key is kept, by giving it again: backups are made from then on',
      request: { body: body(wire.KeyInput) },
      responses: { 200: json(wire.BackupsView, 'What is the case now'), ...problems },
    }),
    (c) => c.json(view(backups.confirmKey(c.req.valid('json').key, by(c))), 200),
  )
  return app
}
