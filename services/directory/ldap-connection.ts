import { concat } from '../core/bytes.ts'
import { MalformedPacketError, messageOf } from '../core/errors.ts'
import { frameLength } from './codec-ber.ts'
import { decodeRequest, encodeDisconnection } from './codec-ldap.ts'
import { type Answer, answerLdap, CODE, type LdapFacts, NEW_SESSION, type Session } from './policy-ldap.ts'

/** A request that is longer comes from no phone. */
export const MAX_REQUEST = 65_536
/** Bytes that wait to be sent: a whole answer of a thousand entries, and no endless queue. */
const MAX_WAITING = 8 * 1_048_576

/** The sending half of a socket. */
export interface Wire {
  /** Hands bytes to the system and says how many it took. */
  write(bytes: Uint8Array): number
  shutdown(): void
  terminate(): void
}

export interface ConnectionDeps {
  readonly wire: Wire
  /** What this peer may see now; undefined: nothing any more. */
  facts(): LdapFacts | undefined
  /** After each answer. */
  answered(answer: Answer): void
  malformed(reason: string): void
}

/** One connection: cuts bytes into messages and answers them one after the other, as fast as the peer takes the answers. */
export function makeLdapConnection({ wire, facts, answered, malformed }: ConnectionDeps) {
  let session: Session = NEW_SESSION
  let received: Uint8Array = new Uint8Array()
  let waiting: Uint8Array = new Uint8Array()
  let ending = false

  function end() {
    ending = true
    if (waiting.length === 0) wire.shutdown()
  }

  function send(messages: readonly Uint8Array[]) {
    const bytes = waiting.length === 0 ? concat(messages) : concat([waiting, ...messages])
    const taken = bytes.length === 0 ? 0 : Math.max(0, wire.write(bytes))
    waiting = bytes.subarray(taken)
    if (waiting.length > MAX_WAITING) wire.terminate()
  }

  /** Nothing more is read while the peer has not taken what it asked for. */
  function advance() {
    while (!ending && waiting.length === 0) {
      const length = frameLength(received, MAX_REQUEST)
      if (length === undefined || received.length < length) return
      const request = decodeRequest(received.subarray(0, length))
      received = received.slice(length)
      const known = facts()
      if (known === undefined) return wire.terminate()
      const answer = answerLdap(session, request, known)
      session = answer.session
      send(answer.replies)
      answered(answer)
      if (answer.close) return end()
    }
  }

  function guarded() {
    try {
      advance()
    } catch (thrown) {
      if (!(thrown instanceof MalformedPacketError)) throw thrown
      malformed(messageOf(thrown))
      // RFC 4511 section 4.1.1: what cannot be read ends the connection.
      send([encodeDisconnection({ code: CODE.protocolError, message: 'the message cannot be read' })])
      end()
    }
  }

  return {
    onData(bytes: Uint8Array) {
      if (ending) return
      received = received.length === 0 ? Uint8Array.from(bytes) : concat([received, bytes])
      // A peer that sends on while it takes no answer.
      if (received.length > 2 * MAX_REQUEST) return wire.terminate()
      guarded()
    },
    onDrain() {
      send([])
      if (waiting.length > 0) return
      if (ending) wire.shutdown()
      else guarded()
    },
    /** The peer sends no more; what waits still goes out. */
    onEnd: end,
  }
}
