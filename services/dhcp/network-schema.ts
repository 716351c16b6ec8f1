import { z } from 'zod'
import { broadcastOf, contains, formatCidr, formatIpv4, type Ipv4 } from '../core/ipv4.ts'
import type { DhcpNetwork, DhcpPool, OfferedOption, TypedOption } from './contract.ts'
import { cidrField, durationField, ipv4Field, macField, poolField } from './network-fields.ts'
import { faultOf } from './told.ts'

const code = z.number().int().min(1).max(254)
const always = z.boolean().optional()

/** A DHCP option as a person writes it; the form is that of `TypedOption` in the DHCP contract. */
export const optionSchema: z.ZodType<OfferedOption, unknown> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.strictObject({ code, type: z.enum(['text', 'hex']), value: z.string().max(1024), always }),
    z.strictObject({
      code,
      type: z.literal('ipv4'),
      value: z.array(ipv4Field.transform((address) => formatIpv4(address))).min(1),
      always,
    }),
    z.strictObject({
      code,
      type: z.enum(['uint8', 'uint16', 'uint32', 'int32']),
      value: z.number().int(),
      always,
    }),
    z.strictObject({ code, type: z.literal('boolean'), value: z.boolean(), always }),
    z.strictObject({ code, type: z.literal('sub'), value: z.array(optionSchema), always }),
    z.strictObject({ code, type: z.literal('sip-servers'), value: z.array(z.string().min(1)).min(1), always }),
    z.strictObject({
      code,
      type: z.literal('vendor-identifying'),
      enterprise: z.number().int().min(0).max(0xffffffff),
      value: z.array(optionSchema),
      always,
    }),
  ]),
) as z.ZodType<OfferedOption, unknown>

const reservationSchema = z
  .strictObject({
    mac: macField.optional(),
    clientId: z
      .string()
      .regex(/^([0-9a-f]{2}){2,}$/i, 'client identifier is not hexadecimal')
      .transform((text) => text.toLowerCase())
      .optional(),
    address: ipv4Field,
  })
  .refine((reservation) => reservation.mac !== undefined || reservation.clientId !== undefined, {
    message: 'a reservation needs mac or clientId',
  })

/** One network of the DHCP server, in the configuration file and in the records alike. */
export const networkSchema = z
  .strictObject({
    id: z.string().regex(/^[\w.:-]{1,64}$/, 'an id is 1 to 64 letters, digits, dots, colons or dashes'),
    interface: z.string().min(1).max(15).optional(),
    subnet: cidrField,
    pools: z.array(poolField).default([]),
    router: ipv4Field.optional(),
    dns: z.array(ipv4Field).default([]),
    domain: z.string().max(253).optional(),
    ntp: z.array(ipv4Field).default([]),
    lease: durationField.default(43_200).meta({ description: 'how long a lease lasts', default: '12h' }),
    authoritative: z.boolean().default(true),
    reservations: z.array(reservationSchema).default([]),
    options: z.array(optionSchema).default([]),
  })
  .superRefine((network, context) => {
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const inside = (address: Ipv4) => contains(network.subnet, address)
    const subnet = formatCidr(network.subnet)
    network.pools.forEach((pool, i) => {
      if (!inside(pool.from) || !inside(pool.to)) fault(['pools', i], `range lies outside ${subnet}`)
      else if (
        network.subnet.prefix < 31 &&
        (holds(pool, network.subnet.network) || holds(pool, broadcastOf(network.subnet.network, network.subnet.prefix)))
      )
        fault(['pools', i], `range holds the first or last address of ${subnet}, which no host can have`)
      if (network.router !== undefined && holds(pool, network.router))
        fault(['pools', i], `range holds the router ${formatIpv4(network.router)}`)
      const clash = network.pools.findIndex((other, j) => j < i && other.from <= pool.to && pool.from <= other.to)
      if (clash >= 0) fault(['pools', i], `range overlaps range ${clash + 1}`)
    })
    if (network.router !== undefined && !inside(network.router))
      fault(['router'], `router ${formatIpv4(network.router)} lies outside ${subnet}`)
    network.options.forEach((option, i) => {
      const wrong = faultOf(option)
      if (wrong !== undefined) fault(['options', i, wrong.at], wrong.message)
      else if (network.options.findIndex(({ code }) => code === option.code) < i)
        fault(['options', i, 'code'], `option ${option.code} is there twice`)
    })
    const taken = new Set<Ipv4>()
    network.reservations.forEach((reservation, i) => {
      if (!inside(reservation.address)) fault(['reservations', i, 'address'], `address lies outside ${subnet}`)
      if (taken.has(reservation.address)) fault(['reservations', i, 'address'], 'address is reserved twice')
      taken.add(reservation.address)
    })
  })

function holds(pool: DhcpPool, address: Ipv4): boolean {
  return pool.from <= address && address <= pool.to
}

/** What DHCP does on one interface. Nothing is answered on an interface that is not named here or in the page. */
export const dhcpInterfaceSchema = z.strictObject({
  mode: z.enum(['full', 'phones-only', 'off']).meta({
    description: 'full: serve everyone; phones-only: serve recognised phones beside the site’s own server; off',
  }),
  besideForeignServer: z
    .boolean()
    .default(false)
    .meta({ description: 'in full mode, answer although another DHCP server was heard' }),
})

/** Those of these bodies that are networks; the others are left out. */
export function readNetworks(bodies: readonly unknown[]): readonly DhcpNetwork[] {
  return bodies.flatMap((body) => {
    const read = networkSchema.safeParse(body)
    return read.success ? [toDhcpNetwork(read.data)] : []
  })
}

/** The network as the DHCP server takes it. */
export function toDhcpNetwork(input: z.output<typeof networkSchema>): DhcpNetwork {
  return {
    id: input.id,
    ...(input.interface === undefined ? {} : { interface: input.interface }),
    subnet: input.subnet,
    pools: input.pools,
    ...(input.router === undefined ? {} : { router: input.router }),
    dns: input.dns,
    ...(input.domain === undefined ? {} : { domain: input.domain }),
    ntp: input.ntp,
    leaseSeconds: input.lease,
    authoritative: input.authoritative,
    reservations: input.reservations.map(({ mac, clientId, address }) => ({
      address,
      ...(mac === undefined ? {} : { mac }),
      ...(clientId === undefined ? {} : { clientId }),
    })),
    options: input.options satisfies readonly TypedOption[],
  }
}
