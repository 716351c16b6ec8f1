import type { BoxCaller } from './box-caller.ts'
import type { Transport } from './contract.ts'
import { SYNC_PATHS } from './paths.ts'

/** Sync over HTTPS: each message a POST of JSON. Answers are checked by who asked. */
export function makeHttpTransport(caller: Pick<BoxCaller, 'post'>): Transport {
  return {
    pull: (request) => caller.post(SYNC_PATHS.pull, request),
    push: (request) => caller.post(SYNC_PATHS.push, request),
    heartbeat: (request) => caller.post(SYNC_PATHS.heartbeat, request),
    status: (request) => caller.post(SYNC_PATHS.status, request),
    events: (request) => caller.post(SYNC_PATHS.events, request),
  }
}
