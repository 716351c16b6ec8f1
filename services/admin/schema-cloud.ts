import { z } from '@hono/zod-openapi'

// The words of the central account as the box shows them; times in milliseconds since 1970 as everywhere in the API.

const contact = {
  url: z.string().openapi({ example: 'https://cloud.example' }),
  unreachable: z
    .object({ since: z.number(), reason: z.string() })
    .optional()
    .openapi({ description: 'The last attempt got no answer; phones are served all the same' }),
  problem: z.string().optional().openapi({ description: 'The account answers, but not as it should: what to do' }),
}
const membership = {
  url: contact.url,
  boxId: z.string(),
  orgId: z.string(),
  orgName: z.string().openapi({ description: 'As the account calls itself' }),
  siteId: z.string(),
  claimedAt: z.number(),
}
const known = {
  ...contact,
  fingerprint: z.string().openapi({ description: 'SHA-256 of the box’s public key, for lists of expected boxes' }),
  phrase: z.string().openapi({ example: 'orbit canal mimic' }),
}

export const CloudView = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('off'), reason: z.string() }),
    z.object({
      state: z.literal('unclaimed'),
      ...known,
      code: z.string().optional().openapi({ example: 'BCDF-GHJK', description: 'Absent until the account gave one' }),
      claimPage: z.string().optional().openapi({ description: 'Where code and phrase are typed' }),
      claimUrl: z.string().optional().openapi({ description: 'For a QR code' }),
      qr: z.string().optional().openapi({ description: 'That QR code as SVG' }),
      expiresAt: z.number().optional(),
    }),
    z.object({ state: z.literal('already-claimed'), ...known }),
    z.object({ state: z.literal('claimed'), ...contact, ...membership }),
    z.object({ state: z.enum(['released', 'revoked']), ...membership, since: z.number() }),
  ])
  .openapi('Cloud')
export type CloudView = z.infer<typeof CloudView>
