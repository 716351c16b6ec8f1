import { z } from 'zod'

const port = z.number().int().min(0).max(65_535)

const webUrl = z.url({ protocol: /^https?$/ }).transform((text) => new URL(text))

const oidcProvider = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'an id is 1 to 40 small letters, digits and dashes'),
  name: z.string().min(1).max(60),
  issuer: webUrl,
  clientId: z.string().min(1).max(300),
  clientSecretFile: z.string().min(1).meta({ description: 'a file that holds the client secret and nothing else' }),
  trustEmail: z
    .boolean()
    .default(false)
    .meta({ description: 'a verified e-mail address of this provider is proof enough that it is that person' }),
})

/** The cloud's configuration file. Every field has a default. */
export const cloudFileSchema = z.strictObject({
  dataFolder: z.string().min(1).optional().meta({ description: 'where the SQLite database and the key are kept' }),
  listen: z
    .strictObject({
      address: z.string().default('127.0.0.1').meta({ description: 'the address on which it listens' }),
      port: port.default(8090),
    })
    .prefault({}),
  operations: z
    .strictObject({
      address: z.string().default('127.0.0.1').meta({ description: 'where /metrics is; never public' }),
      port: port.default(8091),
    })
    .prefault({}),
  publicUrl: webUrl.optional().meta({ description: 'how people reach it; links and passkeys are made for it' }),
  proxies: z
    .number()
    .int()
    .min(0)
    .max(5)
    .default(0)
    .meta({ description: 'how many proxies of ours stand before it and add to x-forwarded-for' }),
  database: z
    .strictObject({
      url: z
        .string()
        .regex(/^postgres(ql)?:\/\//, 'not a URL like postgres://user@host/name')
        .optional()
        .meta({ description: 'PostgreSQL; absent: SQLite in the data folder' }),
      connections: z.number().int().min(2).max(100).default(10),
    })
    .prefault({}),
  secretKeyFile: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'key of sealed secrets, the same for every process' }),
  mail: z
    .strictObject({
      smtp: z
        .string()
        .regex(/^smtps?:\/\//, 'not a URL like smtp://user@host:587')
        .optional()
        .meta({ description: 'where mail goes; absent: links are shown to who makes them' }),
      passwordFile: z.string().min(1).optional(),
      from: z.string().max(320).default('Branchline <branchline@localhost>'),
    })
    .prefault({}),
  phonePages: z
    .strictObject({
      url: z
        .string()
        .max(300)
        .regex(/^https?:\/\/\*(\.[a-z0-9-]+)+(:\d{1,5})?$/, 'not a URL like https://*.phone-pages.example')
        .optional()
        .meta({
          description:
            'phones’ own pages are shown at names below this one, which lead here; absent: they are not shown. Best a ' +
            'domain that nothing else uses',
        }),
    })
    .prefault({}),
  oidc: z.array(oidcProvider).max(10).default([]),
  files: z
    .strictObject({
      folder: z.string().min(1).optional().meta({ description: 'where files lie; absent: in the data folder' }),
      s3: z
        .strictObject({
          endpoint: webUrl.meta({ description: 'the store, without the bucket' }),
          region: z.string().min(1).max(60).default('us-east-1'),
          bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'not the name of a bucket'),
          accessKeyId: z.string().min(1).max(200),
          secretAccessKeyFile: z.string().min(1),
          prefix: z
            .string()
            .regex(/^([\w.-]+\/)*$/, 'a prefix ends with a slash, like branchline/')
            .default(''),
        })
        .optional()
        .meta({ description: 'files lie in a bucket of a store that speaks S3' }),
      quotaMegabytes: z.number().int().min(1).default(10_240).meta({ description: 'of all files of one account' }),
      mostMegabytes: z.number().int().min(1).max(10_240).default(1_024).meta({ description: 'of one file' }),
    })
    .prefault({}),
  webhooks: z
    .strictObject({
      allowPrivate: z
        .boolean()
        .default(false)
        .meta({ description: 'webhooks may go to private addresses and by plain http; whoever adds one reaches them' }),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['text', 'json']).default('text'),
    })
    .prefault({}),
})

export type CloudFile = z.output<typeof cloudFileSchema>
