import { z } from '@hono/zod-openapi'

// The words of the API for the networks that the box leases addresses of.

const Addresses = z.array(z.string().max(20)).max(8)
const Reservation = z.object({
  mac: z.string().max(40).optional(),
  clientId: z.string().max(512).optional(),
  address: z.string().max(20),
})

export const OptionView = z
  .looseObject({
    code: z.number().int(),
    type: z.string().openapi({ example: 'text' }),
    value: z.unknown().optional(),
    hidden: z.boolean().optional().openapi({
      description: 'It is set; what it says is shown to those who may change it. Never sent back.',
    }),
    enterprise: z.number().optional(),
    always: z.boolean().optional().openapi({ description: 'Sent even to a device that does not ask for it.' }),
  })
  .openapi('DhcpOption')
export type OptionView = z.infer<typeof OptionView>

const fields = {
  interface: z.string().optional(),
  subnet: z.string().openapi({ example: '192.0.2.0/24' }),
  pools: z
    .array(z.string().max(40))
    .max(64)
    .openapi({ example: ['192.0.2.100-192.0.2.199'] }),
  router: z.string().max(20).optional(),
  dns: Addresses,
  domain: z.string().max(253).optional(),
  ntp: Addresses,
  lease: z.number().int().positive().openapi({ description: 'Seconds' }),
  reservations: z.array(Reservation).max(4096),
  options: z.array(OptionView).max(64),
}

export const NetworkView = z
  .object({
    id: z.string(),
    rev: z.number(),
    fixed: z.boolean().openapi({ description: 'The configuration file holds it: it cannot be changed here.' }),
    ...fields,
  })
  .openapi('Network')

export const ChoiceView = z
  .object({
    name: z.string(),
    up: z.boolean(),
    addresses: z.array(z.string()).openapi({ example: ['192.0.2.1/24'] }),
    fixed: z.boolean().openapi({ description: 'The configuration file decides.' }),
    decided: z.boolean().openapi({ description: 'Somebody has said what DHCP shall do here, if only that it is off.' }),
  })
  .openapi('DhcpChoice')

export const NetworksView = z
  .object({ networks: z.array(NetworkView), interfaces: z.array(ChoiceView) })
  .openapi('Networks')

export const HeardView = z
  .object({
    servers: z.array(z.object({ server: z.string(), mac: z.string().optional(), offered: z.string().optional() })),
  })
  .openapi('HeardServers')
export type HeardView = z.infer<typeof HeardView>

export const NetworkPatch = z
  .strictObject({
    pools: fields.pools,
    router: fields.router.unwrap().nullable(),
    dns: Addresses,
    domain: z.string().max(253).nullable(),
    ntp: Addresses,
    lease: fields.lease,
    reservations: fields.reservations,
    options: fields.options,
  })
  .partial()
  .openapi('NetworkChange')

const { subnet, interface: port, ...changeable } = fields
export const NetworkInput = z
  .strictObject({
    id: z.string().max(64).optional().openapi({ description: 'Left out: made of `name`, else of the subnet.' }),
    name: z.string().max(100).optional(),
    subnet,
    interface: port.openapi({ description: 'Where it is attached. Left out: its devices come through a relay.' }),
    ...z.object(changeable).partial().shape,
  })
  .openapi('NetworkInput')
export type NetworkInput = z.infer<typeof NetworkInput>

export const RemovalView = z
  .object({
    leases: z.number().int().openapi({ description: 'Addresses of it that somebody holds now.' }),
    phones: z.number().int().openapi({ description: 'Of these, those of registered devices.' }),
    reservations: z.number().int(),
    interface: z.string().optional().openapi({ description: 'Where the box would give no addresses any more.' }),
  })
  .openapi('NetworkRemoval')
export type RemovalView = z.infer<typeof RemovalView>

export const ToldView = z
  .object({
    network: z.string(),
    vendorClass: z.string().optional(),
    phone: z.boolean().openapi({ description: 'Whether it is answered as a phone.' }),
    asked: z
      .array(z.number())
      .optional()
      .openapi({ description: 'What it asked for when it last came; absent: it never did.' }),
    options: z.array(
      z.object({
        code: z.number(),
        type: z.string(),
        text: z.string().optional().openapi({ description: 'Left out for those who may not change it.' }),
        from: z.enum(['network', 'device']).openapi({ description: 'The network, or what is known of the device.' }),
        always: z.boolean(),
      }),
    ),
  })
  .openapi('ToldOptions')
export type ToldView = z.infer<typeof ToldView>

export type NetworkView = z.infer<typeof NetworkView>
export type NetworkPatch = z.infer<typeof NetworkPatch>
export type ChoiceView = z.infer<typeof ChoiceView>
export type NetworksView = z.infer<typeof NetworksView>
