import { z } from 'zod'
import { claimSchema, manualSchema } from './assist-schema.ts'
import type { OptionType, TableValue } from './definition.ts'
import { directorySchema } from './directory-schema.ts'
import { fileName, format } from './file-schema.ts'
import { patternProblem } from './pattern.ts'
import { resyncSchema } from './resync-schema.ts'

// What a vendor.yaml may say. Strict everywhere: a misspelt field is a fault, not a silence.

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/, 'expected letters, digits and dashes')
const word = z.union([z.string(), z.number()]).transform(String)
const pattern = z.string().superRefine((source, context) => {
  const problem = patternProblem(source)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

const sample = z.strictObject({
  text: z.string().min(1),
  model: z.string().optional(),
  firmware: word.optional(),
  hardware: word.optional(),
  mac: z
    .string()
    .regex(/^[0-9a-f]{12}$/)
    .optional(),
})

/** How the names of firmware files read, with groups `version`, `hardware` and `models`, and what a version tells. */
const firmware = z.strictObject({
  names: z
    .array(
      z.strictObject({
        pattern,
        samples: z
          .array(
            z.strictObject({
              text: z.string().min(1),
              version: word.optional(),
              hardware: word.optional(),
              models: z.array(word).default([]),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
  versionHardware: pattern.optional(),
})

const recognisePattern = z.strictObject({ pattern, samples: z.array(sample).min(1) })
const recognisePatterns = z.array(recognisePattern).default([])

const condition = z.strictObject({
  firmware: z
    .string()
    .regex(/^(>=|<=|>|<|=)\d+(\.\d+)*$/, 'expected a comparison like >=81 or <10.1')
    .optional(),
  families: z.array(z.string()).min(1).optional(),
  models: z.array(z.string()).min(1).optional(),
  features: z.array(z.string()).min(1).optional(),
  all: z.array(z.string()).min(1).optional(),
  any: z.array(z.string()).min(1).optional(),
  not: z.array(z.string()).min(1).optional(),
})

const place = z.strictObject({ kind: name, keys: z.int().min(1).max(200) })
const media = z.strictObject({
  formats: z.array(z.string().regex(/^[a-z0-9]{1,5}$/)).min(1),
  width: z.int().min(1).max(4096).optional(),
  height: z.int().min(1).max(4096).optional(),
  fit: z.enum(['fill', 'within']).optional(),
  colours: z.int().min(2).max(256).optional(),
  grey: z.boolean().optional(),
  maxBytes: z.int().min(1).optional(),
  codecs: z
    .array(z.enum(['pcm', 'pcmu', 'pcma']))
    .min(1)
    .optional(),
  rates: z.array(z.int().min(4000).max(48_000)).min(1).optional(),
  bits: z.union([z.literal(8), z.literal(16)]).optional(),
  maxSeconds: z.number().positive().optional(),
  note: z.string().optional(),
})

const capabilities = {
  lines: z.int().min(1).max(200),
  keys: z.record(name, z.int().min(0).max(500)).default({}),
  expansion: z
    .record(z.string(), z.strictObject({ keys: z.int().min(1).max(200), modules: z.int().min(1).max(8) }))
    .default({}),
  features: z.array(name).default([]),
  places: z
    .strictObject({ programmable: place.optional(), soft: place.optional(), handset: place.optional() })
    .default({}),
  handsets: z.int().min(1).max(200).optional(),
  ports: z.int().min(1).max(200).optional(),
  relays: z.int().min(1).max(32).optional(),
  buttons: z.int().min(1).max(200).optional(),
  media: z.record(name, media).default({}),
  codes: z.record(name, word).default({}),
  family: name.optional(),
  firmware: z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((text) => /^\d+(\.\d+)*$/.test(text), 'expected a version like 86 or 10.1')
    .optional(),
}

const model = z.strictObject({
  model: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._+-]{0,39}$/, 'expected a short model name'),
  title: z.string().optional(),
  aliases: z.array(z.string()).default([]),
  rebrands: z.array(z.strictObject({ vendor: z.string(), model: z.string() })).default([]),
  code: word.optional(),
  ...capabilities,
})

const optionValue: z.ZodType<OptionInput> = z.lazy(() =>
  z.strictObject({
    code: z.int().min(1).max(254),
    type: z.enum([
      ...(['text', 'hex', 'ipv4', 'uint8', 'uint16', 'uint32', 'int32', 'boolean'] as const),
      ...(['sub', 'sip-servers', 'vendor-identifying'] as const),
    ]),
    enterprise: z.int().min(0).max(4_294_967_295).optional(),
    value: z.union([z.string(), z.number().transform(String), z.array(optionValue).min(1)]),
    always: z.boolean().default(false),
    needs: z.string().optional(),
  }),
) as z.ZodType<OptionInput>

export interface OptionInput {
  code: number
  type: OptionType
  enterprise?: number | undefined
  value: string | OptionInput[]
  always: boolean
  needs?: string | undefined
}

const file = z
  .strictObject({
    name: fileName,
    scope: z.enum(['common', 'model', 'device']),
    format: format.optional(),
    contentType: z.string().optional(),
    from: z.string().optional(),
    absent: z.string().optional(),
    digest: z
      .strictObject({
        of: z.string(),
        algorithm: z.enum(['md5', 'sha1', 'sha256']).default('md5'),
        text: z.string().default('{digest}\n'),
      })
      .optional(),
    redirect: z.string().optional(),
    over: z
      .array(z.enum(['tftp', 'http', 'https']))
      .min(1)
      .optional(),
    lineEnd: z.enum(['lf', 'crlf']).default('lf'),
    secret: z.boolean().optional(),
    own: z.boolean().optional(),
    when: z.string().optional(),
    reader: z.string().optional(),
  })
  .superRefine((form, context) => {
    const ways = [form.from, form.absent, form.digest, form.redirect].filter((way) => way !== undefined)
    if (ways.length !== 1)
      context.addIssue({
        code: 'custom',
        message: 'give one of from (a template), absent (why none), digest, redirect',
      })
    const named = /\{mac-?\}/i.test(form.name)
    if (named !== (form.scope === 'device'))
      context.addIssue({ code: 'custom', path: ['scope'], message: 'scope device and {mac} in the name go together' })
    if (form.scope === 'model' && !/\{(model|code)/.test(form.name))
      context.addIssue({ code: 'custom', path: ['scope'], message: 'scope model needs {model} or {code} in the name' })
    if (form.scope !== 'device' && form.secret === true)
      context.addIssue({ code: 'custom', path: ['secret'], message: 'only a file of one device may hold secrets' })
    if (form.scope !== 'device' && form.own === true)
      context.addIssue({ code: 'custom', path: ['own'], message: 'only a file of one device can be its own' })
  })

const reader = z.strictObject({
  by: z.enum(['line', 'sections', 'path', 'attributes', 'json']).default('line'),
  parameter: pattern.optional(),
  attribute: name.optional(),
  ignore: z.array(z.string()).default([]),
})

const tableValue: z.ZodType<TableValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.array(tableValue), z.record(z.string(), tableValue)]),
)

/** The shape of `templates/<vendor>/vendor.yaml`. */
export const vendorSchema = z.strictObject({
  vendor: z.string().min(1),
  recognise: z
    .strictObject({
      oui: z
        .array(z.string().regex(/^[0-9A-Fa-f]{2}([:-]?[0-9A-Fa-f]{2}){2}$/, 'expected an OUI like 00:15:65'))
        .default([]),
      vendorClass: recognisePatterns,
      userAgent: recognisePatterns,
      sipUserAgent: recognisePatterns,
      hostName: recognisePatterns,
      pnp: recognisePatterns,
    })
    .refine(
      (given) =>
        given.oui.length +
          given.vendorClass.length +
          given.userAgent.length +
          given.sipUserAgent.length +
          given.hostName.length +
          given.pnp.length >
        0,
      'at least one way to recognise the vendor is needed',
    ),
  version: z.strictObject({ pattern, samples: z.array(sample).min(1) }).optional(),
  firmware: firmware.prefault({}),
  models: z.array(model).min(1),
  modelPrefixes: z.array(z.string().regex(/[A-Za-z0-9]/, 'expected a text like SIP-')).default([]),
  unlisted: z.strictObject({ ...capabilities }),
  media: z
    .array(
      z.strictObject({
        models: z.array(z.string()).min(1).optional(),
        families: z.array(name).min(1).optional(),
        forms: z.record(name, media),
      }),
    )
    .default([]),
  conditions: z.record(name, condition).default({}),
  dhcp: z
    .array(
      z.strictObject({
        vendorClass: pattern.optional(),
        hostName: pattern.optional(),
        when: z.string().optional(),
        options: z.array(optionValue),
      }),
    )
    .default([]),
  pnp: z.strictObject({ url: z.string(), withoutMac: z.string().optional() }).optional(),
  format: format.default('keyvalue'),
  files: z.array(file).default([]),
  directory: directorySchema.optional(),
  uploads: z
    .array(z.strictObject({ name: fileName, maxBytes: z.int().min(1).max(16_777_216).default(1_048_576) }))
    .default([]),
  manual: manualSchema.optional(),
  claim: claimSchema.optional(),
  resync: resyncSchema,
  values: z.record(z.string(), z.record(z.string(), word)).default({}),
  tables: z.record(name, tableValue).default({}),
  extraName: pattern.optional(),
  parameter: pattern.optional(),
  reader: reader.prefault({}),
  readers: z.record(name, reader).default({}),
  alsoKnown: z.array(z.strictObject({ name: z.string().min(1), source: z.string().min(1) })).default([]),
  encryption: z
    .strictObject({
      cipher: z.enum(['aes-256-cbc']),
      salt: z.boolean(),
      keyLength: z.int().min(8).max(32).optional(),
    })
    .optional(),
  compression: z.enum(['gzip']).optional(),
  about: z
    .strictObject({
      methods: z.array(z.enum(['dhcp', 'pnp', 'redirect', 'link'])).default([]),
      protocols: z.array(z.enum(['tftp', 'http', 'https', 'ftp'])).default([]),
      directory: z.string().optional(),
      firmware: z.string().optional(),
      encryption: z.string().optional(),
      certificates: z.string().optional(),
      confirmed: z.array(z.strictObject({ fact: z.string(), source: z.string() })).default([]),
      unconfirmed: z.array(z.string()).default([]),
    })
    .prefault({}),
})

export type VendorInput = z.infer<typeof vendorSchema>
