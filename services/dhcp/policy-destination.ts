import { BROADCAST } from '../core/ipv4.ts'
import type { Mac } from '../core/mac.ts'
import type { Endpoint } from '../core/net.ts'
import { BROADCAST_FLAG, type DhcpMessage } from './codec.ts'

export type ReplyKind = 'offer' | 'ack' | 'nak' | 'inform-ack' | 'bootp-reply'

/** Where an answer goes. `direct`: to a client that cannot answer ARP yet; where that fails, broadcast. Ports are filled in by the sender. */
export type Destination =
  | { readonly kind: 'relay' | 'unicast'; readonly address: Endpoint['address'] }
  | { readonly kind: 'direct'; readonly address: Endpoint['address']; readonly mac: Mac }
  | { readonly kind: 'broadcast'; readonly address: Endpoint['address'] }

const broadcast: Destination = { kind: 'broadcast', address: BROADCAST }

/** RFC 2131 §4.1. A relay is asked first, then ciaddr; a NAK without relay is always broadcast. */
export function destination(
  request: DhcpMessage,
  type: ReplyKind,
  yiaddr: DhcpMessage['yiaddr'],
  mac: Mac | undefined,
): Destination {
  if (request.giaddr !== 0) return { kind: 'relay', address: request.giaddr }
  if (type === 'nak') return broadcast
  // BOOTP clients may fill ciaddr too, RFC 951 §7.1 answers there as well; a DISCOVER has no address that could be used.
  if (request.ciaddr !== 0 && type !== 'offer') return { kind: 'unicast', address: request.ciaddr }
  if ((request.flags & BROADCAST_FLAG) !== 0 || yiaddr === 0) return broadcast
  return mac === undefined ? broadcast : { kind: 'direct', address: yiaddr, mac }
}
