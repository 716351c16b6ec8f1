import type { FileFormat } from './contract.ts'
import type { About, Condition, Definition, FileForm, Model, OptionForm, Pattern } from './definition.ts'
import { modelKey } from './definition.ts'
import { compilePattern } from './pattern.ts'
import type { OptionInput, VendorInput } from './schema.ts'

// Makes the checked text of a vendor's description into a `Definition`.

/** One text of a vendor's folder, and where it was read from: faults name that. */
export interface VendorFile {
  readonly text: string
  readonly file: string
  /** It came with the program: the tests have read it strictly, so that the quick reader will do. */
  readonly shipped?: boolean
}

/** The texts of one vendor's folder by name (`vendor.yaml`, `device.cfg.liquid`, `parameters.txt` …). */
export type VendorFiles = ReadonlyMap<string, VendorFile>

/** Six lower-case digits. */
export function ouiDigits(text: string): string {
  return text.replace(/[:-]/g, '').toLowerCase()
}

function contentTypeOf(format: FileFormat): string {
  return format === 'xml' ? 'application/xml' : format === 'json' ? 'application/json' : 'text/plain'
}

const EXTRA_NAME = '^[A-Za-z][A-Za-z0-9._-]{0,199}$'
const EXTRA_PATH = '^[A-Za-z_][A-Za-z0-9_./\\[\\]-]{0,199}$'

/** How a line of each format names its parameter, where the description says nothing else. */
const PARAMETER_LINES: Readonly<Record<FileFormat, string>> = {
  keyvalue: '^(?<name>[A-Za-z][A-Za-z0-9._/-]*)\\s*=',
  colon: '^[!^]?(?<name>[A-Za-z][A-Za-z0-9 ._-]*?)\\s*:',
  quoted: '^(?<name>[A-Za-z][A-Za-z0-9_]*)="',
  avaya: '^(?:SET|ADD)\\s+(?<name>[A-Za-z][A-Za-z0-9_]*)\\s',
  xml: '^\\s*<(?<name>[A-Za-z_][\\w.-]*)(?:\\s[^>]*)?>[^<]*</',
  json: '^\\s*"(?<name>[^"]+)"\\s*:',
  ini: '^(?<name>[A-Za-z][A-Za-z0-9._-]*)\\s*=',
  cli: '^\\s*(?<name>[a-z][a-z0-9-]*(?: [a-z][a-z0-9-]*)?)',
  address: '^(?<name>[A-Za-z][A-Za-z0-9._-]*)\\s',
}

/** Makes a checked description what the rest of the program works with. */
export function compileDefinition(id: string, input: VendorInput, files: VendorFiles): Definition {
  const patterns = (given: VendorInput['recognise']['userAgent']): Pattern[] => given.map(compileSampled)
  const liquid = [...files].filter(([name]) => name.endsWith('.liquid'))
  return {
    id,
    title: input.vendor,
    recognise: {
      oui: input.recognise.oui.map(ouiDigits),
      vendorClass: patterns(input.recognise.vendorClass),
      userAgent: patterns(input.recognise.userAgent),
      sipUserAgent: patterns(input.recognise.sipUserAgent),
      hostName: patterns(input.recognise.hostName),
      pnp: patterns(input.recognise.pnp),
    },
    ...(input.version && { version: compileSampled(input.version) }),
    models: input.models.map(compileModel),
    modelPrefixes: [...new Set([id, input.vendor, ...input.modelPrefixes].map(modelKey))].filter((key) => key !== ''),
    unlisted: compileModel({ ...input.unlisted, model: 'unlisted', aliases: [], rebrands: [] }),
    conditions: new Map(Object.entries(input.conditions).map(([name, given]) => [name, compileCondition(given)])),
    dhcp: input.dhcp.map((form) => ({
      ...(form.vendorClass !== undefined && { vendorClass: compilePattern(form.vendorClass) }),
      ...(form.hostName !== undefined && { hostName: compilePattern(form.hostName) }),
      ...(form.when !== undefined && { when: form.when }),
      options: form.options.map(compileOption),
    })),
    ...(input.pnp && {
      pnp: { url: input.pnp.url, ...(input.pnp.withoutMac !== undefined && { withoutMac: input.pnp.withoutMac }) },
    }),
    files: input.files.map((form) => compileFile(form, input.format)),
    uploads: input.uploads,
    resync: {
      ...(input.resync.reload && { reload: compileResync(input.resync.reload) }),
      ...(input.resync.reboot && { reboot: compileResync(input.resync.reboot) }),
    },
    values: new Map(Object.entries(input.values).map(([name, map]) => [name, new Map(Object.entries(map))])),
    tables: input.tables,
    extraName: new RegExp(input.extraName ?? (input.reader.by === 'path' ? EXTRA_PATH : EXTRA_NAME)),
    parameter: new RegExp(input.parameter ?? PARAMETER_LINES[input.format]),
    reader: {
      by: input.reader.by,
      ignore: new Set(input.reader.ignore),
      ...(input.reader.attribute !== undefined && { attribute: input.reader.attribute }),
    },
    parameters: parameterList(files.get('parameters.txt')?.text),
    familyParameters: new Map(
      [...files].flatMap(([name, { text }]) => {
        const family = /^parameters\.(.+)\.txt$/.exec(name)?.[1]
        return family === undefined ? [] : [[family, parameterList(text)] as const]
      }),
    ),
    alsoKnown: input.alsoKnown,
    about: compileAbout(input.about),
    templates: new Map(liquid.map(([name, { text }]) => [name, text])),
    origins: new Map(liquid.map(([name, { file }]) => [name, file])),
    shipped: [...files.values()].every((file) => file.shipped === true),
  }
}

function parameterList(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? '').split('\n').flatMap((line) => (/^\s*(#|$)/.test(line) ? [] : [line.trim()])))
}

function compileAbout(given: VendorInput['about']): About {
  const { directory, firmware, encryption, certificates, ...rest } = given
  return {
    ...rest,
    ...(directory !== undefined && { directory }),
    ...(firmware !== undefined && { firmware }),
    ...(encryption !== undefined && { encryption }),
    ...(certificates !== undefined && { certificates }),
  }
}

function compileSampled(given: VendorInput['recognise']['userAgent'][number]): Pattern {
  return {
    regex: compilePattern(given.pattern),
    samples: given.samples.map((sample) => ({
      text: sample.text,
      ...(sample.model !== undefined && { model: sample.model }),
      ...(sample.firmware !== undefined && { firmware: sample.firmware }),
      ...(sample.mac !== undefined && { mac: sample.mac }),
    })),
  }
}

function compileModel(given: VendorInput['models'][number]): Model {
  return {
    model: given.model,
    title: given.title ?? given.model,
    aliases: given.aliases,
    rebrands: given.rebrands,
    lines: given.lines,
    keys: Object.entries(given.keys).map(([kind, count]) => ({ kind, count })),
    expansion: Object.entries(given.expansion).map(([name, sizes]) => ({ name, ...sizes })),
    features: given.features,
    codes: given.codes,
    places: Object.fromEntries(
      Object.entries(given.places).flatMap(([name, place]) =>
        place === undefined ? [] : [[name, { kind: place.kind, count: place.keys }]],
      ),
    ),
    hardware: {
      ...(given.handsets !== undefined && { handsets: given.handsets }),
      ...(given.ports !== undefined && { ports: given.ports }),
      ...(given.relays !== undefined && { relays: given.relays }),
      ...(given.buttons !== undefined && { buttons: given.buttons }),
    },
    media: given.media as Model['media'],
    ...(given.code !== undefined && { code: given.code }),
    ...(given.family !== undefined && { family: given.family }),
    ...(given.firmware !== undefined && { firmware: given.firmware }),
  }
}

function compileCondition(given: VendorInput['conditions'][string]): Condition {
  const comparison = /^(>=|<=|>|<|=)(.+)$/.exec(given.firmware ?? '')
  return {
    ...(comparison !== null && {
      firmware: {
        operator: comparison[1] as '>=',
        version: (comparison[2] ?? '').split('.').map(Number),
      },
    }),
    ...(given.families && { families: given.families }),
    ...(given.models && { models: given.models }),
    ...(given.features && { features: given.features }),
    ...(given.all && { all: given.all }),
    ...(given.any && { any: given.any }),
    ...(given.not && { not: given.not }),
  }
}

function compileOption(given: OptionInput): OptionForm {
  return {
    code: given.code,
    type: given.type,
    value: typeof given.value === 'string' ? given.value : given.value.map(compileOption),
    always: given.always,
    ...(given.needs !== undefined && { needs: given.needs }),
    ...(given.enterprise !== undefined && { enterprise: given.enterprise }),
  }
}

function compileFile(given: VendorInput['files'][number], format: FileFormat): FileForm {
  const ownFormat = given.format ?? format
  return {
    name: given.name,
    scope: given.scope,
    format: ownFormat,
    contentType: given.contentType ?? contentTypeOf(ownFormat),
    lineEnd: given.lineEnd,
    ...(given.digest && { digest: given.digest }),
    ...(given.redirect !== undefined && { redirect: given.redirect }),
    ...(given.over && { over: given.over }),
    secret: given.secret ?? (given.scope === 'device' && given.from !== undefined),
    own: given.own ?? (given.scope === 'device' && given.from !== undefined),
    ...(given.from !== undefined && { from: given.from }),
    ...(given.absent !== undefined && { absent: given.absent }),
    ...(given.when !== undefined && { when: given.when }),
  }
}

function compileResync(given: NonNullable<VendorInput['resync']['reload']>) {
  return {
    event: given.event,
    reboots: given.reboots,
    ...(given.contentType !== undefined && { contentType: given.contentType }),
    ...(given.body !== undefined && { body: given.body }),
  }
}
