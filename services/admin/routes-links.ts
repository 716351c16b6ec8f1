import { z } from '@hono/zod-openapi'
import type { AdminDeps } from './contract.ts'
import { type AdminRouter, makeRouter, read } from './route.ts'

const vlan = z.number().int().min(1).max(4094)
export const LinksView = z
  .object({
    neighbours: z.array(
      z.object({
        interface: z.string(),
        protocol: z.enum(['lldp', 'cdp']),
        kind: z.enum(['switch', 'phone', 'other']),
        name: z.string().optional(),
        port: z.string().optional(),
        portText: z.string().optional().openapi({ description: 'What somebody called the port' }),
        description: z.string().optional(),
        vendor: z.string().optional(),
        model: z.string().optional(),
        portVlan: vlan.optional().openapi({ description: 'That of untagged frames, so the one this box is in' }),
        voiceVlan: z
          .object({ id: vlan, tagged: z.boolean() })
          .optional()
          .openapi({ description: 'The one that phones at this port are sent to' }),
        vlans: z.array(z.object({ id: vlan, name: z.string() })),
        heardAt: z.number(),
      }),
    ),
  })
  .openapi('Links')
export type LinksView = z.infer<typeof LinksView>

/** Who is at the other end of the box's cables, as LLDP and CDP tell it. */
export function linkRoutes({ links }: Pick<AdminDeps, 'links'>): AdminRouter {
  const app = makeRouter()
  app.openapi(
    read('/links', 'Network', 'Switches and phones beside the box, and the VLANs that they tell of', LinksView),
    (c) => {
      const neighbours = links
        .neighbours()
        .map(({ key: _key, ttl: _ttl, vlans, ...one }) => ({ ...one, vlans: [...vlans] }))
      return c.json({ neighbours }, 200)
    },
  )
  return app
}
