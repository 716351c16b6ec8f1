import { Agent, request } from 'node:http'
import { request as requestTls } from 'node:https'
import { concat } from '../../services/core/bytes.ts'
import { formatIpv4, type Ipv4 } from '../../services/core/ipv4.ts'
import type { Fetched } from './tftp-client.ts'

const TIMEOUT_MS = 10_000

/**
 * Fetches a URL from the phone's own address. Phones do not check the server's certificate before their first
 * configuration told them which authority to trust, so neither does this one.
 */
export function fetchHttp(url: URL, from: Ipv4, userAgent: string): Promise<Fetched> {
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, bytes: new Uint8Array(0) })
    const options = {
      localAddress: formatIpv4(from),
      agent: url.protocol === 'https:' ? undefined : new Agent({ keepAlive: false }),
      headers: { 'user-agent': userAgent },
      timeout: TIMEOUT_MS,
    }
    const outgoing =
      url.protocol === 'https:' ? requestTls(url, { ...options, rejectUnauthorized: false }) : request(url, options)
    outgoing.on('response', (response) => {
      const parts: Uint8Array[] = []
      response.on('data', (part: Uint8Array) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: concat(parts) }))
      response.on('error', failed)
    })
    outgoing.on('timeout', () => outgoing.destroy())
    outgoing.on('error', failed)
    outgoing.end()
  })
}
