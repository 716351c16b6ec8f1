import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { baseOf } from '../../services/admin/edit.ts'
import { body, json } from '../../services/admin/route.ts'
import * as wire from '../../services/admin/schema-templates.ts'
import type { Bag } from '../../services/core/merge-patch.ts'
import type { TemplateEdits } from '../../services/templates/contract.ts'
import {
  accountParams,
  act,
  type CloudRouter,
  callerOf,
  type Env,
  idParam,
  pathProblems,
  problems,
} from '../api/route.ts'
import type { CloudDeps } from '../deps.ts'
import { historyOf } from '../records/history.ts'
import { findOn, shelfOf } from '../records/shelf.ts'
import type { Whose } from './vendors.ts'

const tags = ['Templates']
const siteParams = accountParams.extend({ site: idParam('site') })
const name = (param: string) =>
  z
    .string()
    .max(100)
    .openapi({ param: { name: param, in: 'path' } })

const shared = { shared: z.boolean().openapi({ description: 'It is the account’s; this site has none of its own.' }) }
const Own = wire.TemplateRow.shape.own.unwrap().extend(shared).optional()
const Row = wire.TemplateRow.extend({ own: Own }).openapi('CloudTemplate')
const Vendor = wire.VendorRow.omit({ setAside: true })
  .extend({ files: z.array(Row) })
  .openapi('CloudVendor')
const Text = wire.TemplateText.extend({ own: Own }).openapi('CloudTemplateText')
const History = z.object({
  changes: z.array(z.object({ at: z.number(), by: z.string(), action: z.string(), fields: z.array(z.string()) })),
})

/** Own texts of vendors, of an account or of one of its sites. */
export function templateRoutes(app: CloudRouter, deps: CloudDeps, room: 'account' | 'site'): void {
  const { vendors, database } = deps
  const place = room === 'site' ? siteParams : accountParams
  const base = room === 'site' ? '/accounts/{account}/sites/{site}/templates' : '/accounts/{account}/templates'
  const item = `${base}/{vendor}/{text}`
  const params = place.extend({ vendor: name('vendor'), text: name('text') })
  const given = (c: Context<Env>) =>
    c.req.param() as unknown as { account: string; site?: string; vendor: string; text: string }

  /** A site of others is one that does not exist. */
  async function whose(c: Context<Env>): Promise<Whose> {
    const { account, site } = given(c)
    if (site !== undefined) await deps.sites.get(account, site, c.var.standing)
    return { account, ...(site !== undefined && { site }) }
  }

  async function change(c: Context<Env>, edits: TemplateEdits, headers?: Bag) {
    const { vendor } = given(c)
    const of = await whose(c)
    const one = headers === undefined ? {} : baseOf(c.req.raw.headers, headers)
    await vendors.change(of, vendor, edits, { standing: c.var.standing, caller: callerOf(c), ...one })
    const row = (await vendors.texts(of, c.var.standing)).list().find(({ id }) => id === vendor)
    return c.json((row ?? { id: vendor, title: vendor, files: [] }) as never, 200)
  }

  app.openapi(
    createRoute({
      ...{ method: 'get', path: base, tags, summary: 'Every vendor and whose texts are used' },
      ...act(deps, 'records.read'),
      request: { params: place },
      responses: { 200: json(z.object({ vendors: z.array(Vendor) }), 'Vendors'), ...pathProblems },
    }),
    async (c) => c.json({ vendors: (await vendors.texts(await whose(c), c.var.standing)).list() } as never, 200),
  )
  app.openapi(
    createRoute({
      ...{ method: 'post', path: `${base}/check`, tags },
      summary: 'What is wrong with texts, each fault with line and column; nothing is stored',
      ...act(deps, 'templates.check'),
      request: { params: place, body: body(wire.CheckInput) },
      responses: { 200: json(wire.CheckView, 'Faults, and what is surely not meant'), ...problems },
    }),
    async (c) => {
      const input = c.req.valid('json')
      const found = await vendors.check(await whose(c), c.var.standing, input.vendor, input.files)
      return c.json({ faults: [...found.faults], notes: [...found.notes] } as never, 200)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: `${base}/{vendor}`, tags },
      summary: 'Several own texts of a vendor at once, all or none; null takes one away',
      ...act(deps, 'templates.edit'),
      request: { params: place.extend({ vendor: name('vendor') }), body: body(wire.FilesInput) },
      responses: { 200: json(Vendor, 'The vendor'), ...problems },
    }),
    (c) => change(c, c.req.valid('json').files),
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: item, tags, summary: 'One text, what stands beneath it, and the difference' },
      ...act(deps, 'records.read'),
      request: { params },
      responses: { 200: json(Text, 'The text; ETag is the revision of an own one'), ...pathProblems },
    }),
    async (c) => {
      const { vendor, text: file } = given(c)
      const found = (await vendors.texts(await whose(c), c.var.standing)).get(vendor, file)
      return c.json(found as never, 200, found.own && { etag: `"${found.own.rev}"` })
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: item, tags },
      summary: 'Put an own text in the place of the shipped one, or be told every fault',
      ...act(deps, 'templates.edit'),
      request: { params, body: body(wire.TextInput) },
      responses: { 200: json(Vendor, 'The vendor'), ...problems },
    }),
    (c) => {
      const { text: wanted, ...rest } = c.req.valid('json')
      return change(c, { [given(c).text]: wanted }, rest)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: item, tags, summary: 'Take an own text away: what stands beneath is used again' },
      ...act(deps, 'templates.edit'),
      request: { params },
      responses: { 200: json(Vendor, 'The vendor'), ...problems },
    }),
    (c) => change(c, { [given(c).text]: null }, {}),
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${item}/history`, tags, summary: 'Who changed the own text when' },
      ...act(deps, 'records.read'),
      request: { params },
      responses: { 200: json(History.openapi('TemplateHistory'), 'Newest last'), ...pathProblems },
    }),
    async (c) => {
      const of = await whose(c)
      const { vendor, text: file } = given(c)
      const key = { kind: 'template' as const, id: `${vendor}/${file}` }
      const found = await findOn(database.db, await shelfOf(database.db, of, c.var.standing), key.kind, key.id)
      const changes = await historyOf(database.db, of, key, found?.record)
      // A text that nobody has changed has an empty history; one that nobody knows is not there.
      if (found === undefined && changes.length === 0) (await vendors.texts(of, c.var.standing)).get(vendor, file)
      return c.json({ changes }, 200)
    },
  )
}
