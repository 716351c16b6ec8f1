import { z } from 'zod'
import { windowProblem } from '../core/daily-window.ts'
import type { Preview, Schedule } from './contract.ts'

export const scheduleSchema: z.ZodType<Schedule> = z.strictObject({
  on: z.boolean(),
  at: z.string(),
  zone: z.string().max(100),
  keep: z.number().int().min(1).max(90),
  firmware: z.boolean(),
})

export const NO_SCHEDULE: Schedule = { on: false, at: '02:30', zone: 'UTC', keep: 7, firmware: false }

/** Why a schedule cannot be used, or undefined. */
export function scheduleProblem({ at, zone }: Schedule): string | undefined {
  return windowProblem({ from: at, to: at, zone })
}

/** What the box keeps of its backups: nothing in it is secret. */
export const settingsSchema = z.object({
  form: z.literal(1),
  recipient: z
    .object({ publicKey: z.string(), id: z.string(), madeAt: z.number(), confirmed: z.boolean() })
    .exactOptional(),
  schedule: scheduleSchema,
  /** When the schedule last had its turn, whether or not that went well. */
  lastTurn: z.number().exactOptional(),
})
export type BackupSettings = z.infer<typeof settingsSchema>

const server = z.string().max(50)
const addressSchema = z.object({
  ...{ address: server.exactOptional(), gateway: server.exactOptional(), interface: server.exactOptional() },
  ...{ dns: z.array(server).max(10), ntp: z.array(server).max(10), ports: z.array(server).max(100) },
})

export const previewSchema: z.ZodType<Preview> = z.object({
  ...{ devices: z.number(), networks: z.number(), people: z.number(), leases: z.number(), accounts: z.number() },
  ...{ files: z.number(), filesWithout: z.number() },
  account: z.string().exactOptional(),
  beside: z.array(z.string()),
  address: addressSchema.exactOptional(),
})

/** The first file of a backup: what its maker knew and nobody can find in the rest. */
export const manifestSchema = z.object({
  account: z.string().max(500).exactOptional(),
  address: addressSchema.exactOptional(),
})
export type Manifest = z.infer<typeof manifestSchema>
