import { z } from '@hono/zod-openapi'
import { Email, Name, TimeZone } from '../api/schema.ts'
import { EVERY } from './policy-period.ts'

const time = z.number().int().openapi({ description: 'milliseconds since 1970' })
const count = z.number().int()
const sites = z
  .array(z.string().min(1).max(100))
  .max(500)
  .default([])
  .openapi({ description: 'which sites; none named: all' })

const PhoneCounts = z.object({
  all: count,
  configured: count,
  trouble: count,
  underWay: count,
  neverSeen: count,
  pending: count.openapi({ description: 'not fetched yet what is wanted now' }),
  unknown: count.openapi({ description: 'seen at the site, without a record' }),
})

export const FleetReport = z
  .object({
    account: z.object({ id: z.string(), name: z.string() }),
    name: z.string(),
    timeZone: z.string(),
    from: time,
    until: time,
    madeAt: time,
    totals: PhoneCounts.extend({ sites: count, offlineBoxes: count, alertsOpened: count, alertsOpen: count }),
    sites: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        box: z.enum(['online', 'offline', 'never heard', 'none']),
        boxSeenAt: time.nullable(),
        boxVersion: z.string().nullable(),
        phones: PhoneCounts,
        alerts: z.array(z.object({ kind: z.string(), title: z.string(), opened: count, open: count })),
      }),
    ),
    firmware: z.array(z.object({ vendor: z.string(), model: z.string(), firmware: z.string(), phones: count })),
  })
  .openapi('FleetReport')
export const ReportInput = z.strictObject({
  name: Name.default('Report'),
  sites,
  days: z.number().int().min(1).max(400).default(30).openapi({ description: 'alerts of so many days' }),
})
export const ReportMade = z.object({ id: z.string(), report: FleetReport }).openapi('ReportMade')
export const ReportList = z.object({
  reports: z.array(
    z
      .object({
        id: z.string(),
        name: z.string(),
        scheduleId: z.string().nullable(),
        from: time,
        until: time,
        madeAt: time,
      })
      .openapi('ReportEntry'),
  ),
})

const fields = {
  name: Name,
  every: z.enum(EVERY),
  hour: z.number().int().min(0).max(23).default(6),
  timeZone: TimeZone.optional().openapi({ description: 'absent: the one that most sites are in' }),
  recipients: z.array(Email).min(1).max(20),
  sites,
  enabled: z.boolean().default(true),
}
export const ScheduleInput = z.strictObject(fields)
export const ScheduleEdit = z.strictObject({ rev: count, ...fields })
export const ScheduleView = z
  .object({
    id: z.string(),
    name: z.string(),
    every: z.enum(EVERY),
    hour: count,
    timeZone: z.string(),
    recipients: z.array(z.string()),
    sites: z.array(z.string()),
    enabled: z.boolean(),
    nextAt: time,
    rev: count,
  })
  .openapi('ReportSchedule')
export const ScheduleList = z.object({ schedules: z.array(ScheduleView) })
