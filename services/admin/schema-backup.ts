import { z } from '@hono/zod-openapi'

// The words of backups, restoring and the factory reset; times in milliseconds since 1970 as everywhere in the API.

export const ScheduleView = z
  .strictObject({
    on: z.boolean(),
    at: z.string().openapi({ example: '02:30' }),
    zone: z.string().max(100).openapi({ example: 'Europe/Berlin' }),
    keep: z.number().int().min(1).max(90).openapi({ description: 'So many that the schedule made stay in the box' }),
    firmware: z.boolean().openapi({ description: 'Whether the content of firmware files is in it' }),
  })
  .openapi('BackupSchedule')

const inClear = {
  box: z.string().openapi({ description: 'The name of the machine that made it' }),
  version: z.string(),
  at: z.number(),
  content: z.enum(['all', 'without-firmware']),
}

export const StoredBackupView = z
  .object({
    name: z.string(),
    place: z.enum(['box', 'stick']),
    size: z.number().int(),
    ...inClear,
    ours: z.boolean().openapi({ description: 'The recovery key that is set here opens it' }),
  })
  .openapi('StoredBackup')
export type StoredBackupView = z.infer<typeof StoredBackupView>

export const BackupsView = z
  .object({
    key: z
      .object({ id: z.string(), madeAt: z.number(), confirmed: z.boolean() })
      .optional()
      .openapi({ description: 'The recovery key; only its public part is in the box' }),
    schedule: ScheduleView,
    nextAt: z.number().optional(),
    job: z.object({
      phase: z.enum(['idle', 'running', 'failed']),
      percent: z.number().int().min(0).max(100),
      message: z.string().optional().openapi({ description: 'The file that was made, or why none was' }),
    }),
    backups: z.array(StoredBackupView),
    free: z.number().openapi({ description: 'Bytes that are free' }),
    stick: z.boolean().optional().openapi({ description: 'A stick is plugged in; absent where nothing looks for one' }),
  })
  .openapi('Backups')
export type BackupsView = z.infer<typeof BackupsView>

export const NewKeyView = z
  .object({ key: z.string().openapi({ description: 'Shown this once' }), id: z.string() })
  .openapi('RecoveryKey')
export type NewKeyView = z.infer<typeof NewKeyView>

export const KeyInput = z.object({ key: z.string().max(200) }).openapi('RecoveryKeyInput')

const preview = z.object({
  ...{ devices: z.number(), networks: z.number(), people: z.number(), leases: z.number(), accounts: z.number() },
  files: z.number(),
  filesWithout: z.number().openapi({ description: 'Files whose content was left out of the backup' }),
  account: z.string().optional().openapi({ description: 'The central account that the box belonged to' }),
  beside: z.array(z.string()).openapi({ description: 'Files that a person puts in place: they come into `restored`' }),
})

const servers = z.array(z.string()).readonly()
const address = z.object({
  address: z.string().optional().openapi({ description: 'With the length of its prefix; left out: by DHCP' }),
  ...{ gateway: z.string().optional(), dns: servers, ntp: servers },
  interface: z.string().optional().openapi({ description: 'The only one that is used; left out: each' }),
  suggested: z.boolean().openapi({ description: 'It is taken unless somebody says otherwise' }),
  obstacle: z.string().optional().openapi({ description: 'Why it cannot be taken here; absent: it can' }),
})

export const RestoreApply = z
  .strictObject({
    address: z
      .boolean()
      .optional()
      .openapi({ description: 'Whether with the address of the backup; left out: as suggested' }),
  })
  .openapi('RestoreApply')

export const RestoreView = z
  .object({
    phase: z.enum(['none', 'receiving', 'received', 'checking', 'ready', 'restarting']),
    percent: z.number().int().min(0).max(100),
    message: z.string().optional().openapi({ description: 'Why it was refused' }),
    head: z
      .object({ ...inClear, size: z.number(), database: z.number(), readable: z.number(), keyId: z.string() })
      .optional()
      .openapi({ description: 'What stands in clear in the file that is here' }),
    preview: preview.optional().openapi({ description: 'What it would bring, once all of it was checked' }),
    address: address
      .optional()
      .openapi({ description: 'How the other machine had its own address; absent: as here, or nobody had set it' }),
    outcome: z
      .object({
        kind: z.enum(['restored', 'taken-back']),
        ...{ at: z.number(), box: z.string(), madeAt: z.number(), reason: z.string().optional() },
      })
      .optional()
      .openapi({ description: 'What came of the last restore' }),
    unsupported: z.string().optional(),
  })
  .openapi('Restore')
export type RestoreView = z.infer<typeof RestoreView>

export const ResetView = z
  .object({
    ...{ devices: z.number(), networks: z.number(), people: z.number(), files: z.number(), accounts: z.number() },
    account: z.string().optional().openapi({ description: 'This central account is not told and keeps the box' }),
    kind: z.enum(['disk', 'folder']),
    unsupported: z.string().optional(),
  })
  .openapi('FactoryReset')
export type ResetView = z.infer<typeof ResetView>
