import type { DeviceInput, DeviceView, ErrorBody } from '../services/admin/schema.ts'

/** The box said no; `faults` names fields by their path. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** The error's name in the API, e.g. `needs-code`. */
  readonly code: string
  readonly faults: readonly { path: string; message: string }[]
  constructor(status: number, message: string, faults: readonly { path: string; message: string }[] = [], code = '') {
    super(message)
    this.status = status
    this.code = code
    this.faults = faults
  }
}

/** The error's name when nobody is signed in: the box's, and the central account's. */
const SIGNED_OUT = new Set(['sign-in', 'unauthorized'])

/** Asks the API. Throws `ApiError` for whatever is no success, a box that cannot be reached included (status 0). */
export async function api<Result>(
  path: string,
  init: { method?: string; body?: unknown; rev?: number } = {},
): Promise<Result> {
  let response: Response
  try {
    response = await fetch(`/api/v1${path}`, {
      method: init.method ?? 'GET',
      headers: {
        'x-branchline': '1',
        ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(init.rev === undefined ? {} : { 'if-match': `"${init.rev}"` }),
      },
      ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
    })
  } catch {
    throw new ApiError(0, 'the server cannot be reached')
  }
  const text = await response.text()
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Result
  const error = errorOf(response.status, text)
  // The session ended meanwhile: somebody has to sign in again.
  if (SIGNED_OUT.has(error.code)) dispatchEvent(new Event('signed-out'))
  throw error
}

function errorOf(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as ErrorBody
    return new ApiError(status, error.message, error.faults, error.code)
  } catch {
    return new ApiError(status, `the server answered ${status}`)
  }
}

/** Makes a record for a device that was seen. */
export function adopt(mac: string, input: DeviceInput): Promise<DeviceView> {
  return api(`/new-devices/${encodeURIComponent(mac)}/adopt`, { method: 'POST', body: input })
}

/** Gives a device without a record to a person: it gets their name and their line. */
export function assign(mac: string, extension: string): Promise<DeviceView> {
  return api(`/new-devices/${encodeURIComponent(mac)}/assign`, { method: 'POST', body: { extension } })
}

/** Adds a device by its MAC, only if there is none yet. */
export function add(mac: string, input: DeviceInput): Promise<DeviceView> {
  return api(`/devices/${encodeURIComponent(mac)}`, { method: 'PUT', body: { ...input, rev: 0 } })
}
