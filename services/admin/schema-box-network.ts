import { z } from '@hono/zod-openapi'

// The words of the API for the box's own address.

const Servers = z.array(z.string().max(20)).max(8)
const fields = {
  address: z
    .string()
    .max(20)
    .optional()
    .openapi({ example: '192.168.10.1/24', description: 'With the length of its prefix; left out: by DHCP' }),
  gateway: z.string().max(20).optional(),
  dns: Servers,
  ntp: Servers,
  interface: z.string().max(15).optional().openapi({ description: 'The only one that is used; left out: each' }),
}

export const BoxNetworkView = z
  .object({
    unsupported: z.string().optional().openapi({ description: 'Why this box does not set its own network' }),
    setting: z.object(fields),
    source: z.enum(['built-in', 'boot', 'page']).openapi({
      description: 'Where it was given: nowhere, in network.conf on the boot partition, or on the page or the console',
    }),
    returnsIn: z
      .number()
      .int()
      .optional()
      .openapi({ description: 'Seconds until the former setting is taken back, while a new one is tried' }),
    last: z.enum(['kept', 'returned']).optional().openapi({ description: 'How the last trial ended' }),
  })
  .openapi('BoxNetwork')
export type BoxNetworkView = z.infer<typeof BoxNetworkView>

export const BoxNetworkChange = z
  .strictObject({
    ...{ ...fields, dns: Servers.default([]), ntp: Servers.default([]) },
    seconds: z
      .number()
      .int()
      .min(15)
      .max(600)
      .default(120)
      .openapi({ description: 'How long it is tried before the former setting is taken back' }),
  })
  .openapi('BoxNetworkChange')
