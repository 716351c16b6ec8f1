import { z } from 'zod'
import { compilePattern, patternProblem } from './pattern.ts'
import type { ActionForm, CallForm, ResyncForm, ResyncForms } from './resync-form.ts'

// The part `resync` of a vendor.yaml: its shape, and what the program makes of it.

const pattern = z.string().superRefine((source, context) => {
  const problem = patternProblem(source)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const notify = z.strictObject({
  event: z.string(),
  contentType: z.string().optional(),
  body: z.string().optional(),
  reboots: z.boolean(),
})

const call = {
  name: z.string().min(1).max(60),
  method: z.enum(['GET', 'POST']).default('GET'),
  path: z.string().regex(/^\/[\x21-\x7e]*$/, 'expected a path that begins with a slash'),
  contentType: z.string().optional(),
  body: z.string().optional(),
  scheme: z.enum(['http', 'https']).optional(),
  port: z.int().min(1).max(65_535).optional(),
  user: z.string().default('admin'),
  secret: z.string().default('adminPassword'),
  basic: z.boolean().default(false),
  when: z.string().optional(),
  needs: z.array(z.string().min(1)).default([]),
}

const settingNames = z
  .array(z.string().regex(/^(\*|[A-Za-z0-9][A-Za-z0-9.]*(\.\*)?)$/, 'expected a setting like timezone or vlan.*'))
  .default([])

/** `resync` of `templates/<vendor>/vendor.yaml`. */
export const resyncSchema = z
  .strictObject({
    reload: notify.optional(),
    reboot: notify.optional(),
    ways: z
      .array(z.enum(['notify', 'http', 'schedule']))
      .default(['notify', 'http', 'schedule'])
      .refine((ways) => new Set(ways).size === ways.length, 'a way is listed twice'),
    sip: z
      .strictObject({ port: z.int().min(1).max(65_535).default(5060), step: z.int().min(0).max(100).default(0) })
      .prefault({}),
    postpones: z.boolean().default(false),
    seconds: z.int().min(10).max(3_600).default(300),
    http: z
      .array(
        z.strictObject({
          ...call,
          does: z.enum(['reload', 'reboot']),
          accept: pattern.optional(),
          busy: pattern.optional(),
          postpones: z.boolean().default(false),
        }),
      )
      .default([]),
    idle: z.strictObject({ ...call, idle: pattern, busy: pattern }).optional(),
    schedule: z.array(z.enum(['interval', 'window'])).default(['interval', 'window']),
    restart: z.strictObject({ needed: settingNames, unneeded: settingNames }).prefault({}),
  })
  .prefault({})

export type ResyncInput = z.infer<typeof resyncSchema>

/** The names of conditions that it uses, each with where it stands. */
export function conditionsOf(
  given: ResyncInput,
): readonly { readonly path: (string | number)[]; readonly name: string }[] {
  const http = given.http.flatMap(({ when }, i) =>
    when === undefined ? [] : [{ path: ['resync', 'http', i, 'when'], name: when }],
  )
  const idle = given.idle?.when === undefined ? [] : [{ path: ['resync', 'idle', 'when'], name: given.idle.when }]
  return [...http, ...idle]
}

export function compileResync(given: ResyncInput): ResyncForms {
  const { reload, reboot, idle, http, ways, sip, postpones, seconds, schedule, restart } = given
  return {
    ...{ ways, sip, postpones, seconds, schedule, restart },
    ...(reload && { reload: compileNotify(reload) }),
    ...(reboot && { reboot: compileNotify(reboot) }),
    http: http.map(
      (action): ActionForm => ({
        ...compileCall(action),
        does: action.does,
        postpones: action.postpones,
        ...(action.accept !== undefined && { accept: compilePattern(action.accept) }),
        ...(action.busy !== undefined && { busy: compilePattern(action.busy) }),
      }),
    ),
    ...(idle && {
      idle: { ...compileCall(idle), idle: compilePattern(idle.idle), busy: compilePattern(idle.busy) },
    }),
  }
}

function compileNotify(given: NonNullable<ResyncInput['reload']>): ResyncForm {
  return {
    event: given.event,
    reboots: given.reboots,
    ...(given.contentType !== undefined && { contentType: given.contentType }),
    ...(given.body !== undefined && { body: given.body }),
  }
}

function compileCall(given: NonNullable<ResyncInput['idle']> | ResyncInput['http'][number]): CallForm {
  const { name, method, path, user, secret, basic, needs } = given
  return {
    ...{ name, method, path, user, secret, basic, needs },
    ...(given.contentType !== undefined && { contentType: given.contentType }),
    ...(given.body !== undefined && { body: given.body }),
    ...(given.scheme !== undefined && { scheme: given.scheme }),
    ...(given.port !== undefined && { port: given.port }),
    ...(given.when !== undefined && { when: given.when }),
  }
}
