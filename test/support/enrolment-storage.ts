import type {
  BoxRow,
  EnrolmentAudit,
  EnrolmentRow,
  EnrolmentStorage,
  EnrolmentWriter,
  PreloadRow,
  Site,
} from '../../services/enrolment/storage.ts'

interface Tables {
  readonly enrolments: Map<string, EnrolmentRow>
  readonly boxes: Map<string, BoxRow>
  readonly preloads: Map<string, PreloadRow>
  readonly attempts: Map<string, readonly number[]>
  readonly challenges: Map<string, number>
  readonly audit: readonly EnrolmentAudit[]
}

/** The cloud's tables in memory, with what a test may want to see and to break. */
export interface MemoryEnrolmentStorage extends EnrolmentStorage {
  readonly audit: () => readonly EnrolmentAudit[]
  readonly boxes: () => readonly BoxRow[]
  readonly enrolments: () => readonly EnrolmentRow[]
  /** Called before each commit; what it throws is a crash that leaves nothing of the transaction. */
  beforeCommit: () => void
}

/** A database that is only memory: transactions run one after another on a copy that takes the place of the old one. */
export function enrolmentsInMemory(sites: Readonly<Record<string, Site>> = {}): MemoryEnrolmentStorage {
  let tables: Tables = {
    enrolments: new Map(),
    boxes: new Map(),
    preloads: new Map(),
    attempts: new Map(),
    challenges: new Map(),
    audit: [],
  }
  let queue: Promise<unknown> = Promise.resolve()
  const storage: MemoryEnrolmentStorage = {
    audit: () => tables.audit,
    boxes: () => [...tables.boxes.values()],
    enrolments: () => [...tables.enrolments.values()],
    beforeCommit() {},
    read: (work) => work(accessTo({ ...tables }, sites, () => undefined)),
    peek: (work) => storage.read(work),
    write(work) {
      const run = queue.then(async () => {
        let copy: Tables = {
          enrolments: new Map(tables.enrolments),
          boxes: new Map(tables.boxes),
          preloads: new Map(tables.preloads),
          attempts: new Map(tables.attempts),
          challenges: new Map(tables.challenges),
          audit: tables.audit,
        }
        const result = await work(
          accessTo(copy, sites, (event) => {
            copy = { ...copy, audit: [...copy.audit, event] }
          }),
        )
        storage.beforeCommit()
        tables = copy
        return result
      })
      queue = run.catch(() => undefined)
      return run
    },
  }
  return storage
}

function accessTo(
  tables: Tables,
  sites: Readonly<Record<string, Site>>,
  note: (event: EnrolmentAudit) => void,
): EnrolmentWriter {
  const { enrolments, boxes, preloads, attempts, challenges } = tables
  const newest = (fits: (row: EnrolmentRow) => boolean) => [...enrolments.values()].filter(fits).at(-1)
  const preloadKey = (orgId: string, fingerprint: string) => `${orgId} ${fingerprint}`
  return {
    enrolment: async (id) => enrolments.get(id),
    enrolmentByCode: async (code) => newest((row) => row.userCode === code),
    enrolmentByKey: async (key) => newest((row) => row.identityKey === key),
    alive: async (now, network) =>
      [...enrolments.values()].filter(
        ({ claim, network: its }) =>
          (claim.state === 'open' || claim.state === 'coded') &&
          claim.expiresAt > now &&
          (network === undefined || its === network),
      ).length,
    box: async (boxId) => boxes.get(boxId),
    boxByKey: async (key) =>
      [...boxes.values()].find(
        ({ state, identityKey, next }) => state === 'active' && (identityKey === key || next?.identityKey === key),
      ),
    boxOfSite: async (siteId) => [...boxes.values()].find((box) => box.state === 'active' && box.siteId === siteId),
    site: async (siteId) => (Object.hasOwn(sites, siteId) ? sites[siteId] : undefined),
    // There are no records here that could follow it.
    async place() {},
    preloads: async (fingerprint) =>
      [...preloads.values()]
        .filter((row) => row.fingerprint === fingerprint)
        .sort((a, b) => (a.orgId < b.orgId ? -1 : 1)),
    preloadsOf: async (orgId) =>
      [...preloads.values()]
        .filter((row) => row.orgId === orgId)
        .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1)),
    attempts: async (key, since) => (attempts.get(key) ?? []).filter((at) => at > since).slice(-1000),
    async putEnrolment(row) {
      enrolments.set(row.id, row)
    },
    async putBox(row) {
      boxes.set(row.boxId, row)
    },
    async putPreload(row) {
      preloads.set(preloadKey(row.orgId, row.fingerprint), row)
    },
    removePreload: async (orgId, fingerprint) => preloads.delete(preloadKey(orgId, fingerprint)),
    async addAttempt(key, at) {
      attempts.set(key, [...(attempts.get(key) ?? []), at])
    },
    async useChallenge(nonce, until) {
      if (challenges.has(nonce)) return false
      challenges.set(nonce, until)
      return true
    },
    audit: async (event) => note(event),
    async forget(before) {
      for (const [id, { createdAt }] of enrolments) if (createdAt < before.enrolments) enrolments.delete(id)
      for (const [nonce, until] of challenges) if (until < before.challenges) challenges.delete(nonce)
      for (const [key, times] of attempts) {
        const left = times.filter((at) => at >= before.attempts)
        if (left.length === 0) attempts.delete(key)
        else attempts.set(key, left)
      }
    },
  }
}
