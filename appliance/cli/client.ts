import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { BranchlineError, ConflictError, NotFoundError, OperatorError } from '../../services/core/errors.ts'
import { readConfig } from '../config/config.ts'
import { type Invocation, UnreachableError } from './command.ts'

/** The box answered, but could not do it; the box's log says more. */
export class BoxFailedError extends BranchlineError {
  override readonly name = 'BoxFailedError'
  readonly fault = 'invariant'
}

/** The name of the local socket in the data folder. */
export const SOCKET_NAME = 'branchline.sock'

/** Speaks to the running box over its local socket, which needs no password. Every call throws typed errors. */
export interface BoxClient {
  readonly socket: string
  json(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>
  /** POSTs a file; a 422 with a report of what is wrong in it is an answer like any other. */
  upload(path: string, contentType: string, content: string | Uint8Array<ArrayBuffer>): Promise<unknown>
  /** PUTs a file's content, read from the disk as it goes out. */
  send(path: string, content: Blob): Promise<unknown>
  /** GETs a file and writes it to the disk as it comes in. */
  save(path: string, to: string): Promise<void>
  bytes(path: string): Promise<{ readonly bytes: Uint8Array; readonly headers: Headers }>
}

/** A client for the box that this invocation's configuration describes. */
export function clientFor({ flags, terminal }: Invocation): BoxClient {
  const socket =
    flags.socket ?? join(readConfig({ flags, env: terminal.env, root: terminal.root }).dataFolder, SOCKET_NAME)
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await reach(socket, method, path, body === undefined ? undefined : JSON.stringify(body))
    if (!response.ok) throw await errorOf(response)
    return response
  }
  return {
    socket,
    async json(method, path, body) {
      const response = await call(method, path, body)
      const text = await response.text()
      return text === '' ? undefined : (JSON.parse(text) as unknown)
    },
    async upload(path, contentType, content) {
      const response = await reach(socket, 'POST', path, content, contentType)
      if (!response.ok && response.status !== 422) throw await errorOf(response)
      return (await response.json()) as unknown
    },
    async send(path, content) {
      const response = await reach(socket, 'PUT', path, content, 'application/octet-stream')
      if (!response.ok) throw await errorOf(response)
      return (await response.json()) as unknown
    },
    async save(path, to) {
      await Bun.write(to, await call('GET', path))
    },
    async bytes(path) {
      const response = await call('GET', path)
      return { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers }
    },
  }
}

async function reach(
  socket: string,
  method: string,
  path: string,
  body: string | Uint8Array<ArrayBuffer> | Blob | undefined,
  contentType = 'application/json',
): Promise<Response> {
  try {
    return await fetch(`http://localhost${path}`, {
      unix: socket,
      method,
      ...(body === undefined ? {} : { body, headers: { 'content-type': contentType } }),
    })
  } catch {
    throw new UnreachableError(whyUnreachable(socket))
  }
}

function whyUnreachable(socket: string): string {
  try {
    accessSync(socket, constants.R_OK | constants.W_OK)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EACCES')
      return `the box's socket ${socket} is not open to this user; use the one that runs the box, or sudo`
  }
  return `no box answers on ${socket}; is it running? (branchline up, or name its --data folder)`
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly faults?: readonly { path: string; message: string }[] }
}

async function errorOf(response: Response): Promise<BranchlineError> {
  const text = await response.text()
  let body: ErrorBody = {}
  try {
    body = JSON.parse(text) as ErrorBody
  } catch {
    // Not JSON: the status says enough.
  }
  const said = body.error?.message ?? `the box answered ${response.status}`
  const faults = (body.error?.faults ?? [])
    .map((fault) => `${fault.path}: ${fault.message}`)
    .filter((fault) => !said.includes(fault))
  const message = [said, ...faults].join('\n  ')
  if (response.status === 404) return new NotFoundError(message)
  if (response.status === 409 || response.status === 412) return new ConflictError(message)
  return response.status < 500 ? new OperatorError(message) : new BoxFailedError(message)
}
