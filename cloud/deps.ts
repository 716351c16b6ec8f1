import type { Definitions } from '../services/phones/definition.ts'
import { type Accounts, makeAccounts } from './accounts/accounts.ts'
import { type ApiTokens, makeApiTokens } from './accounts/api-tokens.ts'
import { type Invitations, makeInvitations } from './accounts/invitations.ts'
import { type Members, makeMembers } from './accounts/members.ts'
import { makeSites, type Sites } from './accounts/sites.ts'
import { type Alerts, makeAlerts } from './alerts/alerts.ts'
import { makeBoxesSeen } from './alerts/boxes-seen.ts'
import { type Channels, makeChannels } from './alerts/channels.ts'
import { makeRules, type Rules } from './alerts/rules.ts'
import type { Boxes } from './boxes.ts'
import type { CloudContext } from './context.ts'
import { type CloudFiles, type FileStore, makeCloudFiles } from './files/files.ts'
import { type GivenFiles, makeGivenFiles } from './files/given.ts'
import { type Fleet, makeFleet } from './fleet/fleet.ts'
import { makeRemote, type Remote } from './remote/open.ts'
import type { PageOrigin } from './remote/pages.ts'
import { makeReports, type Reports } from './reports/reports.ts'
import { makeSchedules, type Schedules } from './reports/schedules.ts'
import { type CloudRollouts, makeCloudRollouts } from './rollouts/rollouts.ts'
import { makeRolloutWorker, type RolloutWorker } from './rollouts/worker.ts'
import { makeCeremonies } from './signin/ceremonies.ts'
import { type Limiter, makeLimiter } from './signin/limits.ts'
import { makeOidc, type Oidc, type OidcProvider } from './signin/oidc.ts'
import { makePasskeys, type Passkeys } from './signin/passkeys.ts'
import { makePeople, type People } from './signin/people.ts'
import { makePasswordReset, type PasswordReset } from './signin/reset.ts'
import { makeSessions, type Sessions } from './signin/sessions.ts'
import { makeTotp, type Totp } from './signin/totp.ts'
import { makePackAssignments, type PackAssignments } from './vendors/assign.ts'
import { makeVendors, type Vendors } from './vendors/vendors.ts'

/** Everything that the API needs. */
export interface CloudDeps extends CloudContext {
  readonly version: string
  readonly accounts: Accounts
  readonly sites: Sites
  readonly members: Members
  readonly invitations: Invitations
  readonly apiTokens: ApiTokens
  readonly people: People
  readonly sessions: Sessions
  readonly limiter: Limiter
  readonly totp: Totp
  readonly passkeys: Passkeys
  readonly oidc: Oidc
  readonly boxes: Boxes
  readonly fleet: Fleet
  /** What is known of vendors. */
  readonly definitions: Definitions
  readonly passwordReset: PasswordReset
  readonly alerts: Alerts
  readonly alertRules: Rules
  readonly channels: Channels
  readonly reports: Reports
  readonly schedules: Schedules
  readonly files: CloudFiles
  readonly givenFiles: GivenFiles
  readonly remote: Remote
  readonly vendors: Vendors
  readonly packs: PackAssignments
  readonly rollouts: CloudRollouts
  readonly rolloutWorker: RolloutWorker
}

/** The parts of the cloud over one database. */
export function makeDeps(
  ctx: CloudContext,
  given: {
    readonly version: string
    readonly oidc: readonly OidcProvider[]
    readonly boxes: Boxes
    readonly definitions: Definitions
    readonly fileStore: FileStore
    readonly phonePages?: PageOrigin | undefined
    readonly allowPrivate?: boolean
  },
): CloudDeps {
  const ceremonies = makeCeremonies(ctx)
  const feeds = { storage: given.boxes.feeds, boxes: makeBoxesSeen(ctx.database) }
  const limiter = makeLimiter(ctx)
  const files = makeCloudFiles({ ...ctx, ...given.fileStore })
  const vendorsDeps = { ...ctx, ...given, files }
  const vendors = makeVendors(vendorsDeps)
  const rolloutWorker = makeRolloutWorker({ ...ctx, ...given })
  const totp = makeTotp({ ...ctx, ceremonies })
  return {
    ...ctx,
    version: given.version,
    accounts: makeAccounts(ctx),
    sites: makeSites(ctx),
    members: makeMembers(ctx),
    invitations: makeInvitations(ctx),
    apiTokens: makeApiTokens(ctx),
    people: makePeople({ ...ctx, ceremonies, limiter, totp }),
    sessions: makeSessions(ctx),
    limiter,
    totp,
    passkeys: makePasskeys({ ...ctx, ceremonies }),
    oidc: makeOidc({ ...ctx, ceremonies, providers: given.oidc }),
    boxes: given.boxes,
    fleet: makeFleet(ctx),
    definitions: given.definitions,
    passwordReset: makePasswordReset({ ...ctx, limiter }),
    alerts: makeAlerts(ctx),
    alertRules: makeRules(ctx),
    channels: makeChannels({ ...ctx, allowPrivate: given.allowPrivate ?? false }),
    reports: makeReports({ ...ctx, ...feeds }),
    schedules: makeSchedules(ctx),
    remote: makeRemote(ctx, { wake: (boxId) => given.boxes.wake(boxId), origin: given.phonePages }),
    files,
    givenFiles: makeGivenFiles(vendorsDeps),
    vendors,
    packs: makePackAssignments(vendorsDeps, vendors),
    rollouts: makeCloudRollouts({ ...vendorsDeps, worker: rolloutWorker }),
    rolloutWorker,
  }
}
