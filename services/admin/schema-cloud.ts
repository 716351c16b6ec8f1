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

const outcome = z.enum(['applied', 'merged', 'conflict', 'rejected'])

const SyncView = z
  .object({
    syncedAt: z.number().optional().openapi({ description: 'When all was last exchanged, since the program started' }),
    waiting: z.number().openapi({ description: 'Edits that the account has not decided yet' }),
    crowded: z.boolean().openapi({ description: 'So many edits wait that no more should be made here' }),
    halted: z.boolean().openapi({ description: 'Two live copies of this box: a person chooses in the account' }),
    upgrade: z.boolean().openapi({ description: 'The box must be updated before the account takes its edits' }),
    live: z.boolean().openapi({ description: 'The account tells at once what is new' }),
    failing: z.object({ since: z.number(), reason: z.string() }).optional(),
    withoutSecrets: z.boolean().openapi({ description: 'The account takes no secrets: those of the box stay here' }),
    notices: z
      .array(
        z.object({
          ...{ mutationId: z.string(), kind: z.string(), id: z.string(), group: z.string(), outcome },
          code: z.enum(['malformed', 'forbidden', 'cloud-owned', 'too-large']).optional(),
        }),
      )
      .openapi({ description: 'Edits made here that did not simply become the case, newest last' }),
    unusable: z
      .array(z.object({ kind: z.string(), id: z.string(), reason: z.string() }))
      .openapi({ description: 'Records of the account that this box cannot use; what it had before stays in force' }),
  })
  .openapi('CloudSync')

const where = {
  fixed: z.literal(true).optional().openapi({ description: 'The configuration names the account: not changed here' }),
}

export const CloudView = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('off'), reason: z.string(), ...where }),
    z.object({
      state: z.literal('unclaimed'),
      ...known,
      ...where,
      code: z.string().optional().openapi({ example: 'BCDF-GHJK', description: 'Absent until the account gave one' }),
      claimPage: z.string().optional().openapi({ description: 'Where code and phrase are typed' }),
      claimUrl: z.string().optional().openapi({ description: 'For a QR code' }),
      qr: z.string().optional().openapi({ description: 'That QR code as SVG' }),
      expiresAt: z.number().optional(),
    }),
    z.object({ state: z.literal('already-claimed'), ...known, ...where }),
    z.object({ state: z.literal('claimed'), ...contact, ...membership, ...where, sync: SyncView.optional() }),
    z.object({ state: z.enum(['released', 'revoked']), ...membership, ...where, since: z.number() }),
  ])
  .openapi('Cloud')
export type CloudView = z.infer<typeof CloudView>

export const CloudJoin = z
  .object({
    url: z
      .string()
      .max(500)
      .nullable()
      .openapi({
        ...{ example: 'https://cloud.example', description: 'The account’s address; null: the box works alone' },
      }),
  })
  .strict()
  .openapi('CloudJoin')
