import { z } from 'zod'
import { readIpv4 } from '../core/ipv4.ts'
import { dialText, hostText, lineShape, plainText, sealable } from '../core/shapes.ts'
import type { KeyType } from './contract.ts'
import { isLockName, settingNamed } from './settings.ts'

// What a person, a program or the cloud may write into a record. Fields that are not known here are kept as they are:
// a newer version may have written them.

/** Every kind of key, as `contract.ts` lists them. */
export const KEY_TYPES = [
  ...(['none', 'line', 'shared-line', 'blf', 'blf-list', 'speed-dial', 'intercom', 'park', 'pickup'] as const),
  ...(['group-pickup', 'dtmf', 'prefix', 'url', 'application', 'forward', 'dnd', 'transfer', 'hold'] as const),
  ...(['conference', 'record', 'redial', 'voicemail', 'history', 'directory', 'paging', 'hot-desking'] as const),
] as const satisfies readonly KeyType[]

const keyType = z.enum(KEY_TYPES)

const index = z.int().min(1).max(200)

const handset = z.looseObject({
  index,
  name: plainText(64).optional(),
  ipui: z
    .string()
    .regex(/^[0-9A-Fa-f]{10}$|^\d{5}(-\d{1,7}){1,2}$/, 'expected an IPUI')
    .optional(),
  ac: sealable.optional(),
  lines: z.array(index).max(200).optional(),
  outgoing: index.optional(),
})

const analoguePort = z.looseObject({
  index,
  kind: z.enum(['fxs', 'fxo']).default('fxs'),
  line: index.optional(),
  label: plainText(64).optional(),
  hotline: dialText.optional(),
})

const relay = z.looseObject({
  index,
  name: plainText(64).optional(),
  code: sealable.optional(),
  seconds: z.int().min(1).max(600).optional(),
  rest: z.enum(['open', 'closed']).optional(),
})

const button = z.looseObject({
  index,
  label: plainText(64).optional(),
  numbers: z.array(dialText.min(1)).min(1).max(16),
  line: index.optional(),
})

const key = z.looseObject({
  place: z.enum(['phone', 'expansion', 'programmable', 'soft', 'handset']).optional(),
  module: z.int().min(0).max(200).default(0),
  index: z.int().min(1).max(500),
  type: keyType,
  label: plainText(64).optional(),
  value: plainText(500).optional(),
  line: z.int().min(1).max(200).optional(),
  pickup: plainText(64).optional(),
})

const code = z.int().min(1).max(254)
const always = z.boolean().optional()
const address = z.string().refine((text) => readIpv4(text) !== undefined, 'expected an IPv4 address')
const whole = (least: number, most: number) => z.int().min(least).max(most)

const simpleOption = z.discriminatedUnion('type', [
  z.looseObject({ code, always, type: z.literal('text'), value: z.string().max(2000) }),
  z.looseObject({ code, always, type: z.literal('hex'), value: z.string().regex(/^([0-9a-fA-F]{2}[\s:-]?)*$/) }),
  z.looseObject({ code, always, type: z.literal('ipv4'), value: z.array(address).min(1) }),
  z.looseObject({ code, always, type: z.literal('uint8'), value: whole(0, 255) }),
  z.looseObject({ code, always, type: z.literal('uint16'), value: whole(0, 65_535) }),
  z.looseObject({ code, always, type: z.literal('uint32'), value: whole(0, 4_294_967_295) }),
  z.looseObject({ code, always, type: z.literal('int32'), value: whole(-2_147_483_648, 2_147_483_647) }),
  z.looseObject({ code, always, type: z.literal('boolean'), value: z.boolean() }),
  z.looseObject({ code, always, type: z.literal('sip-servers'), value: z.array(hostText.min(1)).min(1) }),
])

const option = z.discriminatedUnion('type', [
  simpleOption,
  z.looseObject({ code, always, type: z.literal('sub'), value: z.array(simpleOption).min(1) }),
  z.looseObject({
    code,
    always,
    type: z.literal('vendor-identifying'),
    enterprise: whole(0, 4_294_967_295),
    value: z.array(simpleOption),
  }),
])

const settings = z.record(z.string(), z.unknown()).superRefine((given, context) => {
  for (const [name, value] of Object.entries(given)) {
    const definition = settingNamed(name)
    if (definition === undefined) {
      context.addIssue({ code: 'custom', path: [name], message: 'no such setting' })
      continue
    }
    if (definition.secret && sealable.safeParse(value).success && typeof value !== 'string') continue
    const parsed = definition.type.safeParse(value)
    for (const issue of parsed.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [name, ...issue.path], message: issue.message })
  }
})

const rawName = z.string().regex(/^[\x21-\x7e][\x20-\x7e]{0,199}$/, 'expected a parameter name')
const extra = z.record(
  z.string().regex(/^[a-z0-9-]{1,40}$/, 'expected a vendor'),
  z.record(rawName, z.union([plainText(4000), z.strictObject({ sealed: z.string() })])),
)

const layerFields = {
  settings: settings.default({}),
  extra: extra.default({}),
  locked: z.array(z.string().refine(isLockName, 'no such setting')).max(200).optional(),
  dhcpOptions: z.array(option).max(64).default([]),
}

/** The body of a site, vendor, group or model record. */
export const layerSchema = z.looseObject(layerFields)

/** The body of a device record. */
export const deviceSchema = z
  .looseObject({
    name: plainText(100).optional(),
    vendor: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'expected a vendor like yealink')
      .optional(),
    model: plainText(40).optional(),
    group: plainText(64).optional(),
    person: plainText(64).optional(),
    enabled: z.boolean().default(true),
    lines: z.array(lineShape).max(200).default([]),
    keys: z.array(key).max(1000).default([]),
    handsets: z.array(handset).max(200).optional(),
    ports: z.array(analoguePort).max(200).optional(),
    relays: z.array(relay).max(32).optional(),
    buttons: z.array(button).max(200).optional(),
    notes: z.string().max(10_000).optional(),
    ...layerFields,
  })
  .superRefine((device, context) => {
    const seen = new Set<string>()
    const once = (path: (string | number)[], id: string) => {
      if (seen.has(id)) context.addIssue({ code: 'custom', path, message: `${id} is there twice` })
      seen.add(id)
    }
    device.lines.forEach((given, i) => {
      once(['lines', i, 'index'], `line ${given.index}`)
    })
    device.keys.forEach((given, i) => {
      // The same name for the same key, whether or not its place is spelt out.
      const place = given.place ?? (given.module === 0 ? 'phone' : 'expansion')
      const named = place === 'phone' || place === 'expansion' ? '' : `${place} `
      once(['keys', i, 'index'], `${named}key ${given.index} of module ${given.module}`)
    })
    for (const name of ['handsets', 'ports', 'relays', 'buttons'] as const)
      device[name]?.forEach((given, i) => {
        once([name, i, 'index'], `${name.slice(0, -1)} ${given.index}`)
      })
  })

export type DeviceBody = z.infer<typeof deviceSchema>
export type LayerBody = z.infer<typeof layerSchema>
