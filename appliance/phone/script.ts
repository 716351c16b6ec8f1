import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'

const byte = z.number().int().min(1).max(254)

const scriptSchema = z.strictObject({
  model: z.string(),
  firmware: z.string(),
  /** The first six digits of its MAC. */
  oui: z.string().regex(/^[0-9a-f]{6}$/),
  dhcp: z.strictObject({
    class: z.string().optional(),
    hostName: z.string().optional(),
    parameters: z.array(byte),
    /** Where the provisioning URL is taken from: the first option that is given wins. */
    take: z.array(
      z.strictObject({ option: byte, sub: byte.optional(), form: z.enum(['text', 'ipv4']).default('text') }),
    ),
  }),
  pnp: z
    .strictObject({
      /** Whether the answer to PnP wins over what DHCP said, or is asked for only when DHCP said nothing. */
      order: z.enum(['before-dhcp', 'after-dhcp']),
      user: z.string(),
      event: z.string(),
      agent: z.string(),
    })
    .optional(),
  userAgent: z.string(),
  fetch: z
    .array(
      z.strictObject({
        name: z.string(),
        /** The phone asks no further when this file is there, or is not. */
        stop: z.enum(['when-found', 'when-missing']).optional(),
        /** It fetches what this file lists too. */
        follow: z.enum(['snom-setting-files']).optional(),
        /** With this file it counts itself as configured. */
        own: z.boolean().default(false),
      }),
    )
    .min(1),
})

/**
 * How a real phone boots, as its vendor's documents and captures say: the other side of the vendor's definition, written
 * apart from it so that the two check each other. Stands in `templates/<vendor>/phone.yaml`.
 */
export type PhoneScript = z.output<typeof scriptSchema> & { readonly vendor: string }

/** Reads the scripts of one vendor folder, or of all. Throws `OperatorError` with the file's name. */
export function loadScripts(templates: string, vendor?: string): PhoneScript[] {
  const vendors = vendor === undefined ? vendorsWithScripts(templates) : [vendor]
  const scripts = vendors.flatMap((name) => {
    const file = join(templates, name, 'phone.yaml')
    if (!existsSync(file)) return []
    const read = z.array(scriptSchema).safeParse(parseFile(file))
    if (!read.success)
      throw new OperatorError(
        `${file}: ${read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
      )
    return read.data.map((script) => ({ ...script, vendor: name }))
  })
  if (scripts.length === 0)
    throw new NotFoundError(
      `no virtual phone of vendor ${JSON.stringify(vendor ?? 'any')}; there are ${vendorsWithScripts(templates).join(', ') || 'none'}`,
    )
  return scripts
}

function vendorsWithScripts(templates: string): string[] {
  return readdirSync(templates)
    .filter((name) => existsSync(join(templates, name, 'phone.yaml')))
    .sort()
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (thrown) {
    throw new OperatorError(`${file}: ${messageOf(thrown)}`)
  }
}

/** Fills in `{mac}`, `{MAC}`, `{mac:}`, `{mac-}`, `{model}` and `{firmware}`. */
export function fill(text: string, script: PhoneScript, mac: Mac): string {
  const values: Record<string, string> = {
    mac,
    MAC: mac.toUpperCase(),
    'mac:': formatMac(mac),
    'mac-': formatMac(mac, '-').toUpperCase(),
    model: script.model,
    firmware: script.firmware,
  }
  return text.replace(/\{([\w:-]+)\}/g, (whole, name: string) => values[name] ?? whole)
}
