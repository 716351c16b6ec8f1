import { createRoute, z } from '@hono/zod-openapi'
import { OperatorError } from '../core/errors.ts'
import { formatMac } from '../core/mac.ts'
import { readSpelledMac } from '../core/spelled-mac.ts'
import type { ImportPlan, Move, ReplacePlan, Scanned } from '../moves/contract.ts'
import type { AdminDeps } from './contract.ts'
import { InputError } from './errors.ts'
import { actorOf } from './guard.ts'
import { type AdminRouter, body, json, macParams, makeRouter, problems, read, viaOf } from './route.ts'
import * as wire from './schema-moves.ts'
import { maskSecrets, secretsOf } from './secrets.ts'
import { deviceView } from './views.ts'

const tags = ['Moves']
const dryRun = z.object({ dryRun: z.enum(['0', '1']).default('1') })
const text = z.string().max(200).optional()
const columnQuery = z
  .union([z.string().max(200), z.array(z.string().max(200)).max(200)])
  .optional()
  .openapi({ description: '`HEADING=FIELD` or `#3=FIELD`; an empty field leaves the column out.' })

/** Replacing phones and taking it back; lists from elsewhere; scanned labels. */
export function moveRoutes(deps: AdminDeps): AdminRouter {
  const app = makeRouter()
  const { moves, imports, scans } = deps.moving

  app.openapi(
    createRoute({
      method: 'post',
      path: '/devices/{mac}/replace',
      tags,
      summary: 'Put another phone in the place of this one. `dryRun=1` (the default) only shows what would come of it',
      request: { params: macParams, query: dryRun, body: body(wire.ReplaceInput) },
      responses: { 200: json(wire.ReplaceResult, 'What was, or would be, done'), ...problems },
    }),
    (c) => {
      const { to, ...given } = c.req.valid('json')
      const mac = readSpelledMac(to)
      if ('fault' in mac) throw new InputError(mac.fault, [{ path: 'to', message: mac.fault }])
      const { vendor, model, fromRev, toRev, old, overwrite } = given
      const request = {
        ...{ from: c.req.valid('param').mac, to: mac.mac, old, overwrite },
        ...(vendor !== undefined && { vendor }),
        ...(model !== undefined && { model }),
        ...(fromRev !== undefined && { fromRev }),
        ...(toRev !== undefined && { toRev }),
      }
      const plan = moves.preview(request)
      if (c.req.valid('query').dryRun === '1') return c.json({ applied: false, ...planView(deps, plan) }, 200)
      const shown = { ...request, fromRev: plan.fromRev, toRev: plan.toRev }
      const move = moves.replace(shown, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json({ applied: true, move: moveView(move), ...planView(deps, plan) }, 200)
    },
  )

  app.openapi(
    read(
      '/moves',
      'Moves',
      'Phones that took another one’s place, newest first',
      z.object({ moves: z.array(wire.MoveView) }),
    ),
    (c) => c.json({ moves: moves.list().map(moveView) }, 200),
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/moves/{id}/undo',
      tags,
      summary: 'Put both records back to what they were; refused when one of them was changed since',
      request: { params: z.object({ id: z.string().min(1).max(64) }) },
      responses: { 200: json(wire.MoveView, 'Undone'), ...problems },
    }),
    (c) => c.json(moveView(moves.undo(c.req.valid('param').id, { by: actorOf(c.req.raw, viaOf(c)) })), 200),
  )

  app.openapi(
    read(
      '/import/formats',
      'Moves',
      'The kinds of lists that can be read',
      z.object({ formats: z.array(wire.FormatView) }),
    ),
    (c) =>
      c.json(
        {
          formats: imports
            .formats()
            .map(({ sources, columns, ...format }) => ({ ...format, sources: [...sources], columns: [...columns] })),
        },
        200,
      ),
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/import/columns',
      tags,
      summary: 'What the columns of a list are taken for, with what their first rows say. Nothing is stored',
      request: {
        query: z.object({ format: text, column: columnQuery }),
        body: { required: true, content: { 'text/csv': { schema: z.string() } } },
      },
      responses: { 200: json(wire.SheetColumns, 'Every column in order'), ...problems },
    }),
    async (c) => {
      const { format, column } = c.req.valid('query')
      const { columns, ...sheet } = imports.columns(new Uint8Array(await c.req.arrayBuffer()), {
        ...(format !== undefined && { format }),
        columns: columnsOf(column),
      })
      return c.json({ ...sheet, columns: columns.map((one) => ({ ...one, samples: [...one.samples] })) }, 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/import/preview',
      tags,
      summary: 'Read a list of devices, extensions or people, and show what would come of each row. Nothing is stored',
      request: {
        query: z.object({
          format: text.openapi({ description: 'One of /import/formats; default: by the heading.' }),
          column: columnQuery,
          vendor: text,
          group: text,
          server: text,
        }),
        body: { required: true, content: { 'text/csv': { schema: z.string() } } },
      },
      responses: {
        200: json(wire.ImportPlan, 'What would be done; without `token` where rows have faults'),
        ...problems,
      },
    }),
    async (c) => {
      const { format, column, vendor, group, server } = c.req.valid('query')
      const plan = imports.preview(new Uint8Array(await c.req.arrayBuffer()), {
        ...(format !== undefined && { format }),
        columns: columnsOf(column),
        defaults: {
          ...(vendor !== undefined && { vendor }),
          ...(group !== undefined && { group }),
          ...(server !== undefined && { server }),
        },
      })
      return c.json(importView(plan, false), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/import/apply',
      tags,
      summary: 'Do what a preview showed: all or none, and only while the records are as they were then',
      request: { body: body(z.strictObject({ token: z.string().min(1).max(100) })) },
      responses: { 200: json(wire.ImportPlan, 'What was done'), ...problems },
    }),
    (c) => {
      const plan = imports.apply(c.req.valid('json').token, { by: actorOf(c.req.raw, viaOf(c)) })
      return c.json(importView(plan, true), 200)
    },
  )

  app.openapi(
    createRoute({
      method: 'post',
      path: '/scan',
      tags,
      summary: 'What a scanned label is about: a known device, a new one, or why it is neither',
      request: { body: body(z.strictObject({ text: z.string().max(4000) })) },
      responses: { 200: json(wire.Scanned, 'What it is'), ...problems },
    }),
    (c) => c.json(scannedView(scans.scan(c.req.valid('json').text)), 200),
  )
  return app
}

function moveView({ from, to, misfits, undone, ...move }: Move): wire.MoveView {
  return {
    ...move,
    ...{ from: formatMac(from), to: formatMac(to), misfits: misfits.map((misfit) => ({ ...misfit })) },
    ...(undone && { undone: { ...undone } }),
  }
}

/** What would be done, without any secret: the record's are left out, those in the file are masked. */
function planView(deps: AdminDeps, plan: ReplacePlan): Omit<wire.ReplaceResult, 'applied' | 'move'> {
  const { fromRev, toRev, device, effective, vendor, model, misfits, notes, file, problem } = plan
  const plain = <Value>(bag: Readonly<Record<string, { readonly value: Value }>>) =>
    Object.fromEntries(Object.entries(bag).map(([name, { value }]) => [name, value]))
  const secrets = secretsOf(device, plain(effective.settings), plain(effective.extra), deps.isSecret)
  return {
    ...{ fromRev, toRev, device: deviceView(device, deps.isSecret), notes: [...notes] },
    misfits: misfits.map((misfit) => ({ ...misfit })),
    ...(vendor !== undefined && { vendor }),
    ...(model !== undefined && { model }),
    ...(file && {
      file: {
        ...{ file: file.file, contentType: file.contentType, size: file.bytes.length, hash: file.hash, masked: true },
        text: maskSecrets(new TextDecoder().decode(file.bytes), secrets),
      },
    }),
    ...(problem !== undefined && { problem }),
  }
}

/** `HEADING=FIELD`; a heading may hold a `=`, a field holds none. */
function columnsOf(given: string | readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    (typeof given === 'string' ? [given] : given).map((one) => {
      const at = one.lastIndexOf('=')
      if (at <= 0) throw new OperatorError(`${JSON.stringify(one.slice(0, 60))} is not of the form HEADING=FIELD`)
      return [one.slice(0, at), one.slice(at + 1)]
    }),
  )
}

function importView(plan: ImportPlan, applied: boolean): wire.ImportPlanView {
  const { rows, skipped, ignored, faults, notes, token, format, title, encoding, delimiter } = plan
  const count = (action: string) => rows.filter((row) => row.action === action).length
  return {
    ...{ applied, format, title, encoding, delimiter, notes: [...notes] },
    ...(token !== undefined && { token }),
    counts: {
      ...{ create: count('create'), update: count('update'), unchanged: count('unchanged') },
      ...{ skipped: skipped.length, people: rows.filter(({ kind }) => kind === 'person').length },
    },
    rows: rows.map(({ changes, ...row }) => ({ ...row, changes: changes.map((change) => ({ ...change })) })),
    skipped: skipped.map((row) => ({ ...row })),
    ignored: ignored.map((column) => ({ ...column })),
    faults: faults.map((fault) => ({ ...fault })),
  }
}

function scannedView(scanned: Scanned): wire.ScannedView {
  return scanned.kind === 'unreadable' ? { ...scanned } : { ...scanned, mac: formatMac(scanned.mac) }
}
