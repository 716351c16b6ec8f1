import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { messageOf, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { formatMac, type Mac } from '../../services/core/mac.ts'
import { patternProblem } from '../../services/phones/pattern.ts'

const byte = z.number().int().min(1).max(254)

/** A pattern over the text of a file, with a group `url`. Held to what a vendor's other patterns are held to. */
const pattern = z.string().superRefine((source, context) => {
  const problem = patternProblem(source)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

/** What a phone takes out of a file to fetch next. */
const follow = z.strictObject({
  pattern,
  /** Made from the groups of the pattern; `{url}` alone unless more is said. */
  url: z.string().default('{url}'),
  /** Which of the files found this way are its own configuration. */
  own: z.enum(['all', 'none', 'by-mac', 'last']).default('by-mac'),
  /** Looks into what it fetched this way too. */
  again: z.boolean().default(false),
})

/** One place of a lease where the URL may stand. */
const take = z.strictObject({
  option: byte,
  sub: byte.optional(),
  /** `list`: `NAME=value,NAME=value` as in Avaya's option 242. */
  form: z.enum(['text', 'ipv4', 'list']).default('text'),
  /**
   * Made from `{value}`, from further options as `{67}` or `{43.67}`, or from the names of a list as `{HTTPSRVR}`; it
   * counts only when all of them are there. `{NAME|80}` has something to fall back on.
   */
  url: z.string().default('{value}'),
  /** The encapsulated options count only when this one says so, as Avaya's 1 = 6889. */
  when: z.strictObject({ sub: byte, is: z.string() }).optional(),
})

const scriptSchema = z.strictObject({
  model: z.string(),
  firmware: z.string(),
  /** The first six digits of its MAC. */
  oui: z.string().regex(/^[0-9a-f]{6}$/),
  dhcp: z.strictObject({
    class: z.string().optional(),
    hostName: z.string().optional(),
    parameters: z.array(byte),
    /** Where the provisioning URL is taken from: the first that is given wins. Empty: DHCP says nothing to it. */
    take: z.array(take),
  }),
  pnp: z
    .strictObject({
      /** Whether the answer to PnP wins over what DHCP said, or is asked for only when DHCP said nothing. */
      order: z.enum(['before-dhcp', 'after-dhcp']),
      user: z.string(),
      /** The user part of From, where it is another. */
      from: z.string().optional(),
      event: z.string(),
      agent: z.string(),
    })
    .optional(),
  /** The URL that a person types in at the phone; `{server}` is the box. Taken by itself where no protocol leads here. */
  typed: z.string().optional(),
  /** The URL that its manufacturer's redirection service holds for it; `{server}` is the box. */
  redirected: z.string().optional(),
  userAgent: z.string(),
  /** What the phone itself puts for texts in a URL, as `$mac` or `{MODEL}`; the longest is tried first. */
  macros: z.record(z.string().min(1), z.string()).default({}),
  url: z
    .strictObject({
      /** What a text without a scheme means. */
      bare: z.string().default('tftp://{value}/'),
      /** Which URLs name one file: matched with what follows the last slash. */
      file: pattern.default('[.?]'),
      /** A folder's URL is used as it is, a slash put at its end only by joining. */
      slash: z.enum(['added', 'as-given']).default('added'),
    })
    .prefault({}),
  /** How it goes on when the URL names one file. */
  given: z.strictObject({ own: z.boolean().default(true), follow: follow.optional() }).prefault({}),
  /** How a person claims it at its own screen; patterns over what its first file and its pages say. */
  claim: z
    .strictObject({
      /** Where its configuration says that the page is, group `url`. */
      opens: pattern,
      /** Where a page sends what was entered, group `url`. */
      url: pattern,
      /** Each field of a page, group `name`. */
      field: pattern,
      /** What a page says when it asks for nothing, group `text`. */
      says: pattern,
    })
    .optional(),
  fetch: z.array(
    z.strictObject({
      name: z.string(),
      /** Asked for by this protocol, whatever the URL's is. */
      over: z.enum(['tftp', 'http', 'https']).optional(),
      port: z.int().min(1).max(65_535).optional(),
      /** Asked for only when no file of the steps before was there. */
      fallback: z.boolean().default(false),
      /** The phone asks no further when this file is there, or is not. */
      stop: z.enum(['when-found', 'when-missing']).optional(),
      /** It fetches what this file names too. */
      follow: follow.optional(),
      /** What it asks for between this file and those that it names. */
      between: z.array(z.string()).default([]),
      /** It fetches this one as well and takes the file only when the digest in it is right. */
      digest: z.strictObject({ name: z.string(), algorithm: z.enum(['md5', 'sha1', 'sha256']) }).optional(),
      /** It takes the file only when its text matches: a first line that must be there. */
      accept: pattern.optional(),
      /** With this file it counts itself as configured. */
      own: z.boolean().default(false),
    }),
  ),
})

export type Follow = z.output<typeof follow>

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

/** Puts what the phone itself puts for its macros, longest first, so that `$MAU` is not taken for `$MA`. */
export function expandMacros(text: string, script: PhoneScript, mac: Mac): string {
  const names = Object.keys(script.macros).sort((a, b) => b.length - a.length)
  let out = ''
  for (let at = 0; at < text.length; ) {
    const name = names.find((candidate) => text.startsWith(candidate, at))
    out += name === undefined ? (text[at] ?? '') : fill(script.macros[name] ?? '', script, mac)
    at += name?.length ?? 1
  }
  return out
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
