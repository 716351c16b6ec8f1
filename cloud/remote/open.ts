import type { CloudContext } from '../context.ts'
import { type BoxJobs, makeBoxJobs } from './box-jobs.ts'
import { makePageHub, type PageHub } from './hub.ts'
import { type JobWaits, makeJobWaits } from './job-waits.ts'
import { type Jobs, makeJobs, type RemotePorts } from './jobs.ts'
import { makePages, type PageOrigin, type Pages } from './pages.ts'
import { makePagesApp, type PagesApp } from './pages-app.ts'

/** What came of jobs is kept so long; who asked for what stays in the audit log. */
const KEPT_MS = 7 * 86_400_000

/** Remote hands, as the account's program has them. */
export interface Remote {
  readonly jobs: Jobs
  readonly boxJobs: BoxJobs
  readonly waits: JobWaits
  readonly pages: Pages
  readonly hub: PageHub
  /** Undefined: no name is configured at which phones' pages could be shown. */
  readonly pagesApp: PagesApp | undefined
  /** Lets go whoever waits: the program stops. */
  end(): void
  /** Ends what has run out of time. */
  expire(): Promise<void>
  /** Forgets what is older than a week. */
  tidy(): Promise<void>
}

export function makeRemote(
  ctx: CloudContext,
  { wake, origin }: Pick<RemotePorts, 'wake'> & { readonly origin?: PageOrigin | undefined },
): Remote {
  const { database, clock, counters } = ctx
  const ports: RemotePorts = {
    wake,
    async boxOfSite(siteId) {
      const row = await database.db
        .selectFrom('box')
        .select('id')
        .where('site_id', '=', siteId)
        .where('state', '=', 'active')
        .executeTakeFirst()
      return row?.id
    },
  }
  const waits = makeJobWaits()
  const jobs = makeJobs({ ...ctx, ...ports })
  const boxJobs = makeBoxJobs({ ...ctx, waits })
  const pages = makePages({ ...ctx, ...ports, jobs, ...(origin && { origin }) })
  const hub = makePageHub()
  return {
    ...{ jobs, boxJobs, waits, pages, hub },
    pagesApp: origin && makePagesApp({ pages, hub, origin, counters }),
    end() {
      waits.end()
      hub.end()
    },
    async expire() {
      await boxJobs.expire()
      await pages.expire()
    },
    async tidy() {
      const before = clock.now() - KEPT_MS
      await database.db.deleteFrom('remote_job').where('created_at', '<', before).execute()
      await database.db.deleteFrom('phone_page').where('created_at', '<', before).execute()
    },
  }
}
