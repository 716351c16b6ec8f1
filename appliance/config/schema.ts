import { z } from 'zod'
import { dhcpInterfaceSchema, networkSchema } from '../../services/dhcp/network-schema.ts'
import { cloudUrlFault } from './cloud-url.ts'

const port = z.number().int().min(1).max(65_535)

/** The configuration file. Every field has a default; ports default to high ones for an ordinary user. */
export const fileSchema = z.strictObject({
  dataFolder: z.string().min(1).optional().meta({ description: 'where the database, keys and files are kept' }),
  templates: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'a folder of own vendor definitions that overlay the shipped ones' }),
  packKeys: z
    .array(z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'expected an Ed25519 public key: 32 bytes in base64'))
    .max(16)
    .default([])
    .meta({ description: 'further public keys whose packs of vendor definitions are taken' }),
  interfaces: z
    .array(z.string().min(1).max(15))
    .optional()
    .meta({ description: 'network interfaces to serve; default: every one that has an address, except lo' }),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      format: z.enum(['text', 'json']).default('text'),
    })
    .prefault({}),
  ports: z
    .strictObject({
      dhcp: port.optional(),
      dhcpClient: port.optional(),
      tftp: port.optional(),
      http: port.optional(),
      https: port.optional(),
      sip: port.optional(),
      admin: port.optional(),
      adminTls: port.optional(),
      ldap: port.optional(),
    })
    .prefault({}),
  admin: z
    .strictObject({
      listen: z
        .enum(['auto', 'loopback', 'lan'])
        .default('auto')
        .meta({
          description:
            'where the page is: auto: on loopback until somebody has an account, then on the LAN too; loopback: never on ' +
            'the LAN; lan: on the LAN from the start, where the first account needs the setup code that the box prints',
        }),
      name: z
        .string()
        .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'a host name has letters a-z, digits and dashes')
        .default('branchline')
        .meta({ description: 'the box is found as this name with .local' }),
      names: z
        .array(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i, 'not a host name'))
        .default([])
        .meta({ description: 'more names by which browsers may ask for the page' }),
      announce: z.boolean().default(true).meta({ description: 'say by mDNS and SSDP where the page is' }),
    })
    .prefault({}),
  dhcp: z
    .strictObject({
      probe: z.boolean().default(true).meta({ description: 'look whether an address is in use before offering it' }),
      interfaces: z.record(z.string().min(1).max(15), dhcpInterfaceSchema).default({}),
      networks: z.array(networkSchema).default([]),
    })
    .prefault({}),
  tftp: z
    .strictObject({
      blockSize: z.number().int().min(512).max(65_464).default(1468),
      windowSize: z.number().int().min(1).max(64).default(16),
    })
    .prefault({}),
  uploads: z
    .boolean()
    .default(false)
    .meta({ description: 'keep the files that phones upload, where their vendor’s definition says so' }),
  ldap: z.boolean().default(false).meta({ description: 'answer phones that look people up by LDAP (read only)' }),
  cloud: z
    .strictObject({
      url: z
        .string()
        .max(500)
        .superRefine((text, context) => {
          const fault = cloudUrlFault(text)
          if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
        })
        .optional()
        .meta({
          description: 'the central account; without it the box works alone',
          examples: ['https://cloud.example'],
        }),
      remote: z
        .enum(['off', 'read', 'on'])
        .default('on')
        .meta({
          description:
            'what people of the account may have done here: off: nothing; read: look (explain, render, checks); on: have ' +
            'phones fetch again and restart too. The account cannot change it',
        }),
      phonePages: z.boolean().default(false).meta({
        description: 'people of the account may open phones’ own web pages through this box, for a limited time',
      }),
    })
    .prefault({}),
  pnp: z.boolean().default(true).meta({ description: 'answer SIP PnP requests' }),
})

export type FileInput = z.input<typeof fileSchema>
export type FileConfig = z.output<typeof fileSchema>

/** The JSON Schema of the configuration file, for editors. */
export function configJsonSchema(): object {
  return { title: 'Branchline configuration', ...z.toJSONSchema(fileSchema, { io: 'input', unrepresentable: 'any' }) }
}
