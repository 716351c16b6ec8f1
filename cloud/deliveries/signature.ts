import { createHmac, randomBytes } from 'node:crypto'

/** What a receiver proves a webhook by. Told once. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`
}

/**
 * The header `branchline-signature`: when it was signed, and HMAC-SHA256 over `SECONDS.BODY`. The time is part of what is
 * signed, so that a receiver can refuse what was recorded and is sent again.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${mac}`
}
