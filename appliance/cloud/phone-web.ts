import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { OperatorError } from '../../services/core/errors.ts'
import type { PhoneWeb } from '../../services/remote/box-pages.ts'
import type { Scheme } from '../../services/remote/contract.ts'
import { LIMITS } from '../../services/remote/policy.ts'

/** A phone that is silent so long is given up. */
const TIMEOUT_MS = 20_000
const PORTS: Readonly<Record<Scheme, number>> = { http: 80, https: 443 }

/**
 * The web servers of phones, at their two usual ports. Certificates are not checked, since phones sign their own; who is
 * spoken to is proven by the address that the caller has checked. Old TLS is spoken: so is it by the person's browser at the
 * branch, and nothing of ours is said over it.
 */
export function makePhoneWeb(ports: Readonly<Record<Scheme, number>> = PORTS): PhoneWeb {
  return {
    send({ scheme, address }, { method, path, headers, body }, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<PhoneWeb['send']>>>()
      const request = (scheme === 'https' ? requestHttps : requestHttp)({
        ...{ host: address, port: ports[scheme], method, path, agent: false, timeout: TIMEOUT_MS },
        ...(scheme === 'https' && { rejectUnauthorized: false, minVersion: 'TLSv1' as const }),
        headers: {
          ...Object.fromEntries(headers),
          ...(body !== undefined && { 'content-length': String(body.length) }),
        },
      })
      const stop = () => request.destroy()
      signal.addEventListener('abort', stop)
      request.on('timeout', stop)
      request.on('error', (thrown) =>
        reject(new OperatorError(`the phone’s web server does not answer: ${reasonOf(thrown)}`)),
      )
      request.on('close', () => {
        signal.removeEventListener('abort', stop)
        reject(new OperatorError('the phone’s web server does not answer: it took too long'))
      })
      request.on('response', (response) =>
        resolve({ status: statusOf(response), headers: pairs(response.rawHeaders), body: bounded(response) }),
      )
      request.end(body)
      return promise
    },
  }
}

/** A status that no browser understands would end the conversation. */
function statusOf({ statusCode = 502 }: IncomingMessage): number {
  return statusCode >= 200 && statusCode <= 599 ? statusCode : 502
}

function pairs(raw: readonly string[]): (readonly [string, string])[] {
  const out: (readonly [string, string])[] = []
  for (let i = 0; i + 1 < raw.length && out.length < 100; i += 2) {
    const value = raw[i + 1] ?? ''
    if (value.length <= LIMITS.header) out.push([raw[i] ?? '', value])
  }
  return out
}

async function* bounded(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length
    if (size > LIMITS.pageAnswer) throw new OperatorError(`the phone’s answer has more than ${LIMITS.pageAnswer} bytes`)
    yield new Uint8Array(part)
  }
}

/** Messages of the runtime may hold the URL, so none of them is passed on. */
function reasonOf(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  if (/REFUSED/i.test(code)) return 'it lets nobody connect'
  if (/UNREACH/i.test(code)) return 'it cannot be reached'
  if (/TLS|SSL|CERT/i.test(code)) return 'no TLS connection came about'
  return 'the connection broke off'
}
