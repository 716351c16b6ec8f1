import type { Host, Hosts } from './hosts.ts'
import { type Connection, connect } from './tcp.ts'

export interface HttpTarget {
  readonly address: number
  readonly port: number
}

export interface HttpAnswer {
  readonly status: number
  readonly body: Uint8Array
}

/** Asks for files one after another over one connection, as long as both sides keep it. */
export interface HttpSession {
  get(path: string, done: (answer: HttpAnswer | undefined, problem?: string) => void): void
  close(): void
}

const USER_AGENT = 'Yealink SIP-T46U 108.86.0.90'

export function openHttp(hosts: Hosts, host: Host, to: HttpTarget, counts: { resent: number }): HttpSession {
  let connection: Connection | undefined
  let waiting: { path: string; done: (answer: HttpAnswer | undefined, problem?: string) => void } | undefined
  let chunks: Buffer[] = []
  let head: { status: number; length: number; close: boolean } | undefined
  let got = 0

  function finish(answer: HttpAnswer | undefined, problem?: string): void {
    const asked = waiting
    waiting = undefined
    chunks = []
    head = undefined
    got = 0
    asked?.done(answer, problem)
  }

  function ask(path: string): void {
    const agent = `${USER_AGENT} ${host.macText.match(/../g)?.join(':')}`
    connection?.send(
      Buffer.from(`GET /${path} HTTP/1.1\r\nHost: 198.18.0.1\r\nUser-Agent: ${agent}\r\nAccept: */*\r\n\r\n`),
    )
  }

  function onData(bytes: Uint8Array): void {
    chunks.push(Buffer.from(bytes))
    got += bytes.length
    if (head === undefined) {
      const text = Buffer.concat(chunks)
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      const lines = text.toString('latin1', 0, end)
      const length = /^content-length: *(\d+)/im.exec(lines)?.[1]
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(lines)?.[1] ?? 0)
      head = { status, length: Number(length ?? 0), close: /^connection: *close/im.test(lines) }
      chunks = [text.subarray(end + 4)]
      got = text.length - end - 4
    }
    if (got < head.length) return
    if (head.close) connection = undefined
    finish({ status: head.status, body: Buffer.concat(chunks) })
  }

  return {
    get(path, done) {
      waiting = { path, done }
      if (connection !== undefined) {
        ask(path)
        return
      }
      connection = connect(hosts, host, to, counts, {
        onOpen: () => ask(path),
        onData,
        onEnd(problem) {
          connection = undefined
          if (waiting !== undefined) finish(undefined, problem ?? 'the server closed before it answered')
        },
      })
    },
    close() {
      connection?.close()
      connection = undefined
    },
  }
}
