import { lookup } from 'node:dns/promises'
import { request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { messageOf, OperatorError } from '../../services/core/errors.ts'
import { isPublicAddress, urlFault } from './policy-address.ts'

const TIMEOUT_MS = 10_000
/** So much of an answer is kept for the log; the rest is not read. */
const ANSWER_BYTES = 2_048

export interface PostOptions {
  readonly url: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly allowPrivate: boolean
  /** Authorities that are trusted beyond the machine's own. */
  readonly ca?: string
  /** Another resolver, for tests. */
  readonly resolve?: (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>
}

export interface Posted {
  readonly status: number
  readonly answer: string
}

/**
 * Sends a webhook. The name is resolved once, each address is checked, and the connection goes to just that address, so
 * that a name cannot mean another machine a moment later. Redirects are not followed. Throws when there is no answer.
 */
export async function post(options: PostOptions): Promise<Posted> {
  const fault = urlFault(options.url, options.allowPrivate)
  if (fault !== undefined) throw new OperatorError(`the URL cannot be used: ${fault}`)
  const url = new URL(options.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const resolve = options.resolve ?? ((name: string) => lookup(name, { all: true, verbatim: true }))
  const addresses = await resolve(host).catch((thrown: unknown) => {
    throw new OperatorError(`${host} cannot be resolved: ${messageOf(thrown)}`)
  })
  const target = addresses.find(({ address }) => options.allowPrivate || isPublicAddress(address))
  // One private address among public ones is somebody's trick as well.
  if (target === undefined || (!options.allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))))
    throw new OperatorError(`${host} leads to an address that is not of the public internet`)
  return exchange(url, target, options)
}

function exchange(url: URL, target: { address: string; family: number }, options: PostOptions): Promise<Posted> {
  const { promise, resolve, reject } = Promise.withResolvers<Posted>()
  const bytes = Buffer.from(options.body)
  const settings: RequestOptions & { ca?: string } = {
    method: 'POST',
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: { ...options.headers, 'content-type': 'application/json', 'content-length': bytes.length },
    agent: false,
    lookup: (_host, asked, done) => {
      if (typeof asked === 'object' && asked.all === true) done(null, [target])
      else done(null, target.address, target.family)
    },
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  }
  const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(settings, (message) => {
    const pieces: Buffer[] = []
    let size = 0
    const end = () => {
      resolve({
        status: message.statusCode ?? 0,
        answer: Buffer.concat(pieces).toString('utf8').slice(0, ANSWER_BYTES),
      })
      request.destroy()
    }
    message.on('data', (piece: Buffer) => {
      pieces.push(piece.subarray(0, ANSWER_BYTES - size))
      size += piece.length
      if (size >= ANSWER_BYTES) end()
    })
    message.on('end', end)
    message.on('error', reject)
  })
  // Of the whole exchange, so that an answer that trickles ends too.
  const timer = setTimeout(() => request.destroy(new OperatorError('no answer within ten seconds')), TIMEOUT_MS)
  request.on('error', reject)
  request.on('close', () => reject(new OperatorError('the connection was closed without an answer')))
  request.end(bytes)
  return promise.finally(() => clearTimeout(timer))
}
