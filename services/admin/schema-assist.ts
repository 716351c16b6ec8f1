import { z } from '@hono/zod-openapi'

const steps = (what: string) => z.array(z.string()).openapi({ description: what })

export const SetupView = z
  .object({
    mac: z.string(),
    vendor: z.string().optional(),
    title: z.string().optional(),
    model: z.string().optional(),
    url: z.string().openapi({ description: 'What is typed in where the device wants its full URL' }),
    shortUrl: z.string().openapi({ description: 'Shorter to type: the box finds out who asks' }),
    login: z
      .object({ user: z.string().optional(), password: z.string().optional(), note: z.string().optional() })
      .optional()
      .openapi({ description: 'Of its web page as it leaves the factory, where that is publicly documented' }),
    unsure: z.boolean().openapi({ description: 'As commonly described; no document of the vendor was read for it' }),
    phone: steps('In its own menu; empty when not known'),
    web: steps('On its web page'),
    address: steps('How to find its IP address'),
    findMac: steps('How to find its MAC address'),
    reset: steps('How to reset it to factory settings'),
    scan: z.string().openapi({ description: 'What the QR code holds' }),
    scannable: z.boolean().openapi({ description: 'The device reads such a code by itself' }),
    qr: z.object({ svg: z.string(), blocks: z.string() }),
  })
  .openapi('Setup')
export type SetupView = z.infer<typeof SetupView>

export const WaitingPerson = z
  .object({ id: z.string(), name: z.string(), extension: z.string(), hasPin: z.boolean() })
  .openapi('WaitingPerson')
export type WaitingPerson = z.infer<typeof WaitingPerson>

export const Assignee = z
  .union([
    z.strictObject({ extension: z.string().min(1).max(64) }),
    z.strictObject({ person: z.string().min(1).max(64) }),
  ])
  .openapi('Assignee')

export const ClaimStatusView = z
  .object({
    mode: z.enum(['off', 'pin']).openapi({ description: 'The site setting claim.mode' }),
    pins: z.number().openapi({ description: 'People with a PIN of their own' }),
    round: z.object({ pin: z.string(), openedAt: z.number(), endsAt: z.number(), by: z.string() }).optional(),
    heldUntil: z.number().optional().openapi({ description: 'Too many wrong PINs: nobody may try until then' }),
    now: z.number(),
  })
  .openapi('ClaimStatus')
export type ClaimStatusView = z.infer<typeof ClaimStatusView>

export const OpenClaim = z.strictObject({ minutes: z.int().min(1).max(1440).default(30) }).openapi('OpenClaim')

export const PinInput = z
  .strictObject({
    extension: z.string().min(1).max(64),
    pin: z
      .union([z.string().regex(/^\d{4,12}$/, 'expected 4 to 12 digits'), z.null()])
      .optional()
      .openapi({ description: 'Left out: a new one is made. null: it is taken away' }),
  })
  .openapi('PinInput')
export const PinView = z.object({ extension: z.string(), pin: z.string().optional() }).openapi('Pin')
export type PinView = z.infer<typeof PinView>
