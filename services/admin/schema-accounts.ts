import { z } from '@hono/zod-openapi'
import { ROLES, SCOPES } from '../accounts/contract.ts'

const name = z.string().min(1).max(64).openapi({ example: 'maria' })
const password = z.string().min(1).max(1024)
const code = z.string().min(1).max(64)
const Role = z.enum(ROLES).openapi({
  description: 'owner: everything; admin: no accounts and no secrets; installer: devices and people; viewer: reads',
})
const Scope = z.enum(SCOPES)

export const SignInState = z
  .object({
    state: z.enum(['first', 'signed-out', 'signed-in', 'open']).openapi({
      description: 'first: there is no account yet, make one; open: neither, and this way in needs none',
    }),
    needsSetupCode: z.boolean().optional().openapi({ description: 'first: the code that the box printed is needed' }),
    account: z.string().optional(),
    role: Role.optional(),
    fresh: z.boolean().optional().openapi({ description: 'The password was given in the last minutes' }),
  })
  .openapi('SignInState')
export type SignInState = z.infer<typeof SignInState>

export const SignInInput = z.strictObject({ name, password, code: code.optional() }).openapi('SignIn')
export const FirstInput = z.strictObject({ name, password, setupCode: code.optional() }).openapi('FirstAccount')
export const ConfirmInput = z.strictObject({ password }).openapi('Confirm')
export const NewPassword = z.strictObject({ password }).openapi('NewPassword')
export const OwnPassword = z.strictObject({ old: password, password }).openapi('OwnPassword')
export const CodeInput = z.strictObject({ code }).openapi('SecondFactorCode')
export const FactorView = z
  .object({
    secret: z.string(),
    uri: z.string().openapi({ description: 'For a QR code' }),
    qr: z.string().openapi({ description: 'That QR code as SVG' }),
  })
  .openapi('SecondFactor')
export const RecoveryView = z
  .object({ recoveryCodes: z.array(z.string()).openapi({ description: 'Each is good once; shown this once' }) })
  .openapi('RecoveryCodes')

export const AccountView = z
  .object({
    name: z.string(),
    role: Role,
    disabled: z.boolean(),
    createdAt: z.number(),
    createdBy: z.string(),
    passwordAt: z.number(),
    totp: z.boolean(),
    recoveryCodes: z.number(),
    signedInAt: z.number().optional(),
  })
  .openapi('Account')
export type AccountView = z.infer<typeof AccountView>
export const AccountInput = z.strictObject({ name, role: Role, password }).openapi('NewAccount')
export const AccountPatch = z
  .strictObject({ role: Role.optional(), disabled: z.boolean().optional() })
  .openapi('AccountChange')

export const SessionView = z
  .object({
    id: z.string(),
    account: z.string(),
    createdAt: z.number(),
    seenAt: z.number(),
    endsAt: z.number(),
    address: z.string(),
    agent: z.string(),
  })
  .openapi('Session')
export type SessionView = z.infer<typeof SessionView>
export const Ended = z.object({ ended: z.number() }).openapi('Ended')

export const TokenInput = z
  .strictObject({
    label: z.string().regex(/^[\w][\w. -]{0,39}$/, 'a label has 1 to 40 letters, digits, spaces, dots and dashes'),
    scopes: z.array(Scope).min(1).max(SCOPES.length),
    days: z.int().min(1).max(730).default(90),
  })
  .openapi('NewToken')
export const TokenView = z
  .object({
    id: z.string(),
    account: z.string(),
    label: z.string(),
    scopes: z.array(Scope),
    createdAt: z.number(),
    endsAt: z.number(),
    usedAt: z.number().optional(),
  })
  .openapi('Token')
export const MadeToken = TokenView.extend({
  secret: z.string().openapi({ description: 'For `Authorization: Bearer`; shown this once' }),
}).openapi('MadeToken')

export const AccountEventView = z
  .object({
    seq: z.number(),
    at: z.number(),
    kind: z.string(),
    account: z.string().optional(),
    by: z.string(),
    address: z.string().optional(),
    text: z.string(),
  })
  .openapi('AccountEvent')
export type AccountEventView = z.infer<typeof AccountEventView>

export const TrustView = z
  .object({
    fingerprint: z.string().openapi({ description: 'SHA-256 of the certificate of the box’s own authority' }),
    setupCode: z.string().optional().openapi({ description: 'What the first account needs on the LAN' }),
  })
  .openapi('Trust')
export type TrustView = z.infer<typeof TrustView>
