import { z } from 'zod'
import type {
  ChallengeAnswer,
  ConfirmRequest,
  EnrolAnswer,
  EnrolmentVersion,
  EnrolRequest,
  LeaveRequest,
  PollRequest,
  RotateAnswer,
  RotateRequest,
  TokenAnswer,
  TokenRequest,
} from './contract.ts'

// What arrives from the other side, checked and bounded, in both directions: a box does not trust its cloud with its
// memory either. Fields that this release does not know are dropped.

export const VERSION: EnrolmentVersion = 1

/** 32 bytes in base64url are 43 characters, the last of which has two bits to spare: one spelling each. */
const publicKey = z.string().regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/, 'is not a public key (32 bytes, base64url)')
/** 64 bytes in base64url. */
const signature = z.string().regex(/^[\w-]{85}[AQgw]$/, 'is not a signature (64 bytes, base64url)')
const id = z.string().regex(/^[\w-]{1,64}$/, 'is not an id')
const challenge = z.string().regex(/^[\w.-]{16,200}$/, 'is not a challenge')
/** Shown to people on the other side: no line breaks, no control characters, no text that changes direction. */
const shown = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'has characters that cannot be shown')
const seconds = z.number().int().min(0).max(86_400)
const version = z.int().min(1).max(1_000_000)
const bootId = id

export const signatureHeaders = z.object({ key: publicKey, challenge, signature })

export const enrolRequest: z.ZodType<EnrolRequest> = z.object({
  ...{ version, bootId, identityKey: publicKey, sealingKey: publicKey },
  model: shown(60),
  boxVersion: shown(60),
  serial: shown(60).exactOptional(),
})
export const pollRequest: z.ZodType<PollRequest> = z.object({ version, bootId })
export const leaveRequest: z.ZodType<LeaveRequest> = pollRequest
export const tokenRequest: z.ZodType<TokenRequest> = z.object({ version, bootId, boxId: id })
export const rotateRequest: z.ZodType<RotateRequest> = z.object({
  ...{ version, bootId, identityKey: publicKey, sealingKey: publicKey, proof: signature },
})

export const challengeAnswer: z.ZodType<ChallengeAnswer> = z.object({ challenge, expiresIn: seconds })
export const enrolAnswer: z.ZodType<EnrolAnswer> = z.object({
  enrolmentId: id,
  userCode: z.string().regex(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
  claimPage: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .regex(/^[!-~]+$/),
  expiresIn: seconds,
  interval: z.number().int().min(1).max(3_600),
})
const configKey = z.object({
  key: publicKey,
  by: publicKey.exactOptional(),
  retires: z.boolean().exactOptional(),
  signature: signature.exactOptional(),
})
export const claimFacts = z.object({
  ...{ boxId: id, orgId: id, siteId: id },
  orgName: shown(100),
  sealingKey: publicKey.exactOptional(),
  configKeys: z.array(configKey).min(1).max(32),
  apiBase: z.url({ protocol: /^https?$/ }).max(500),
  epoch: z.int().min(1),
})
export const tokenAnswer: z.ZodType<TokenAnswer> = z.object({
  token: z.string().regex(/^[\w.-]{20,2000}$/),
  ...{ expiresIn: seconds, claim: claimFacts, rotate: z.boolean() },
})
export const rotateAnswer: z.ZodType<RotateAnswer> = z.object({ identityKey: publicKey })
/** Of a refusal only the code is used: texts of the other side are not shown to people here. */
export const refusalBody = z.object({ error: z.object({ code: z.string().max(60) }) })

/** People mistype; what they typed is judged by the codecs, this only bounds it. */
export const claimRequest = z.strictObject({ code: z.string().min(1).max(100) })
export const confirmRequest: z.ZodType<ConfirmRequest> = z.strictObject({
  claimToken: z.string().min(1).max(200),
  siteId: z.string().min(1).max(64),
  phrase: z.string().min(1).max(200).exactOptional(),
  replace: z.boolean().exactOptional(),
})
export const denyRequest = z.strictObject({ claimToken: z.string().min(1).max(200) })
export const transferRequest = z.strictObject({ siteId: z.string().min(1).max(64) })
export const keepRequest = z.strictObject({ bootId })
export const preloadRequest = z.strictObject({
  siteId: z.string().min(1).max(64),
  fingerprints: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'is not a fingerprint: 64 hexadecimal digits in lower case'))
    .min(1)
    .max(5_000),
})
