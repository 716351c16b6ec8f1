import { compileClaim, compileManual } from './compile-assist.ts'
import type {
  About,
  Condition,
  Definition,
  Directory,
  FileForm,
  Model,
  OptionForm,
  Pattern,
  ReaderForm,
} from './definition.ts'
import type { FileFormat } from './file-format.ts'
import { modelKey } from './model-index.ts'
import { parameterLists } from './parameters.ts'
import { compilePattern } from './pattern.ts'
import { compileResync } from './resync-schema.ts'
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
  const known: Partial<Record<FileFormat, string>> = {
    ...{ xml: 'application/xml', json: 'application/json', csv: 'text/csv', vcard: 'text/vcard' },
  }
  return known[format] ?? 'text/plain'
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
  // Lists of people set no parameters.
  csv: '^(?<name>(?!))',
  vcard: '^(?<name>(?!))',
}

/** Makes a checked description what the rest of the program works with. */
export function compileDefinition(id: string, input: VendorInput, files: VendorFiles): Definition {
  const patterns = (given: VendorInput['recognise']['userAgent']): Pattern[] => given.map(compileSampled)
  const liquid = [...files].filter(([name]) => name.endsWith('.liquid'))
  const forms = input.files.map((form) => compileFile(form, input))
  const lists = parameterLists(files)
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
    firmware: {
      names: input.firmware.names.map((form) => ({ regex: compilePattern(form.pattern), samples: form.samples })),
      ...(input.firmware.versionHardware !== undefined && {
        versionHardware: compilePattern(input.firmware.versionHardware),
      }),
    },
    models: input.models.map((given) => compileModel({ ...given, media: mediaOf(input, given) })),
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
    files: forms,
    ...(input.directory && { directory: compileDirectory(input.directory, input) }),
    ...(input.manual && { manual: compileManual(input.manual) }),
    ...(input.claim && { claim: compileClaim(input.claim, forms, readerOf(input)) }),
    uploads: input.uploads,
    resync: compileResync(input.resync),
    values: new Map(Object.entries(input.values).map(([name, map]) => [name, new Map(Object.entries(map))])),
    tables: input.tables,
    extraName: new RegExp(input.extraName ?? (input.reader.by === 'path' ? EXTRA_PATH : EXTRA_NAME)),
    get parameters() {
      return lists.common()
    },
    get familyParameters() {
      return lists.families()
    },
    alsoKnown: input.alsoKnown,
    ...(input.encryption && { encryption: compileEncryption(input.encryption) }),
    ...(input.compression && { compression: input.compression }),
    about: compileAbout(input.about),
    templates: new Map(liquid.map(([name, { text }]) => [name, text])),
    origins: new Map(liquid.map(([name, { file }]) => [name, file])),
    shipped: [...files.values()].every((file) => file.shipped === true),
  }
}

function compileEncryption({ cipher, salt, keyLength }: NonNullable<VendorInput['encryption']>) {
  return { cipher, salt, ...(keyLength !== undefined && { keyLength }) }
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

/** A model's own forms win over those of its group; of the groups the first that names it. */
function mediaOf(input: VendorInput, { model, family, media }: VendorInput['models'][number]) {
  const groups = input.media.filter(
    ({ models, families }) =>
      (models === undefined || models.includes(model)) &&
      (families === undefined || (family !== undefined && families.includes(family))),
  )
  return { ...Object.assign({}, ...groups.map(({ forms }) => forms).reverse()), ...media } as typeof media
}

function compileSampled(given: VendorInput['recognise']['userAgent'][number]): Pattern {
  return {
    regex: compilePattern(given.pattern),
    samples: given.samples.map((sample) => ({
      text: sample.text,
      ...(sample.model !== undefined && { model: sample.model }),
      ...(sample.firmware !== undefined && { firmware: sample.firmware }),
      ...(sample.hardware !== undefined && { hardware: sample.hardware }),
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

function compileFile(given: VendorInput['files'][number], input: VendorInput): FileForm {
  const ownFormat = given.format ?? input.format
  return {
    reader: readerOf(input, given.reader, ownFormat),
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

/** The vendor's reader of parameters, or the one of this name. */
function readerOf(input: VendorInput, name?: string, format = input.format): ReaderForm {
  const named = name === undefined ? undefined : input.readers[name]
  const { by, parameter, attribute, ignore } = named ?? {
    ...input.reader,
    parameter: input.reader.parameter ?? input.parameter,
  }
  return {
    by,
    ignore: new Set(ignore),
    parameter: new RegExp(parameter ?? PARAMETER_LINES[named === undefined ? input.format : format]),
    ...(attribute !== undefined && { attribute }),
  }
}

function compileDirectory(given: NonNullable<VendorInput['directory']>, input: VendorInput): Directory {
  return {
    url: given.url.map(({ url, when }) => ({ url, ...(when !== undefined && { when }) })),
    documents: given.documents.map((form) => {
      const ownFormat = form.format ?? input.format
      const { search = [], firstName = [], lastName = [], number = [], startIs, pageIs, ...query } = form.query
      return {
        name: form.name,
        scope: /\{mac-?\}/i.test(form.name) ? ('device' as const) : ('common' as const),
        format: ownFormat,
        contentType: form.contentType ?? contentTypeOf(ownFormat),
        from: form.from,
        lineEnd: form.lineEnd,
        reader: readerOf(input),
        secret: false,
        own: false,
        ...(form.when !== undefined && { when: form.when }),
        directory: {
          query: {
            ...{ search, firstName, lastName, number, startIs, pageIs },
            ...(query.book !== undefined && { book: query.book }),
            ...(query.start !== undefined && { start: query.start }),
            ...(query.page !== undefined && { page: query.page }),
            ...(query.count !== undefined && { count: query.count }),
          },
          unit: form.unit,
          ...(form.pageSize !== undefined && { pageSize: form.pageSize }),
          ...(form.most !== undefined && { most: form.most }),
        },
      }
    }),
  }
}
