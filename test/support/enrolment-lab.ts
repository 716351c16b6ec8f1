import { Hono } from 'hono'
import type { Clock } from '../../services/core/clock.ts'
import { silentLog } from '../../services/core/log.ts'
import { type BoxEnrolment, makeBoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import type { CloudEnrolment } from '../../services/enrolment/cloud-deps.ts'
import { makeCloudEnrolment } from '../../services/enrolment/cloud-enrolment.ts'
import { configKeyText } from '../../services/enrolment/codec-signature.ts'
import type { ConfigKey } from '../../services/enrolment/contract.ts'
import { type KeyPair, newKeyPair, signText } from '../../services/enrolment/crypto.ts'
import { boxRoutes } from '../../services/enrolment/routes-box.ts'
import { claimRoutes } from '../../services/enrolment/routes-claims.ts'
import type { Site } from '../../services/enrolment/storage.ts'
import { type EnrolmentTransport, type Message, NoAnswerError, type Reply } from '../../services/enrolment/transport.ts'
import { makeTestClock, type TestClock } from './clock.ts'
import { enrolmentsInMemory, type MemoryEnrolmentStorage } from './enrolment-storage.ts'
import { makeRandom } from './random.ts'

/** 32 bytes of any value: nothing is sealed here. */
export const ORG_SEALING_KEY = Buffer.alloc(32, 9).toString('base64url')

/** Two organisations that know nothing of one another. */
export const SITES: Readonly<Record<string, Site>> = {
  lobby: { orgId: 'acme', orgName: 'Acme', mayOmitPhrase: false, sealingKey: ORG_SEALING_KEY },
  cellar: { orgId: 'acme', orgName: 'Acme', mayOmitPhrase: false },
  attic: { orgId: 'acme', orgName: 'Acme', mayOmitPhrase: true },
  harbour: { orgId: 'other', orgName: 'Other & Sons', mayOmitPhrase: false },
}

export interface SmallCloud {
  readonly app: Hono
  readonly enrolment: CloudEnrolment
  readonly storage: MemoryEnrolmentStorage
  readonly clock: TestClock
  readonly configKeys: ConfigKey[]
  readonly firstConfigKey: KeyPair
  /** Calls a route for people as `who`, who may claim in these organisations. */
  ask(who: Person, method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<{ status: number; body: Said }>
  kinds(): string[]
}

export interface Person {
  readonly id: string
  readonly organisations: readonly string[]
  readonly sites?: Readonly<Record<string, readonly string[]>>
  readonly address?: string
}

// biome-ignore lint/suspicious/noExplicitAny: answers of any route, looked at by tests
export type Said = any

export const ANN: Person = { id: 'ann', organisations: ['acme'] }
export const BOB: Person = { id: 'bob', organisations: ['acme'] }
export const EVE: Person = { id: 'eve', organisations: ['other'] }

/** The account's program as far as enrolment goes: both routers over a storage in memory. */
export function smallCloud(
  options: {
    readonly seed?: number
    /** Where the rest of the API is, for boxes that go on to use it. */
    readonly apiBase?: string
    /** In place of one to which nothing can be sealed; null: the organisations take no secrets. */
    readonly sealingKey?: string | null
    readonly clock?: Clock
  } = {},
): SmallCloud {
  const storage = enrolmentsInMemory(sitesWith(options.sealingKey))
  const clock = makeTestClock()
  const draw = makeRandom(options.seed ?? 1)
  const firstConfigKey = newKeyPair('ed25519')
  const configKeys: ConfigKey[] = [{ key: firstConfigKey.publicKey }]
  const enrolment = makeCloudEnrolment({
    ...{
      storage,
      clock: options.clock ?? clock,
      key: new Uint8Array(32).fill(7),
      apiBase: options.apiBase ?? 'https://cloud.example/api',
    },
    claimPage: 'https://cloud.example/claim',
    configKeys: () => configKeys,
    random: (length) => Uint8Array.from({ length }, () => Math.floor(draw() * 256)),
  })
  const app = new Hono()
  app.route('/', boxRoutes({ enrolment, addressOf: (c) => c.req.header('x-test-address') ?? '192.0.2.10' }))
  app.route(
    '/',
    claimRoutes({
      enrolment,
      adminOf(c) {
        const text = c.req.header('x-test-person')
        if (text === undefined) return undefined
        return { address: '198.51.100.1', ...(JSON.parse(text) as Person) }
      },
    }),
  )
  app.onError((_thrown, c) => c.text('internal', 500))
  app.post('/elsewhere', async (c) => c.json({ size: (await c.req.arrayBuffer()).byteLength }))
  return {
    ...{ app, enrolment, storage, clock, configKeys, firstConfigKey },
    kinds: () => storage.audit().map(({ kind }) => kind),
    async ask(who, method, path, body) {
      const response = await app.request(path, {
        method,
        headers: { 'x-test-person': JSON.stringify(who), 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined }
    },
  }
}

function sitesWith(given: string | null | undefined): typeof SITES {
  if (given === undefined) return SITES
  return Object.fromEntries(
    Object.entries(SITES).map(([siteId, { sealingKey: _, ...site }]) => [
      siteId,
      given === null ? site : { ...site, sealingKey: given },
    ]),
  )
}

/** The next configuration key, vouched for by an earlier one. */
export function vouchedKey(by: KeyPair, next: KeyPair, retires: boolean): ConfigKey {
  const signature = signText(by, configKeyText({ key: next.publicKey, by: by.publicKey, retires }))
  return { key: next.publicKey, by: by.publicKey, retires, signature }
}

/** A way to the cloud without a network. `on` sees each message and may lose, double or replace what happens to it. */
export function memoryTransport(
  cloud: Pick<SmallCloud, 'app'>,
  on: (message: Message, deliver: () => Promise<Reply>) => Promise<Reply> = (_message, deliver) => deliver(),
  address?: string,
): EnrolmentTransport {
  return {
    send: (message) =>
      on(message, async () => {
        const response = await cloud.app.request(message.path, {
          method: message.method,
          headers: { ...message.headers, ...(address !== undefined && { 'x-test-address': address }) },
          ...(message.body !== undefined && { body: message.body }),
        })
        const challenge = response.headers.get('branchline-challenge')
        const retryAfter = response.headers.get('retry-after')
        const text = await response.text()
        return {
          status: response.status,
          body: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined,
          ...(challenge !== null && { challenge }),
          ...(retryAfter !== null && { retryAfterMs: Number(retryAfter) * 1000 }),
        }
      }),
  }
}

export const OFFLINE = () => Promise.reject(new NoAnswerError('cannot be reached (ConnectionRefused)'))

/** What a box has on its disk; `saved` counts what was written. */
export interface Disk {
  text: string | undefined
  saved: number
}

let boots = 0

/** A box's half on a disk that outlives it; each call is a start of the program. */
export function startBox(options: {
  readonly transport: EnrolmentTransport
  readonly disk: Disk
  readonly clock: TestClock
  readonly save?: (write: () => void) => void
}): BoxEnrolment {
  const { disk, transport, clock } = options
  boots++
  return makeBoxEnrolment({
    ...{ transport, clock, log: silentLog, url: 'https://cloud.example', bootId: `boot-${boots}` },
    store: {
      load: () => disk.text,
      save(text) {
        const write = () => {
          disk.text = text
          disk.saved++
        }
        if (options.save === undefined) write()
        else options.save(write)
      },
    },
    facts: { model: 'branchline', boxVersion: '0.1.0' },
    random: () => 0.5,
  })
}

export function newDisk(): Disk {
  return { text: undefined, saved: 0 }
}

/** The code and phrase that the box shows. */
export function shownBy(box: BoxEnrolment): { readonly code: string; readonly phrase: string } {
  const state = box.state()
  if (state.state !== 'unclaimed') return { code: '', phrase: '' }
  return { code: state.code ?? '', phrase: state.phrase }
}

/** Types code and phrase as a person would, once; returns the last answer. */
export async function claimBox(cloud: SmallCloud, box: BoxEnrolment, who = ANN, siteId = 'lobby') {
  const { code, phrase } = shownBy(box)
  const offer = await cloud.ask(who, 'POST', '/v1/claims', { code })
  if (offer.status !== 200) return offer
  return cloud.ask(who, 'POST', '/v1/claims/confirm', { claimToken: offer.body.claimToken, siteId, phrase })
}

/** Steps with pauses as asked, until `done` or too many. */
export async function stepUntil(box: BoxEnrolment, clock: TestClock, done: () => boolean, most = 50): Promise<boolean> {
  for (let i = 0; i < most && !done(); i++) clock.advance(await box.step())
  return done()
}
