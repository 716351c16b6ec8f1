/**
 * Where a box calls its account, below the `apiBase` of its claim. Every message is a POST of JSON with
 * `authorization: Bearer` and the token of enrolment; no cursor and no id stands in a URL, so proxies log none.
 */
export const SYNC_PATHS = {
  pull: '/v1/sync/pull',
  push: '/v1/sync/push',
  heartbeat: '/v1/sync/heartbeat',
  status: '/v1/sync/status',
  events: '/v1/sync/events',
} as const

/** `GET`, with the hash behind it: content of a file of the account; ranges are understood. */
export const FILES_PATH = '/v1/files/'

/**
 * `GET`: a stream of server-sent events that the box keeps open. `event: poke` carries a `Poke`; `event: jobs` says that
 * something is to be done (services/remote); a comment each 25 s keeps proxies from closing it. A lost event costs a
 * minute, never data: the box polls all the same.
 */
export const STREAM_PATH = '/v1/sync/stream'
