import { createRoute, z } from '@hono/zod-openapi'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { formatMac } from '../core/mac.ts'
import type { Bag } from '../core/merge-patch.ts'
import type { ExchangeFormat, Person } from '../directory/contract.ts'
import type { AdminDeps } from './contract.ts'
import { bagOf, baseOf } from './edit.ts'
import { patchedPerson, personRow, personView, replacedPerson } from './edit-person.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, makeRouter, problems, read, viaOf } from './route.ts'
import { ChangeView } from './schema.ts'
import * as wire from './schema-directory.ts'
import { changeView } from './views.ts'

const tags = ['People']
const MAX_PAGE = 1000
const params = z.object({ id: wire.PersonId })
const format = z.enum(['csv', 'vcard'])

/** People: list, edit, import and export; the phone book in each vendor's form. */
export function directoryRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { people, exchange, preview } = deps.directory
  const tag = (person: Person) => ({ etag: `"${person.rev}"` })
  const personOrThrow = (id: string): Person => {
    const person = people.get(id)
    if (person === undefined) throw new NotFoundError(`no person ${JSON.stringify(id)}`)
    return person
  }
  const store = (id: string, request: Request, given: Bag, input: Bag, by: string): Person => {
    const base = baseOf(request.headers, given)
    const now = people.get(id)?.rev ?? 0
    // The input was made from what is stored now: an edit of another revision must not slip in between.
    if (base.base !== undefined && base.base !== now)
      throw new ConflictError(`person ${id} is at revision ${now}, not ${base.base}`)
    return people.put(id, input, { by, ...(now > 0 ? { base: now } : base) })
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/people',
      tags,
      summary: 'People and contacts by name, a page of them; `search` finds in names and numbers',
      request: {
        query: z.object({
          search: z.string().max(200).optional(),
          offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
          limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
        }),
      },
      responses: { 200: json(wire.PeoplePage, 'The page'), ...problems },
    }),
    (c) => {
      const { search, offset, limit } = c.req.valid('query')
      const found = deps.directory.find(search)
      const devices = new Map<string, string[]>()
      for (const { mac, person } of deps.devices.list())
        if (person !== undefined) devices.set(person, [...(devices.get(person) ?? []), formatMac(mac)])
      const page = found.slice(offset, offset + limit).map((person) => personRow(person, devices))
      return c.json({ people: page, total: found.length, offset }, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/people',
      tags,
      summary: 'Add a person or contact; the id is made here',
      request: { body: body(wire.PersonInput) },
      responses: { 201: json(wire.PersonView, 'Added; ETag is its revision'), ...problems },
    }),
    (c) => {
      const input = replacedPerson(undefined, bagOf(c.req.valid('json')))
      const person = people.put(deps.directory.newId(), input, { by: actorOf(c.req.raw, viaOf(c)), base: 0 })
      return c.json(personView(person), 201, tag(person))
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/people/import',
      tags,
      summary: 'Import people from CSV or vCard: all or none. `dryRun=1` (the default) only says what would be done',
      request: {
        query: z.object({ dryRun: z.enum(['0', '1']).default('1') }),
        body: {
          required: true,
          content: { 'text/csv': { schema: z.string() }, 'text/vcard': { schema: z.string() } },
        },
      },
      responses: {
        200: json(wire.PeopleImport, 'What was, or would be, done'),
        422: json(wire.PeopleImport, 'Nothing was done: rows have faults'),
        ...problems,
      },
    }),
    async (c) => {
      const text = await c.req.text()
      const form: ExchangeFormat = /vcard|directory/i.test(c.req.header('content-type') ?? '') ? 'vcard' : 'csv'
      const { items, rows, faults } = exchange.read(form, text)
      const dry = c.req.valid('query').dryRun === '1'
      const told = { rows: [...rows], faults: [...faults] }
      if (faults.length > 0) return c.json({ applied: false, ...told }, dry ? 200 : 422)
      if (!dry) people.putMany(items, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json({ applied: !dry, ...told }, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/people/export',
      tags,
      summary: 'Everybody as CSV or vCard, without secrets',
      request: { query: z.object({ format: format.default('csv'), version: z.enum(['3.0', '4.0']).default('4.0') }) },
      responses: {
        200: { description: 'The file', content: { 'text/csv': {}, 'text/vcard': {} } },
        ...problems,
      },
    }),
    (c) => {
      const { format: form, version } = c.req.valid('query')
      const [type, name] = form === 'csv' ? ['text/csv', 'people.csv'] : ['text/vcard', 'people.vcf']
      return c.body(exchange.write(form, { version }), 200, {
        'content-type': `${type}; charset=utf-8`,
        'content-disposition': `attachment; filename="${name}"`,
      })
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/people/{id}',
      tags,
      summary: 'One person, the secret of the line left out',
      request: { params },
      responses: { 200: json(wire.PersonView, 'The person; ETag is its revision'), ...problems },
    }),
    (c) => {
      const person = personOrThrow(c.req.valid('param').id)
      return c.json(personView(person), 200, tag(person))
    },
  )

  app.openapi(
    createRoute({
      method: 'put',
      path: '/people/{id}',
      tags,
      summary: 'Create or replace a person. A secret that is not mentioned stays',
      request: { params, body: body(wire.PersonInput) },
      responses: { 200: json(wire.PersonView, 'Replaced'), 201: json(wire.PersonView, 'Created'), ...problems },
    }),
    (c) => {
      const { id } = c.req.valid('param')
      const given = bagOf(c.req.valid('json'))
      const before = people.get(id)
      const person = store(id, c.req.raw, given, replacedPerson(before, given), actorOf(c.req.raw, viaOf(c)))
      return c.json(personView(person), before === undefined ? 201 : 200, tag(person))
    },
  )

  app.openapi(
    createRoute({
      method: 'patch',
      path: '/people/{id}',
      tags,
      summary: 'Change some fields of a person (JSON merge patch, RFC 7396)',
      request: { params, body: body(wire.PersonInput) },
      responses: { 200: json(wire.PersonView, 'Changed'), ...problems },
    }),
    (c) => {
      const before = personOrThrow(c.req.valid('param').id)
      const given = bagOf(c.req.valid('json'))
      const person = store(before.id, c.req.raw, given, patchedPerson(before, given), actorOf(c.req.raw, viaOf(c)))
      return c.json(personView(person), 200, tag(person))
    },
  )

  app.openapi(
    createRoute({
      method: 'delete',
      path: '/people/{id}',
      tags,
      summary: 'Remove a person',
      request: { params },
      responses: { 204: { description: 'Removed' }, ...problems },
    }),
    (c) => {
      const { id } = personOrThrow(c.req.valid('param').id)
      people.remove(id, { by: actorOf(c.req.raw, viaOf(c)), ...baseOf(c.req.raw.headers) })
      return c.body(null, 204)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/people/{id}/history',
      tags,
      summary: 'Who changed which fields when',
      request: { params },
      responses: { 200: json(z.object({ changes: z.array(ChangeView) }), 'Newest last'), ...problems },
    }),
    (c) => c.json({ changes: deps.records.history('person', c.req.valid('param').id).map(changeView) }, 200),
  )

  app.openapi(
    read('/phone-book', 'People', 'The vendors that have a phone book, and its documents', wire.BookDocuments),
    (c) => c.json({ vendors: preview.documents().map((one) => ({ ...one, documents: [...one.documents] })) }, 200),
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/phone-book/{vendor}/{document}',
      tags,
      summary: 'The phone book as phones of a vendor get it; `query` is what stands behind `?` in their URL',
      request: {
        params: z.object({ vendor: z.string().max(40), document: z.string().max(100) }),
        query: z.object({ query: z.string().max(1024).optional() }),
      },
      responses: { 200: json(wire.BookDocument, 'The document'), ...problems },
    }),
    (c) => {
      const { vendor, document } = c.req.valid('param')
      const { bytes, ...made } = preview.render(vendor, document, c.req.valid('query').query)
      return c.json({ ...made, size: bytes.length, text: new TextDecoder().decode(bytes) }, 200)
    },
  )
  return app
}
