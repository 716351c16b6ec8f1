import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { type KeyPair, newKeyPair } from '../../services/enrolment/crypto.ts'
import { systemClock } from '../../services/program/clock.ts'
import type { JsonObject } from '../../services/records/contract.ts'
import { makeCloudSync } from '../../services/sync/cloud-sync.ts'
import type { BoxIdentity, CloudSync, FeedName } from '../../services/sync/contract.ts'
import { emptyMemory, makeMemoryStorage } from '../../services/sync/memory-storage.ts'
import { STREAM_PATH, SYNC_PATHS } from '../../services/sync/paths.ts'
import { openSealed, sealTo } from '../../services/sync/sealed-box.ts'
import type { FeedStorage } from '../../services/sync/storage.ts'
import { ANN, type SmallCloud, smallCloud } from './enrolment-lab.ts'

/** A small account on loopback: enrolment and sync over real HTTP, all of it in memory. */
export interface SyncLab extends AsyncDisposable {
  readonly url: string
  readonly cloud: SmallCloud
  readonly sync: CloudSync
  readonly storage: FeedStorage
  /** `METHOD path` of each request of a box, and whether it was told to ask for another token. */
  readonly asked: string[]
  /** Answers in the place of the routes of sync while it gives one. */
  instead: ((request: Request) => Response | Promise<Response> | undefined) | undefined
  /** How many streams are open. */
  streams(): number
  write(feed: FeedName, kind: string, id: string, body: JsonObject | undefined): Promise<void>
  /** A secret as a person in the account types it. */
  sealed(plain: string): { sealed: string; id: string }
  opened(sealed: string): string
  /** `kind id` of all that lives in a feed, with its body. */
  living(feed: FeedName): Promise<Readonly<Record<string, JsonObject>>>
  /** What a box reported, by `kind id`. */
  reported(boxId: string): Promise<Readonly<Record<string, JsonObject>>>
  /** Types code and phrase. */
  claim(shown: { readonly code?: string; readonly phrase: string }, siteId?: string): Promise<string>
}

export async function startSyncLab(options: { readonly takesSecrets?: boolean } = {}): Promise<SyncLab> {
  const keys = newKeyPair('x25519')
  const storage = makeMemoryStorage(emptyMemory())
  const sealFor = (boxId: string, sealed: string) => {
    const box = cloud.storage.boxes().find((one) => one.boxId === boxId)
    return sealTo(bytesOf(box?.sealingKey ?? ''), openSealed([pairOf(keys)], sealed))
  }
  const sync = await makeCloudSync({ storage, clock: systemClock, generation: 'g1', sealFor })
  const streams = new Map<ReadableStreamDefaultController<Uint8Array>, BoxIdentity>()
  const asked: string[] = []
  const server = Bun.serve({
    ...{ port: 0, hostname: '127.0.0.1', idleTimeout: 0 },
    async fetch(request) {
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/v1/sync/')) asked.push(`${request.method} ${pathname}`)
      const other = pathname.startsWith('/v1/sync/') ? await lab.instead?.(request) : undefined
      return other ?? cloud.app.fetch(request)
    },
  })
  const url = `http://127.0.0.1:${server.port}`
  const sealingKey = options.takesSecrets === false ? null : keys.publicKey
  const cloud = smallCloud({ apiBase: url, sealingKey, clock: systemClock })

  async function asBox(c: Context, work: (box: BoxIdentity) => Promise<Response> | Response): Promise<Response> {
    const outcome = await cloud.enrolment.verifyToken(
      /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '',
    )
    return outcome.kind === 'done' ? work(outcome.value) : c.json({ error: { code: outcome.code } }, 401)
  }
  for (const [name, path] of Object.entries(SYNC_PATHS) as [keyof typeof SYNC_PATHS, string][])
    cloud.app.post(path, (c) =>
      asBox(c, async (box) => {
        const answer = JSON.stringify(await sync[name](box, await c.req.json()))
        return c.body(Bun.gzipSync(answer), 200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      }),
    )
  cloud.app.get(STREAM_PATH, (c) =>
    asBox(c, (box) => {
      let mine: ReadableStreamDefaultController<Uint8Array> | undefined
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          mine = controller
          streams.set(controller, box)
          controller.enqueue(new TextEncoder().encode(': welcome\n\n'))
        },
        cancel() {
          if (mine !== undefined) streams.delete(mine)
        },
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    }),
  )
  sync.onPoke((poke) => {
    const text = new TextEncoder().encode(`event: poke\ndata: ${JSON.stringify(poke)}\n\n`)
    for (const controller of streams.keys()) controller.enqueue(text)
  })

  const lab: SyncLab = {
    ...{ url, cloud, sync, storage, asked, instead: undefined },
    streams: () => streams.size,
    write: (feed, kind, id, body) => sync.write(feed, [{ kind, id, body }], { by: 'admin' }),
    sealed: (plain) => ({ sealed: sealTo(bytesOf(keys.publicKey), plain), id: randomBytes(8).toString('hex') }),
    opened: (sealed) => openSealed([pairOf(keys)], sealed),
    async living(feed) {
      const range = { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: 10_000, living: true }
      const records = await storage.read((reader) => reader.page(feed, range))
      return Object.fromEntries(records.map(({ kind, id, body }) => [`${kind} ${id}`, body]))
    },
    async reported(boxId) {
      const all = await storage.read((reader) => reader.reported(boxId))
      return Object.fromEntries(all.map(({ kind, id, body }) => [`${kind} ${id}`, body]))
    },
    async claim({ code, phrase }, siteId = 'lobby') {
      const offer = await cloud.ask(ANN, 'POST', '/v1/claims', { code })
      const { claimToken } = offer.body as { claimToken: string }
      const { body } = await cloud.ask(ANN, 'POST', '/v1/claims/confirm', { claimToken, siteId, phrase })
      return (body as { boxId: string }).boxId
    },
    async [Symbol.asyncDispose]() {
      await server.stop(true)
    },
  }
  return lab
}

function bytesOf(key: string): Uint8Array {
  return new Uint8Array(Buffer.from(key, 'base64url'))
}

function pairOf({ publicKey, privateKey }: KeyPair) {
  return { publicKey: bytesOf(publicKey), privateKey: bytesOf(privateKey) }
}
