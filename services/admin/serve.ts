import { chmodSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { messageOf, OperatorError } from '../core/errors.ts'
import type { AdminApp } from './app.ts'
import type { Assets } from './assets.ts'
import { type Front, makeFront } from './front.ts'
import { MAX_BODY_OF_ALL } from './routes-restore.ts'

export interface AdminListener extends AsyncDisposable {
  /** Where the page is, e.g. `http://127.0.0.1:8080/`; absent without a port. */
  readonly url?: string
}

export interface ServeOptions {
  readonly app: AdminApp
  /** A port on 127.0.0.1; 0 lets the system choose; absent: no page. */
  readonly port?: number
  /** Where the local socket is to be; absent: none. Only its owner may open it. */
  readonly socketPath?: string
  readonly assets: Assets
}

type Serving = { stop(closeActive?: boolean): Promise<void> }

/** A Unix socket's path fits in 107 bytes, the one under which it is first made is longer by this. */
const MAX_SOCKET_PATH = 107 - '/.XXXXXX/s'.length

/** Opens the page's port and the local socket, or throws `OperatorError` when one of them is taken. */
export async function serveAdmin({ app, port, socketPath, assets }: ServeOptions): Promise<AdminListener> {
  const answer = makeFront({ app, assets })
  const socket =
    socketPath === undefined ? undefined : await openSocket(socketPath, (request) => answer(request, { via: 'socket' }))
  let page: ReturnType<typeof openPort> | undefined
  try {
    page = port === undefined ? undefined : openPort(port, answer)
  } catch (error) {
    await socket?.stop(true)
    if (socketPath !== undefined) rmSync(socketPath, { force: true })
    throw error
  }
  return {
    ...(page && { url: `http://127.0.0.1:${page.port}/` }),
    async [Symbol.asyncDispose]() {
      app.close()
      await Promise.all([page?.server.stop(true), socket?.stop(true)])
      if (socketPath !== undefined) rmSync(socketPath, { force: true })
    },
  }
}

function openPort(port: number, answer: Front) {
  try {
    const server = Bun.serve({
      hostname: '127.0.0.1',
      port,
      idleTimeout: 0,
      maxRequestBodySize: MAX_BODY_OF_ALL,
      fetch: (request, it) => {
        const address = it.requestIP(request)?.address
        return answer(request, { via: 'tcp', port: it.port ?? port, ...(address !== undefined && { address }) })
      },
    })
    return { server, port: server.port ?? port }
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE')
      throw new OperatorError(`port ${port} on 127.0.0.1 is taken by another program; choose another with --admin-port`)
    if (codeOf(error) === 'EACCES') throw new OperatorError(`port ${port} on 127.0.0.1 is not allowed to this user`)
    throw new OperatorError(`port ${port} on 127.0.0.1 cannot be opened: ${messageOf(error)}`)
  }
}

async function openSocket(path: string, fetch: (request: Request) => Response | Promise<Response>): Promise<Serving> {
  if (new TextEncoder().encode(path).length > MAX_SOCKET_PATH)
    throw new OperatorError(`the path of the local socket is too long (over ${MAX_SOCKET_PATH} bytes): ${path}`)
  await makeWay(path)
  // Made in a folder that only we can enter, and moved when its mode is right: at no moment may others connect.
  // Not `join`, which would take the dot away and make the folder beside ours.
  const folder = mkdtempSync(`${dirname(path)}/.`)
  try {
    const first = join(folder, 's')
    const server = Bun.serve({
      unix: first,
      maxRequestBodySize: MAX_BODY_OF_ALL,
      fetch: (request, it) => {
        // Live events may be silent for longer than the runtime lets a connection idle.
        it.timeout(request, 0)
        return fetch(request)
      },
    })
    chmodSync(first, 0o600)
    renameSync(first, path)
    return server
  } catch (error) {
    throw new OperatorError(`the local socket ${path} cannot be made: ${messageOf(error)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Takes away the socket of a box that is gone; one on which somebody answers, or what is no socket, stays. */
async function makeWay(path: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (!stat) return
  if (!stat.isSocket()) throw new OperatorError(`${path} is in the way and is not a socket`)
  if (await answers(path)) throw new OperatorError(`another box is running and answers on ${path}`)
  rmSync(path, { force: true })
}

async function answers(path: string): Promise<boolean> {
  try {
    const socket = await Bun.connect({ unix: path, socket: { data() {}, error() {} } })
    socket.end()
    return true
  } catch {
    return false
  }
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}
