import type { z } from 'zod'
import type { Clock, EpochMs } from '../core/clock.ts'
import { signedText } from './codec-signature.ts'
import type { SignatureHeaders } from './contract.ts'
import { type KeyPair, sha256Hex, signText } from './crypto.ts'
import { challengeAnswer, refusalBody } from './schema.ts'
import { type EnrolmentTransport, NoAnswerError, type Reply } from './transport.ts'

/** A challenge that came with an answer is used while it is surely good; its life is two minutes. */
const CHALLENGE_USE_MS = 90_000

export type Called<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'refused'; readonly code: string; readonly retryAfterMs?: number }

export interface Call<Value> {
  readonly path: string
  readonly body: object
  readonly by: KeyPair
  readonly answer: z.ZodType<Value>
}

/** Sends signed requests. Throws `NoAnswerError` when nothing came back that can be used. */
export function makeCalls({ transport, clock }: { readonly transport: EnrolmentTransport; readonly clock: Clock }) {
  let kept: { readonly challenge: string; readonly at: EpochMs } | undefined

  async function challenge(): Promise<string> {
    const { challenge: spare, at = 0 } = kept ?? {}
    kept = undefined
    const age = clock.now() - at
    // Each is good once. After a jump of the clock nothing is known of its age.
    if (spare !== undefined && age >= 0 && age < CHALLENGE_USE_MS) return spare
    const reply = await transport.send({ method: 'GET', path: '/v1/challenge', headers: {} })
    return read(reply, challengeAnswer).challenge
  }

  async function attempt({ path, body, by }: Call<unknown>): Promise<Reply> {
    const text = JSON.stringify(body)
    const given = await challenge()
    const parts = { method: 'POST', path, bodyHash: sha256Hex(text), challenge: given }
    const headers: SignatureHeaders & Record<string, string> = {
      'content-type': 'application/json',
      'branchline-key': by.publicKey,
      'branchline-challenge': given,
      'branchline-signature': signText(by, signedText(parts)),
    }
    const reply = await transport.send({ method: 'POST', path, headers, body: text })
    if (reply.challenge !== undefined) kept = { challenge: reply.challenge, at: clock.now() }
    return reply
  }

  return async function call<Value>(wanted: Call<Value>): Promise<Called<Value>> {
    let reply = await attempt(wanted)
    // Too old, or used by a copy of this very message that arrived first: once more with a new one.
    if (reply.status === 401 && codeOf(reply) === 'challenge') reply = await attempt(wanted)
    const { status, retryAfterMs } = reply
    if (status >= 200 && status < 300) return { kind: 'done', value: read(reply, wanted.answer) }
    const code = codeOf(reply)
    if (code === undefined || status >= 500)
      throw new NoAnswerError(`the account answered ${status}`, retryAfterMs === undefined ? {} : { retryAfterMs })
    return { kind: 'refused', code, ...(retryAfterMs !== undefined && { retryAfterMs }) }
  }
}

function codeOf({ body }: Reply): string | undefined {
  const result = refusalBody.safeParse(body)
  return result.success ? result.data.error.code : undefined
}

function read<Value>({ status, body }: Reply, schema: z.ZodType<Value>): Value {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const at = result.error.issues[0]?.path.map(String).join('.') ?? ''
  throw new NoAnswerError(`the account's answer (${status}) cannot be used${at === '' ? '' : `: ${at.slice(0, 60)}`}`)
}
