import { randomBytes } from 'node:crypto'
import { InvariantError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { type BoxEnrolment, makeBoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import { makeHttpTransport } from '../../services/enrolment/transport-http.ts'
import { systemClock } from '../../services/program/clock.ts'
import type { RecordLog, Records } from '../../services/records/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { makeBoxSync } from '../../services/sync/box-sync.ts'
import type { BoxSync, Transport } from '../../services/sync/contract.ts'
import { STREAM_PATH, SYNC_PATHS } from '../../services/sync/paths.ts'
import { openSealed, sealTo } from '../../services/sync/sealed-box.ts'
import { memoryDatabase } from './database.ts'

const random = (length: number) => new Uint8Array(randomBytes(length))
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

/** The box's halves of enrolment and sync, as they are, against an account over HTTP. */
export interface BranchOffice extends AsyncDisposable {
  readonly enrolment: BoxEnrolment
  readonly records: Records & RecordLog
  /** Asks for a code, and shows it. */
  code(): Promise<{ readonly code: string; readonly phrase: string }>
  /** After somebody has confirmed: learns it, and syncs from then on. */
  belong(): Promise<void>
  sync(): BoxSync
  boxId(): string
  /** The secret that the box would open. */
  opened(sealed: unknown): string
  /** A POST with the box's own token. */
  post(path: string, body: string | ReadableStream, headers?: Record<string, string>): Promise<Response>
  /** Resolves with the next event of the stream whose data holds `text`; it is open when `open` resolves. */
  listen(text: string): Promise<{ readonly next: Promise<string> }>
}

/** `url`: where the account is. Secrets are kept as `b1:` and the text. */
export function openBranchOffice(url: string): BranchOffice {
  const clock = systemClock
  let disk: string | undefined
  const stop = new AbortController()
  const enrolment = makeBoxEnrolment({
    store: {
      load: () => disk,
      save(text) {
        disk = text
      },
    },
    transport: makeHttpTransport({ url, now: clock.now, signal: stop.signal }),
    ...{ url, clock, log: silentLog, random: () => 0.5, bootId: Buffer.from(random(12)).toString('hex') },
    facts: { model: 'branchline', boxVersion: '0.1.0' },
  })
  const db = memoryDatabase()
  const records = makeRecords({ db, clock, newId: makeUlids({ clock, random }) })
  let sync: BoxSync | undefined

  const claim = () => {
    const found = enrolment.claim()
    if (found === undefined) throw new InvariantError('this office belongs to no account')
    return found
  }
  async function post(path: string, body: string | ReadableStream, headers: Record<string, string> = {}) {
    return fetch(`${url}${path}`, {
      ...{ method: 'POST', body },
      headers: { authorization: `Bearer ${await enrolment.token()}`, 'content-type': 'application/json', ...headers },
    })
  }
  const call = (path: string) => async (request: unknown) => (await post(path, JSON.stringify(request))).json()
  const transport: Transport = {
    pull: call(SYNC_PATHS.pull),
    push: call(SYNC_PATHS.push),
    heartbeat: call(SYNC_PATHS.heartbeat),
    status: call(SYNC_PATHS.status),
    events: call(SYNC_PATHS.events),
  }
  const sealingKeys = () =>
    enrolment.sealingKeys().map(({ publicKey, privateKey }) => ({
      publicKey: bytes(publicKey),
      privateKey: bytes(privateKey),
    }))

  return {
    enrolment,
    records,
    async code() {
      await enrolment.step()
      const state = enrolment.state()
      if (state.state !== 'unclaimed' || state.code === undefined)
        throw new InvariantError(`no code is shown: ${JSON.stringify(state)}`)
      return { code: state.code, phrase: state.phrase }
    },
    async belong() {
      // The account asks for five seconds between polls; the first may come at once.
      while (enrolment.state().state !== 'claimed') await Bun.sleep(Math.min(await enrolment.step(), 500))
      const { boxId, orgId, sealingKey = '' } = claim()
      sync = makeBoxSync({
        ...{ db, records, transport, boxId, orgId, clock, random },
        secrets: {
          toCloud: (local) => sealTo(bytes(sealingKey), local.slice('b1:'.length)),
          fromCloud: (sealed) => `b1:${openSealed(sealingKeys(), sealed)}`,
        },
      })
    },
    sync() {
      if (sync === undefined) throw new InvariantError('this office belongs to no account')
      return sync
    },
    boxId: () => claim().boxId,
    opened: (sealed) => (sealed as { sealed: string }).sealed.slice('b1:'.length),
    post,
    async listen(text) {
      const response = await fetch(`${url}${STREAM_PATH}`, {
        headers: { authorization: `Bearer ${await enrolment.token()}` },
        signal: stop.signal,
      })
      if (response.body === null || response.status !== 200)
        throw new InvariantError(`the stream was answered ${response.status}`)
      return { next: until(response.body, text) }
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      db[Symbol.dispose]()
    },
  }
}

async function until(body: ReadableStream<Uint8Array>, text: string): Promise<string> {
  const decoder = new TextDecoder()
  let all = ''
  for await (const chunk of body) {
    all += decoder.decode(chunk, { stream: true })
    const event = all.split('\n\n').find((part) => part.includes(text))
    if (event !== undefined) return event
  }
  throw new InvariantError(`the stream ended without ${text}: ${all}`)
}
