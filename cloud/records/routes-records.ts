import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { baseOf } from '../../services/admin/edit.ts'
import { body, json } from '../../services/admin/route.ts'
import { ErrorBody } from '../../services/admin/schema.ts'
import { ConflictError, NotFoundError } from '../../services/core/errors.ts'
import type { Bag } from '../../services/core/merge-patch.ts'
import { type Action, decide } from '../accounts/policy.ts'
import { StaleError } from '../api/errors.ts'
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
import { boxFactsOf, pulledOf } from './box-facts.ts'
import { makeDesk } from './desk.ts'
import { accountSecrets, unopened } from './drafts.ts'
import { type Face, type RecordKey, unshared } from './face.ts'
import { historyOf, targetOf } from './history.ts'
import { type Found, findOn, listOn, placeOf, revOf, type Shelf, shelfOf } from './shelf.ts'
import { changedFields, writeRecords } from './write.ts'

/** Where a face is shown: at a site, or as what an account shares. */
export interface Room {
  /** Before the face's path. */
  readonly base: string
  readonly atSite: boolean
  readonly edit: Action
}

const SITE: Room = { base: '/accounts/{account}/sites/{site}', atSite: true, edit: 'records.edit' }
const NETWORK: Room = { ...SITE, edit: 'networks.edit' }
const ACCOUNT: Room = { base: '/accounts/{account}', atSite: false, edit: 'defaults.edit' }
export const ROOMS = { site: SITE, network: NETWORK, account: ACCOUNT } as const

const siteParams = accountParams.extend({ site: idParam('site') })

/** What is told of a record beside the shape that it has at the box. */
const kept = {
  shared: z.boolean().openapi({ description: 'It is what the account shares; this site has none of its own' }),
  updatedBy: z.string(),
  updatedAt: z.number(),
}
const Changed = z
  .object({
    changes: z.array(z.object({ at: z.number(), by: z.string(), action: z.string(), fields: z.array(z.string()) })),
  })
  .openapi('RecordHistory')
const stale = json(
  ErrorBody.extend({ current: z.unknown().optional().openapi({ description: 'What stands now' }) }).openapi('Stale'),
  'Changed since the revision in `rev` or If-Match',
)

/** Routes for one kind of record: list, look, replace, change, take away, history. */
export function recordRoutes(app: CloudRouter, deps: CloudDeps, face: Face, room: Room): void {
  const { database, boxes, definitions, clock } = deps
  const place = room.atSite ? siteParams : accountParams
  const list = `${room.base}${face.path}`
  const item = `${list}${face.item}`
  const tags = [face.tag]
  const View = face.view.extend(kept)
  const params = place.extend(face.params.shape)
  const pathOf = (c: Context<Env>) => c.req.param() as unknown as { account: string; site?: string } & Bag

  async function shelf(c: Context<Env>): Promise<Shelf> {
    const { account, site } = pathOf(c)
    if (site !== undefined) await deps.sites.get(account, site, c.var.standing)
    return shelfOf(database.db, { account, ...(site !== undefined && { site }) }, c.var.standing)
  }

  const mayEdit = (c: Context<Env>) => decide(c.var.standing, room.edit).allowed
  const unreadable = () => deps.counters.add('sync.unreadable-report')

  function shown(found: Found, open: boolean, pulled?: number): Bag | undefined {
    const { record, shared } = found
    const desk = makeDesk([record], { secrets: unopened, definitions, now: clock.now() })
    const view = face.show(desk, { kind: record.kind, id: record.id } as RecordKey)
    if (view === undefined) return undefined
    const { updatedBy, updatedAt, seq } = record
    return {
      ...(open || face.hide === undefined ? view : face.hide(view)),
      ...{ rev: revOf(found), shared: shared && room.atSite, updatedBy, updatedAt },
      ...(face.beside && { reached: updatedBy.startsWith('box:') || (pulled !== undefined && seq <= pulled) }),
    }
  }

  const pulledOn = (on: Shelf) => (face.beside ? pulledOf(database.db, on.own) : undefined)

  async function look(c: Context<Env>, on: Shelf, { kind, id }: RecordKey): Promise<Bag> {
    const found = await findOn(database.db, on, kind, id)
    const view = found && shown(found, mayEdit(c), await pulledOn(on))
    if (view === undefined) throw new NotFoundError(`there is no such ${face.noun}`)
    return view
  }

  /** Refuses an edit of another revision, with what stands. */
  function checkBase(c: Context<Env>, given: Bag, found: Found | undefined): void {
    const { base } = baseOf(c.req.raw.headers, given)
    const rev = found === undefined ? 0 : revOf(found)
    if (base !== undefined && base !== rev)
      throw new StaleError(`the ${face.noun} is at revision ${rev}, not ${base}`, found && shown(found, mayEdit(c)))
  }

  async function edit(
    c: Context<Env>,
    given: Bag,
    how: 'replace' | 'patch',
    key = face.keyOf(pathOf(c)),
  ): Promise<{ view: Bag; created: boolean }> {
    const path = pathOf(c)
    const on = await shelf(c)
    const found = await findOn(database.db, on, key.kind, key.id)
    if (found === undefined && how === 'patch') throw new NotFoundError(`there is no such ${face.noun}`)
    checkBase(c, given, found)
    const { feed, before } = placeOf(on, key.kind, found)
    const caller = callerOf(c)
    const secrets = accountSecrets(await boxes.keys.of(path.account))
    // What the account shares is what an override at the site is made from: its secrets stay too.
    const known = await deps.vendors.known(path.account, on, [given.vendor, found?.record.body.vendor])
    const all = face.beside ? await listOn(database.db, on, key.kind) : found === undefined ? [] : [found]
    const rows = all.map(({ record }) => record)
    const box = face.beside && (await boxFactsOf(database.db, on.own, unreadable))
    const desk = makeDesk(rows, { secrets, definitions: known, now: clock.now(), ...(box && { box }) })
    face[how](desk, key, unshared(given), caller.actor)
    const [draft] = desk.records.drafts()
    if (draft?.body !== undefined)
      await store(on, { feed, ...key, body: draft.body, before }, found, async () => {
        const fields = changedFields(found?.record.body, draft.body)
        const note = { accountId: path.account, action: 'record.edit', target: targetOf(path, key), detail: { fields } }
        return { caller, audit: [note] }
      })
    return { view: await look(c, on, key), created: found === undefined }
  }

  async function store(
    on: Shelf,
    change: Parameters<typeof writeRecords>[1][number],
    found: Found | undefined,
    said: () => Promise<Parameters<typeof writeRecords>[2]>,
  ): Promise<void> {
    try {
      await writeRecords(deps, [change], await said())
    } catch (thrown) {
      if (!(thrown instanceof ConflictError)) throw thrown
      const now = await findOn(database.db, on, change.kind, found?.record.id ?? change.id)
      throw new StaleError(thrown.message, now && shown(now, true))
    }
  }

  app.openapi(
    createRoute({
      ...{ method: 'get', path: list, tags, summary: `Every ${face.noun} that is in force` },
      ...act(deps, 'records.read'),
      request: { params: place.extend(face.listParams.shape) },
      responses: {
        200: json(z.object({ [face.list]: z.array(View) }), 'The list'),
        ...pathProblems,
        400: problems[400],
      },
    }),
    async (c) => {
      const on = await shelf(c)
      const [found, pulled] = await Promise.all([listOn(database.db, on, face.kindOf(pathOf(c))), pulledOn(on)])
      const open = mayEdit(c)
      return c.json({ [face.list]: found.flatMap((one) => shown(one, open, pulled) ?? []) } as never, 200)
    },
  )
  const { newId } = face
  if (newId !== undefined)
    app.openapi(
      createRoute({
        ...{ method: 'post', path: list, tags, summary: `Add a ${face.noun}; the id is made here` },
        ...act(deps, room.edit),
        request: { params: place, body: body(face.input) },
        responses: { 201: json(View, 'Added; ETag is its revision'), ...problems },
      }),
      async (c) => {
        const given = c.req.valid('json') as Bag
        const others = face.beside ? await listOn(database.db, await shelf(c), face.kindOf(pathOf(c))) : []
        const taken = new Set(others.map(({ record }) => record.id))
        const key = face.keyOf({ ...pathOf(c), ...newId(given, taken) })
        const { view } = await edit(c, { ...given, rev: 0 }, 'replace', key)
        return c.json(view as never, 201, tag(view))
      },
    )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: item, tags, summary: `One ${face.noun}, its secrets left out` },
      ...act(deps, 'records.read'),
      request: { params },
      responses: { 200: json(View, 'ETag is its revision'), ...pathProblems, 400: problems[400] },
    }),
    async (c) => {
      const view = await look(c, await shelf(c), face.keyOf(pathOf(c)))
      return c.json(view as never, 200, tag(view))
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'put', path: item, tags, summary: `Create or replace a ${face.noun}. Secrets not mentioned stay` },
      ...act(deps, room.edit),
      request: { params, body: body(face.input) },
      responses: { 200: json(View, 'Replaced'), 201: json(View, 'Created'), ...problems, 409: stale },
    }),
    async (c) => {
      const { view, created } = await edit(c, c.req.valid('json') as Bag, 'replace')
      return c.json(view as never, created ? 201 : 200, tag(view))
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'patch', path: item, tags, summary: `Change some fields of a ${face.noun} (RFC 7396)` },
      ...act(deps, room.edit),
      request: { params, body: body(face.input) },
      responses: { 200: json(View, 'Changed'), ...problems, 409: stale },
    }),
    async (c) => {
      const { view } = await edit(c, c.req.valid('json') as Bag, 'patch')
      return c.json(view as never, 200, tag(view))
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'delete', path: item, tags, summary: `Take a ${face.noun} away` },
      ...act(deps, room.edit),
      request: { params },
      responses: { 204: { description: 'Gone' }, ...problems, 409: stale },
    }),
    async (c) => {
      const path = pathOf(c)
      const key = face.keyOf(path)
      const on = await shelf(c)
      const found = await findOn(database.db, on, key.kind, key.id)
      if (found === undefined) throw new NotFoundError(`there is no such ${face.noun}`)
      checkBase(c, {}, found)
      const { feed, before } = placeOf(on, key.kind, found)
      if (before === undefined)
        throw new ConflictError(
          `this ${face.noun} is what the account shares; take it away there, or give the site its own`,
        )
      const caller = callerOf(c)
      const note = { accountId: path.account, action: 'record.remove', target: targetOf(path, key) }
      await store(on, { feed, ...key, body: undefined, before }, found, async () => ({ caller, audit: [note] }))
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      ...{ method: 'get', path: `${item}/history`, tags, summary: 'Who changed which fields when' },
      ...act(deps, 'records.read'),
      request: { params },
      responses: { 200: json(Changed, 'Newest last'), ...pathProblems, 400: problems[400] },
    }),
    async (c) => {
      const path = pathOf(c)
      const key = face.keyOf(path)
      const found = await findOn(database.db, await shelf(c), key.kind, key.id)
      const changes = await historyOf(database.db, path, key, found?.record)
      if (found === undefined && changes.length === 0) throw new NotFoundError(`there is no such ${face.noun}`)
      return c.json({ changes }, 200)
    },
  )
}

function tag(view: Bag): { readonly etag: string } {
  return { etag: `"${String(view.rev)}"` }
}
