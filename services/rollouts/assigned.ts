import { z } from 'zod'
import { WEEKDAYS } from '../core/daily-window.ts'

// What an account wants rolled out at one box, and what the box says of it. Both sides check what they read.

const text = (most: number) => z.string().max(most)
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day like 22:00')
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal')

export const rolloutWindow = z.strictObject({
  from: clockTime,
  to: clockTime,
  days: z.array(z.enum(WEEKDAYS)).min(1).max(7).exactOptional(),
})

/** How a box goes about its phones; what is left out is as for a rollout of its own. */
export const rolloutPace = z.strictObject({
  atOnce: z.number().int().min(1).max(1000).exactOptional(),
  canaries: z.number().int().min(0).max(1000).exactOptional(),
  soakMinutes: z.number().int().min(0).max(10_080).exactOptional(),
  stopAfter: z.number().int().min(1).max(1000).exactOptional(),
  deadlineMinutes: z.number().int().min(1).max(1440).exactOptional(),
  attempts: z.number().int().min(1).max(10).exactOptional(),
  busy: z.enum(['wait', 'go']).exactOptional(),
})

/** `yealink` or `yealink/T46U`. */
export const modelPattern = z
  .string()
  .regex(/^[a-z0-9-]{1,40}(\/[\w .+()-]{1,40})?$/i, 'expected vendor or vendor/model')

/**
 * The body of a record of kind `rollout`, whose id is the rollout's: what the account wants at this box. It is a wish, not a
 * command: the box makes what it does agree with it, however often it reads it. Another `attempt` is another try.
 */
export const assignedRollout = z.object({
  name: text(120).min(1),
  by: text(200),
  what: z.enum(['firmware', 'system']),
  /** `cancel`: lets no further phone go; also when the record is gone. */
  state: z.enum(['run', 'pause', 'cancel']),
  attempt: z.number().int().min(1).max(1_000_000),
  /** Of firmware: as it is called among the files of the box. */
  file: text(255).min(1),
  sha256,
  size: z.number().int().min(1),
  version: text(40).min(1),
  /** Empty: every phone that the file is for. */
  models: z.array(modelPattern).max(50),
  window: rolloutWindow.exactOptional(),
  /** Of the window; absent: that of the box. */
  zone: text(60).exactOptional(),
  pace: rolloutPace,
  rate: z.number().int().min(1024).exactOptional(),
})
export type AssignedRollout = z.infer<typeof assignedRollout>

export const ROLLOUT_STATES = [
  ...(['waiting', 'downloading', 'running', 'paused', 'stopped'] as const),
  ...(['done', 'refused', 'cancelled'] as const),
] as const
const PHONE_STATES = ['waiting', 'updating', 'done', 'already', 'failed', 'refused', 'skipped'] as const
const count = z.number().int().min(0).max(1_000_000)

/** Phones of one report at most: it has to fit into a message. */
export const MOST_PHONES = 1_000

/** Status `rollout`, by the rollout's id: how far this box is with what the account wants. */
export const rolloutStatus = z.object({
  attempt: z.number().int().min(0),
  /** `stopped`: too many failed here, nobody else is let go; `refused`: this box cannot do it, or the branch does not let it. */
  state: z.enum(ROLLOUT_STATES),
  text: text(500),
  counts: z.object({
    ...{ waiting: count, updating: count, done: count, already: count, failed: count, refused: count, skipped: count },
  }),
  phones: z
    .array(
      z.object({
        mac: text(17),
        state: z.enum(PHONE_STATES),
        before: text(80).exactOptional(),
        reason: text(300).exactOptional(),
      }),
    )
    .max(MOST_PHONES),
})
export type RolloutStatusReport = z.infer<typeof rolloutStatus>
