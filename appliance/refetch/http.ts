import { randomBytes } from 'node:crypto'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { toHex } from '../../services/core/bytes.ts'
import { formatIpv4, type Ipv4 } from '../../services/core/ipv4.ts'
import type { PhoneCall, PhoneHttp, PhoneReply } from '../../services/refetch/contract.ts'
import { authorize, chooseChallenge, type HashText } from '../../services/sip/codec-digest.ts'

export interface PhoneHttpOptions {
  readonly hash: HashText
  /** A phone that is silent so long is given up. Default 10 s. */
  readonly timeoutMs?: number
}

const MAX_BODY = 4_096
const TIMEOUT_MS = 10_000

interface Raw {
  readonly status: number
  readonly challenges: readonly string[]
  readonly body: string
}

/**
 * Requests to the web servers of phones: no proxy, no redirect, no cookie, a short answer. Certificates are not checked,
 * since phones sign their own; who is spoken to is proven by the address that the caller has checked. The password is
 * sent only where it is asked for, hashed by Digest (RFC 7616) where the phone can, and stands in no message of ours.
 */
export function makePhoneHttp({ hash, timeoutMs = TIMEOUT_MS }: PhoneHttpOptions): PhoneHttp {
  return {
    async send(to, call, signal) {
      // A password in the path is as bare as one by Basic.
      if (call.path.includes('{password}') && call.scheme === 'http' && !call.basic)
        return { kind: 'refused', status: 0, reason: 'its vendor has the password in the URL, which HTTPS alone hides' }
      const path = call.path.replaceAll('{password}', () => encodeURIComponent(call.credentials?.secret ?? ''))
      const once = (authorization?: string) =>
        exchange(to, call, path, authorization, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
      try {
        return await dialogue(call, path, once, hash)
      } catch (thrown) {
        return { kind: 'silent', reason: reasonOf(thrown) }
      }
    },
  }
}

async function dialogue(
  call: PhoneCall,
  path: string,
  once: (authorization?: string) => Promise<Raw>,
  hash: HashText,
): Promise<PhoneReply> {
  let raw = await once()
  for (let count = 1; raw.status === 401; count++) {
    const proof = proofFor(call, path, raw.challenges, count, hash)
    if (typeof proof === 'string') return { kind: 'refused', status: 401, reason: proof }
    raw = await once(proof.value)
    if (raw.status !== 401) return { kind: 'answered', status: raw.status, body: raw.body, challenged: true }
  }
  return { kind: 'answered', status: raw.status, body: raw.body, challenged: false }
}

/** The Authorization header or, in plain words, why there is none. */
function proofFor(
  call: PhoneCall,
  path: string,
  challenges: readonly string[],
  count: number,
  hash: HashText,
): { readonly value: string } | string {
  const { credentials, basic, method, scheme } = call
  if (credentials === undefined) return 'it asks for a password and there is none'
  const challenge = chooseChallenge(challenges)
  // Asked again without `stale`, the phone does not take this password (RFC 7616 §3.3); once is enough for a stale nonce.
  if (count > 1 && ('problem' in challenge || !challenge.stale || count > 2)) return 'it does not take the password'
  if (!('problem' in challenge)) {
    const { user, secret } = credentials
    const cnonce = toHex(new Uint8Array(randomBytes(8)))
    return { value: authorize({ challenge, user, secret, method, uri: path, cnonce, count: 1 }, hash) }
  }
  if (!challenges.some((value) => /^basic\b/i.test(value))) return challenge.problem
  if (!basic && scheme === 'http') return 'it wants the password in plain text (Basic over HTTP), which it is not given'
  // RFC 7617 §2: the user holds no colon, and both are UTF-8.
  return { value: `Basic ${Buffer.from(`${credentials.user}:${credentials.secret}`, 'utf8').toString('base64')}` }
}

function exchange(
  to: Ipv4,
  call: PhoneCall,
  path: string,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<Raw> {
  const { promise, resolve, reject } = Promise.withResolvers<Raw>()
  const body = call.body === undefined ? undefined : Buffer.from(call.body, 'utf8')
  const request = (call.scheme === 'https' ? requestHttps : requestHttp)({
    host: formatIpv4(to),
    port: call.port,
    method: call.method,
    path,
    agent: false,
    signal,
    ...(call.scheme === 'https' && { rejectUnauthorized: false }),
    headers: {
      connection: 'close',
      ...(authorization !== undefined && { authorization }),
      ...(call.method === 'POST' && { 'content-length': String(body?.length ?? 0) }),
      ...(body !== undefined && { 'content-type': call.contentType ?? 'text/plain' }),
    },
  })
  request.on('error', reject)
  request.on('response', (response) => {
    readSome(response)
      .then((text) => {
        resolve({ status: response.statusCode ?? 0, challenges: challengesOf(response), body: text })
        request.destroy()
      })
      .catch(reject)
  })
  request.end(body)
  return promise
}

/** The first kilobytes of the body; the rest of it is not read. */
async function readSome(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part)
    size += part.length
    if (size >= MAX_BODY) break
  }
  return Buffer.concat(parts).toString('utf8').slice(0, MAX_BODY)
}

/** Each challenge by itself: several may share a header, and their parameters are split by commas too (RFC 9110 §11.6.1). */
function challengesOf(response: IncomingMessage): string[] {
  const joined = response.headers['www-authenticate'] ?? ''
  return joined.split(/,\s*(?=(?:digest|basic|bearer|negotiate|ntlm)\b(?!\s*=))/i).map((value) => value.trim())
}

/** Why there was no answer. Messages of the runtime may hold the URL, so none of them is passed on. */
function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const name = thrown instanceof Error ? thrown.name : ''
  if (/REFUSED/i.test(code)) return 'it lets nobody connect'
  if (name === 'AbortError' || name === 'TimeoutError' || /ABORT|TIMEOUT/i.test(code)) return 'it took too long'
  if (/UNREACH/i.test(code)) return 'it cannot be reached'
  if (/TLS|SSL|CERT/i.test(code)) return 'no TLS connection came about'
  return 'the connection broke off'
}
