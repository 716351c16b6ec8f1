import type { About, Definition, Model } from './definition.ts'

// What this box knows of each vendor, for people and programs that ask which devices it can configure.

export interface CatalogueModel {
  readonly model: string
  /** Other names of the same hardware. */
  readonly aliases: readonly string[]
  /** `Vendor Model` of those who sell it under another name. */
  readonly rebrands: readonly string[]
  readonly lines: number
  readonly keys: number
  /** E.g. `3 × EXP50 (60 keys)`. */
  readonly expansion: readonly string[]
  readonly handsets?: number
  readonly ports?: number
  readonly relays?: number
  readonly buttons?: number
}

export interface CatalogueVendor {
  readonly id: string
  readonly vendor: string
  /** Whether files are made for it, or it is only recognised and led here. */
  readonly configured: boolean
  readonly models: readonly CatalogueModel[]
  readonly methods: About['methods']
  readonly protocols: About['protocols']
  readonly directory?: string
  readonly firmware?: string
  readonly encryption?: string
  readonly certificates?: string
  readonly confirmed: About['confirmed']
  readonly unconfirmed: About['unconfirmed']
}

/** Every vendor by its name, with its models in the order of its description. */
export function catalogue(definitions: readonly Definition[]): CatalogueVendor[] {
  return definitions
    .map(({ id, title, about, files, models, dhcp, pnp }) => ({
      id,
      vendor: title,
      configured: files.some((form) => form.from !== undefined),
      ...about,
      // Who says nothing of it is led by what its description has forms for.
      methods:
        about.methods.length > 0
          ? about.methods
          : [...(dhcp.length > 0 ? (['dhcp'] as const) : []), ...(pnp === undefined ? [] : (['pnp'] as const))],
      models: models.map(modelView),
    }))
    .sort((a, b) => a.vendor.localeCompare(b.vendor, 'en'))
}

function modelView(model: Model): CatalogueModel {
  return {
    model: model.title,
    aliases: model.aliases,
    rebrands: model.rebrands.map((rebrand) => `${rebrand.vendor} ${rebrand.model}`),
    lines: model.lines,
    keys: model.keys.reduce((sum, group) => sum + group.count, 0),
    expansion: model.expansion.map(({ name, keys, modules }) => `${modules} × ${name} (${keys} keys)`),
    ...model.hardware,
  }
}

const METHODS = { dhcp: 'DHCP', pnp: 'SIP PnP', redirect: 'redirection service', link: 'URL typed in' } as const

/** `DHCP, SIP PnP`. */
export function methodsText({ methods }: Pick<CatalogueVendor, 'methods'>): string {
  return methods.map((method) => METHODS[method]).join(', ')
}

const cell = (text: string) => text.replaceAll('|', '\\|')

/** The page of `docs/`, in Markdown. */
export function cataloguePage(vendors: readonly CatalogueVendor[]): string {
  const lines = [
    '# Supported devices',
    '',
    'Made from the descriptions in `templates/`; `branchline vendors --json` prints the same. A model that is not listed is',
    'configured as its vendor’s most usual one as far as that goes. “Led here by” says how a device can find this box:',
    'a redirection service is the manufacturer’s and has to be told this box’s URL there. Nothing here was tried on a bench of',
    'real devices unless a source says so.',
    '',
    '| vendor | models | led here by | files by | files |',
    '| --- | --- | --- | --- | --- |',
    ...vendors.map(
      (it) =>
        `| [${cell(it.vendor)}](#${anchor(it.vendor)}) | ${it.models.length} | ${methodsText(it)} | ${protocolsText(it)} | ${it.configured ? 'made' : 'not yet: recognised only'} |`,
    ),
  ]
  for (const it of vendors) lines.push('', ...vendorPart(it))
  return `${lines.join('\n')}\n`
}

/** As the usual Markdown renderers name a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

function protocolsText({ protocols }: CatalogueVendor): string {
  return protocols.length === 0 ? 'not stated' : protocols.map((one) => one.toUpperCase()).join(', ')
}

function vendorPart(it: CatalogueVendor): string[] {
  const facts = [
    ['Directory', it.directory],
    ['Firmware', it.firmware],
    ['Encrypted files', it.encryption],
    ['Certificates', it.certificates],
  ].filter((fact) => fact[1] !== undefined)
  return [
    `## ${it.vendor}`,
    '',
    ...facts.map(([name, text]) => `- ${name}: ${text}`),
    ...(facts.length === 0 ? [] : ['']),
    ...(it.models.length === 0 ? ['No model is listed.'] : modelTable(it.models)),
    '',
    ...(it.confirmed.length === 0
      ? ['Nothing is stated to be confirmed.']
      : ['Confirmed:', '', ...it.confirmed.map(({ fact, source }) => `- ${fact} (${source})`)]),
    ...(it.unconfirmed.length === 0 ? [] : ['', 'Not confirmed:', '', ...it.unconfirmed.map((text) => `- ${text}`)]),
  ]
}

function modelTable(models: readonly CatalogueModel[]): string[] {
  return [
    '| model | also called | lines | keys | modules | more |',
    '| --- | --- | --- | --- | --- | --- |',
    ...models.map((model) =>
      [
        '',
        cell(model.model),
        cell([...model.aliases, ...model.rebrands].join(', ')),
        `${model.lines}`,
        `${model.keys}`,
        cell(model.expansion.join(', ')),
        hardwareText(model),
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  ]
}

function hardwareText(model: CatalogueModel): string {
  return (['handsets', 'ports', 'relays', 'buttons'] as const)
    .filter((name) => (model[name] ?? 0) > 0)
    .map((name) => `${model[name]} ${model[name] === 1 ? name.slice(0, -1) : name}`)
    .join(', ')
}
