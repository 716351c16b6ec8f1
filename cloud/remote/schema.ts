import { z } from '@hono/zod-openapi'
import { actSpec, lookSpec, pageWish } from '../../services/remote/schema.ts'

const time = z.number().int().openapi({ description: 'milliseconds since 1970' })
const bag = z.record(z.string(), z.unknown())
const key = z
  .string()
  .regex(/^[\w.-]{8,80}$/, 'a key has 8 to 80 letters, digits, dots and dashes')
  .exactOptional()
  .openapi({ description: 'The same key again gives the job that it made, and asks nobody twice' })
const waitSeconds = z
  .number()
  .int()
  .min(10)
  .max(86_400)
  .exactOptional()
  .openapi({ description: 'How long it may wait for the box; by default two or ten minutes' })

const options = { key, waitSeconds }
export const LookInput = z.strictObject({ job: lookSpec, ...options }).openapi('LookJob')
export const ActInput = z.strictObject({ job: actSpec, ...options }).openapi('ActJob')
export const PageInput = pageWish.openapi('PhonePageWish')

export const JobView = z
  .object({
    id: z.string(),
    kind: z.string(),
    job: bag,
    state: z.enum(['waiting', 'taken', 'done', 'failed', 'expired']),
    by: z.string(),
    createdAt: time,
    expiresAt: time,
    takenAt: time.nullable(),
    endedAt: time.nullable(),
    progress: z.number().openapi({ description: '0 to 100' }),
    text: z.string().openapi({ description: 'What came of it, in one line' }),
    result: bag.nullable().openapi({ description: 'Kept for a week' }),
  })
  .openapi('RemoteJob')
export const JobList = z.object({ jobs: z.array(JobView) })
export const JobQuery = z.object({
  wait: z.coerce.number().min(0).max(25).default(0).openapi({ description: 'Seconds to wait for the end of the job' }),
})

export const RemoteView = z
  .object({
    phonePages: z.boolean().openapi({ description: 'Whether this site lets phones’ pages be opened' }),
    configured: z.boolean().openapi({ description: 'Whether this installation has a name to show them at' }),
    box: z.string().nullable(),
  })
  .openapi('SiteRemote')
export const RemoteInput = z.strictObject({ phonePages: z.boolean() })

export const PageView = z
  .object({
    id: z.string(),
    mac: z.string(),
    jobId: z.string(),
    by: z.string(),
    createdAt: time,
    endsAt: time,
    closedAt: time.nullable(),
  })
  .openapi('PhonePage')
export const PageList = z.object({ pages: z.array(PageView) })
export const PageOpened = z
  .object({
    page: PageView,
    url: z.string().openapi({ description: 'Opens it in one browser, once, within two minutes' }),
  })
  .openapi('PhonePageOpened')
