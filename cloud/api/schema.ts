import { z } from '@hono/zod-openapi'
import { plainText } from '../../services/core/shapes.ts'
import { ROLES, TOKEN_SCOPES } from '../accounts/policy.ts'

export const Email = z
  .email()
  .max(254)
  .transform((text) => text.toLowerCase())
  .openapi({ type: 'string', format: 'email', example: 'ada@example.net' })

export const Name = plainText(100).trim().min(1)
export const RoleName = z.enum(ROLES)
const SiteIds = z.array(z.string().min(1).max(100)).max(500)
const time = z.number().int().openapi({ description: 'milliseconds since 1970' })
const secret = (max: number) => z.string().min(1).max(max)

export const AccountView = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['provider', 'reseller', 'customer']),
    rev: z.number().int(),
    createdAt: time,
    closed: z.boolean(),
    phraseMayBeLeftOut: z.boolean().openapi({
      description: 'who claims a box from behind the box’s own public address need not type its three words',
    }),
  })
  .openapi('Account')
export const AccountList = z.object({ accounts: z.array(AccountView) })
export const MyAccounts = z.object({ accounts: z.array(AccountView.extend({ role: RoleName })) })
export const AccountEdit = z.strictObject({
  name: Name.optional(),
  phraseMayBeLeftOut: z.boolean().optional(),
  rev: z.number().int(),
})
export const CustomerInput = z.strictObject({ name: Name, kind: z.enum(['reseller', 'customer']).default('customer') })

export const TimeZone = z
  .string()
  .max(64)
  .refine((zone) => isZone(zone), 'is not a time zone like Europe/Berlin')
export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}
export const SiteView = z
  .object({
    id: z.string(),
    name: z.string(),
    timeZone: z.string(),
    note: z.string(),
    rev: z.number().int(),
    createdAt: time,
  })
  .openapi('Site')
export const SiteList = z.object({ sites: z.array(SiteView) })
export const SiteInput = z.strictObject({
  name: Name,
  timeZone: TimeZone.default('UTC'),
  note: plainText(1000).default(''),
})
export const SiteEdit = z.strictObject({
  rev: z.number().int(),
  name: Name.optional(),
  timeZone: TimeZone.optional(),
  note: plainText(1000).optional(),
})

export const MemberView = z
  .object({
    personId: z.string(),
    email: z.string(),
    name: z.string(),
    role: RoleName,
    sites: z.array(z.string()),
    since: time,
  })
  .openapi('Member')
export const MemberList = z.object({ people: z.array(MemberView) })
export const MemberEdit = z.strictObject({ role: RoleName, sites: SiteIds.default([]) })

export const InvitationView = z
  .object({ id: z.string(), email: z.string().nullable(), role: RoleName, sites: z.array(z.string()), endsAt: time })
  .openapi('Invitation')
export const InvitationList = z.object({ invitations: z.array(InvitationView) })
export const InvitationInput = z.strictObject({ email: Email, role: RoleName, sites: SiteIds.default([]) })
export const InvitationMade = z
  .object({
    id: z.string(),
    mail: z.enum(['sent', 'failed', 'not-configured']),
    link: z.string().optional().openapi({ description: 'to hand over, when no mail was sent' }),
  })
  .openapi('InvitationMade')

export const TokenView = z
  .object({
    id: z.string(),
    name: z.string(),
    role: RoleName,
    sites: z.array(z.string()),
    scopes: z.array(z.string()),
    endsAt: time,
    createdBy: z.string(),
    createdAt: time,
    usedAt: time.nullable(),
  })
  .openapi('Token')
export const TokenList = z.object({ tokens: z.array(TokenView) })
export const TokenInput = z.strictObject({
  name: Name,
  role: RoleName,
  sites: SiteIds.default([]),
  scopes: z.array(z.enum(TOKEN_SCOPES)).min(1).max(TOKEN_SCOPES.length),
  endsAt: time,
})
export const TokenMade = z
  .object({ id: z.string(), token: z.string().openapi({ description: 'told this once' }) })
  .openapi('TokenMade')

export const AuditList = z.object({
  entries: z.array(
    z
      .object({
        id: z.string(),
        at: time,
        actor: z.string(),
        actorName: z.string(),
        action: z.string(),
        target: z.string(),
        address: z.string(),
        detail: z.unknown(),
      })
      .openapi('AuditEntry'),
  ),
})

export const PasswordSignIn = z.strictObject({ email: Email, password: secret(1000) })
export const Factor = z.strictObject({ ticket: secret(200), code: secret(40) })
export const SignedIn = z
  .object({ next: z.enum(['done', 'second-factor']), ticket: z.string().optional() })
  .openapi('SignedIn')
export const Welcome = z
  .object({ account: z.string().nullable(), email: z.string().nullable(), role: RoleName, known: z.boolean() })
  .openapi('Welcome')
export const WelcomeInput = z.strictObject({ token: secret(200) })
export const Accept = z.strictObject({
  token: secret(200),
  name: Name,
  email: Email.optional(),
  accountName: Name.optional(),
  password: secret(1000),
})
export const Me = z
  .object({ id: z.string(), email: z.string(), name: z.string(), hasPassword: z.boolean(), hasTotp: z.boolean() })
  .openapi('Me')
export const PasswordInput = z.strictObject({ password: secret(1000) })
export const PasswordChange = z.strictObject({ current: secret(1000), password: secret(1000) })
export const SessionList = z.object({
  sessions: z.array(
    z
      .object({
        id: z.string(),
        createdAt: time,
        seenAt: time,
        address: z.string(),
        agent: z.string(),
        current: z.boolean(),
      })
      .openapi('Session'),
  ),
})
export const Ended = z.object({ ended: z.number() }).openapi('Ended')
export const TotpBegun = z
  .object({
    ...{ ticket: z.string(), secret: z.string(), uri: z.string() },
    qr: z.string().openapi({ description: 'The URI as an SVG.' }),
  })
  .openapi('TotpBegun')
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) }).openapi('RecoveryCodes')
/** What a browser's WebAuthn gives and takes; its own rules are checked by the library that verifies it. */
const webAuthn = z.looseObject({}).openapi({ type: 'object', additionalProperties: true })
export const Ceremony = z.object({ ticket: z.string(), options: webAuthn }).openapi('PasskeyCeremony')
const credential = z.looseObject({
  id: secret(2000),
  rawId: secret(2000),
  type: z.literal('public-key'),
  response: webAuthn,
})
export const PasskeyInput = z.strictObject({ ticket: secret(200), name: Name, response: credential })
export const PasskeySignIn = z.strictObject({ ticket: secret(200), response: credential })
export const PasskeyList = z.object({
  passkeys: z.array(
    z.object({ id: z.string(), name: z.string(), createdAt: time, usedAt: time.nullable() }).openapi('Passkey'),
  ),
})
export const Providers = z.object({ providers: z.array(z.object({ id: z.string(), name: z.string() })) })
