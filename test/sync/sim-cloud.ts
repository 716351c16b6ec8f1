import { makeCloudSync } from '../../services/sync/cloud-sync.ts'
import type { CloudSync } from '../../services/sync/contract.ts'
import { emptyMemory, type MemoryData, makeMemoryStorage } from '../../services/sync/memory-storage.ts'
import type { SyncChecks } from '../../services/sync/policy-checks.ts'
import type { FeedStorage, FeedWriter } from '../../services/sync/storage.ts'
import { PowerCutError } from './sim-database.ts'
import { sealedForBox } from './sim-secrets.ts'

/** What the simulation notes of the cloud beside its data; a backup holds it too, so it knows one history alone. */
interface Audit {
  /** Mutations that were decided. */
  readonly decided: Set<string>
  /** Box → highest epoch. */
  readonly epochs: Map<string, number>
}

interface Durable {
  readonly data: MemoryData
  readonly audit: Audit
}

export interface SimCloud {
  readonly sync: CloudSync
  readonly data: MemoryData
  readonly audit: Audit
  /** The number that it speaks; another one is another program, so `restart` it. */
  version: number
  /** The process dies and comes back. */
  restart(): Promise<void>
  backup(): void
  /** Puts the backup back; returns what was decided since, or undefined without a backup. */
  restore(): Promise<readonly string[] | undefined>
}

/** The cloud's half over memory. `fail` is told of what must never happen. */
export async function makeSimCloud(deps: {
  readonly version: number
  readonly checks: SyncChecks
  readonly now: () => number
  readonly cut: () => boolean
  readonly keyOf: (boxId: string) => number
  readonly fail: (what: string) => void
}): Promise<SimCloud> {
  let durable: Durable = { data: emptyMemory(), audit: { decided: new Set(), epochs: new Map() } }
  let saved: Durable | undefined
  let starts = 0
  let version = deps.version

  function watched(): FeedStorage {
    const storage = makeMemoryStorage(durable.data)
    return {
      read: (work) => storage.read(work),
      peek: (work) => storage.peek(work),
      async write(work) {
        const { audit } = durable
        const first: string[] = []
        if (deps.cut()) throw new PowerCutError('cloud, before the commit')
        const result = await storage.write((writer) => work(audited(writer, audit, first, deps)))
        for (const id of first) audit.decided.add(id)
        if (deps.cut()) throw new PowerCutError('cloud, after the commit')
        return result
      },
    }
  }

  async function start(): Promise<CloudSync> {
    starts += 1
    return makeCloudSync({
      storage: watched(),
      clock: { now: deps.now },
      generation: `g${starts}`,
      sealFor: (boxId, sealed) => sealedForBox(boxId, deps.keyOf(boxId), sealed),
      checks: deps.checks,
      keepMutations: 40,
      version,
    })
  }

  let sync = await start()
  const restart = async () => {
    for (;;) {
      try {
        sync = await start()
        return
      } catch (thrown) {
        if (!(thrown instanceof PowerCutError)) throw thrown
      }
    }
  }
  return {
    get sync() {
      return sync
    },
    get data() {
      return durable.data
    },
    get audit() {
      return durable.audit
    },
    get version() {
      return version
    },
    set version(next) {
      version = next
    },
    restart,
    backup() {
      saved = structuredClone(durable)
    },
    async restore() {
      if (saved === undefined) return undefined
      const before = durable.audit.decided
      durable = structuredClone(saved)
      await restart()
      return [...before].filter((id) => !durable.audit.decided.has(id))
    },
  }
}

/** A writer that sees whether a mutation has an effect twice in one history, and whether an epoch comes back. */
function audited(
  writer: FeedWriter,
  audit: Audit,
  first: string[],
  { fail }: { readonly fail: (what: string) => void },
): FeedWriter {
  let effects = 0
  return {
    ...writer,
    async putRecord(feed, record) {
      effects += 1
      await writer.putRecord(feed, record)
    },
    async putConflict(conflict) {
      effects += 1
      await writer.putConflict(conflict)
    },
    async putMutation(boxId, mutation) {
      const key = `${boxId} ${mutation.mutationId}`
      if (audit.decided.has(key) && effects > 0) fail('applied twice')
      if (!audit.decided.has(key)) first.push(key)
      effects = 0
      await writer.putMutation(boxId, mutation)
    },
    async putInbox(boxId, state) {
      const most = audit.epochs.get(boxId) ?? 0
      if ((state.epoch?.n ?? 0) < most) fail('an epoch came back')
      audit.epochs.set(boxId, Math.max(most, state.epoch?.n ?? 0))
      await writer.putInbox(boxId, state)
    },
  }
}
