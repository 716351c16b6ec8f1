import { randomBytes } from 'node:crypto'
import { InvariantError } from '../../services/core/errors.ts'
import { silentLog } from '../../services/core/log.ts'
import { type BoxEnrolment, makeBoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import { makeHttpTransport as enrolmentTransport } from '../../services/enrolment/transport-http.ts'
import type { JsonObject, RecordLog, Records } from '../../services/records/contract.ts'
import { makeRecords } from '../../services/records/records.ts'
import { makeUlids } from '../../services/records/ulid.ts'
import { makeBoxCaller } from '../../services/sync/box-caller.ts'
import { type BoxLoop, makeBoxLoop } from '../../services/sync/box-loop.ts'
import { type BoxStream, followStream } from '../../services/sync/box-stream.ts'
import { makeBoxSync } from '../../services/sync/box-sync.ts'
import type { BoxSync } from '../../services/sync/contract.ts'
import { STREAM_PATH } from '../../services/sync/paths.ts'
import { openSealed, sealTo } from '../../services/sync/sealed-box.ts'
import { makeHttpTransport } from '../../services/sync/transport-http.ts'
import { openSimDatabase } from '../sync/sim-database.ts'

const AFTER_STREAM_MS = 60_000
const random = (length: number) => new Uint8Array(randomBytes(length))
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

/**
 * What a box is to its account and nothing else: the real enrolment, sync, pace and stream over real HTTP, as
 * `appliance/cloud/session.ts` puts them together; its database is in memory, and there are no phones.
 */
export interface FarmBox {
  readonly enrolment: BoxEnrolment
  readonly records: Records & RecordLog
  sync(): BoxSync
  /** Enrols; the account expects its key. */
  join(): Promise<void>
  /** The line is there from now on. */
  connect(): void
  /** The line is cut. */
  cut(): Promise<void>
  isLive(): boolean
}

export interface FarmBoxDeps {
  /** Processes of the cloud: a box stays with one as long as that answers, as behind a balancer. */
  readonly urls: readonly string[]
  readonly now: () => number
  readonly onRequest: () => void
  readonly onCycle: (box: FarmBox, failure: string | undefined) => void
  /** A record came to be in force that the account wrote. */
  readonly onRecord: (box: FarmBox, id: string, body: JsonObject) => void
}

export function makeFarmBox(deps: FarmBoxDeps, number: number): FarmBox {
  const clock = { now: deps.now }
  const { urls } = deps
  let at = number % urls.length
  let disk: string | undefined
  const store = {
    load: () => disk,
    save(text: string) {
      disk = text
    },
  }
  const ways = urls.map((url) => enrolmentTransport({ url, now: clock.now, timeoutMs: 60_000 }))
  const enrolment = makeBoxEnrolment({
    ...{ store, url: urls[0] ?? '', clock, log: silentLog, random: Math.random },
    bootId: Buffer.from(random(12)).toString('hex'),
    facts: { model: 'branchline', boxVersion: '0.1.0' },
    transport: {
      send(message) {
        deps.onRequest()
        return pick(ways).send(message)
      },
    },
  })
  const db = openSimDatabase(() => false)
  const records = makeRecords({ db, clock, newId: makeUlids({ clock, random }) })
  let sync: BoxSync | undefined
  let stop = new AbortController()
  let callers: readonly ReturnType<typeof makeBoxCaller>[] = []
  let loop: BoxLoop | undefined
  let stream: BoxStream | undefined

  function pick<Way>(all: readonly Way[]): Way {
    const way = all[at]
    if (way === undefined) throw new InvariantError('a box without a way to its account')
    return way
  }

  function begin(): BoxSync {
    const { boxId, orgId, sealingKey = '' } = enrolment.claim() ?? none()
    const sealingKeys = () =>
      enrolment.sealingKeys().map(({ publicKey, privateKey }) => ({
        publicKey: bytes(publicKey),
        privateKey: bytes(privateKey),
      }))
    const transport = makeHttpTransport({
      post(path, body) {
        deps.onRequest()
        return pick(callers).post(path, body)
      },
    })
    // The branch's own seal is not what is measured.
    const secrets = {
      toCloud: (local: string) => sealTo(bytes(sealingKey), local.slice('b1:'.length)),
      fromCloud: (sealed: string) => `b1:${openSealed(sealingKeys(), sealed)}`,
    }
    return makeBoxSync({ db, records, boxId, orgId, clock, random, transport, secrets })
  }

  records.onChange(({ by, id, after }) => {
    if (by !== 'cloud') loop?.edited()
    else if (after !== undefined) deps.onRecord(box, id, after)
  })

  const box: FarmBox = {
    enrolment,
    records,
    sync: () => sync ?? none(),
    async join() {
      while (enrolment.state().state !== 'claimed') await Bun.sleep(Math.min(await enrolment.step(), 300))
      sync = begin()
    },
    connect() {
      stop = new AbortController()
      callers = urls.map((apiBase) =>
        makeBoxCaller({
          ...{ apiBase, now: clock.now, signal: stop.signal },
          token: () => enrolment.token(),
          refuse: (token) => enrolment.refuseToken(token),
        }),
      )
      const common = { monotonic: () => performance.now(), random: Math.random, later, log: silentLog }
      const mine = makeBoxLoop({
        ...common,
        now: clock.now,
        cycle: () => box.sync().cycle(),
        onCycle({ ok, recovered }) {
          if (recovered) stream?.nudge()
          if (!ok && urls.length > 1) {
            at = (at + 1) % urls.length
            mine.within(Math.random() * 1_000)
          }
          deps.onCycle(box, ok ? undefined : (mine.failing?.reason ?? 'unknown'))
        },
      })
      loop = mine
      stream = followStream({
        ...common,
        open: (signal) => pick(callers).open(STREAM_PATH, signal),
        onEvent: ({ name }) => (name === 'poke' ? mine.poke() : undefined),
        onChange: (open) => (open ? mine.within(Math.random() * AFTER_STREAM_MS) : undefined),
      })
    },
    async cut() {
      stop.abort()
      await stream?.[Symbol.asyncDispose]()
      await loop?.[Symbol.asyncDispose]()
      ;[stream, loop] = [undefined, undefined]
    },
    isLive: () => stream?.isOpen ?? false,
  }
  return box
}

function none(): never {
  throw new InvariantError('this box belongs to no account')
}

function later(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms)
  return () => clearTimeout(timer)
}
