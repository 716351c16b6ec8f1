import type { z } from '@hono/zod-openapi'
import type { AlertView, ChannelView, DeliveryList, RuleView } from '../../cloud/alerts/schema.ts'
import type {
  AccountView,
  AuditList,
  InvitationMade as InvitationMadeSchema,
  InvitationView,
  MemberView,
  Me as MeSchema,
  SiteView,
  TokenView,
  Welcome as WelcomeSchema,
} from '../../cloud/api/schema.ts'
import type { BulkPreview as BulkPreviewView } from '../../cloud/fleet/trial-view.ts'
import type * as fleet from '../../cloud/fleet/view.ts'
import type { BoxStatus } from '../../services/sync/site-report.ts'

// The words of the API of the central account, as its own schemas have them.

export type BulkPreview = BulkPreviewView
export type FleetCustomer = fleet.FleetCustomer
export type FleetDevice = fleet.FleetDevice
export type FleetSite = fleet.FleetSite
export type Account = z.infer<typeof AccountView>
export type Me = z.infer<typeof MeSchema>
export type Site = z.infer<typeof SiteView>
export type Member = z.infer<typeof MemberView>
export type Invitation = z.infer<typeof InvitationView>
export type InvitationMade = z.infer<typeof InvitationMadeSchema>
export type Token = z.infer<typeof TokenView>
export type Entry = z.infer<typeof AuditList>['entries'][number]
export type Welcome = z.infer<typeof WelcomeSchema>
export type Alert = z.infer<typeof AlertView>
export type Rule = z.infer<typeof RuleView>
export type Channel = z.infer<typeof ChannelView>
export type Delivery = z.infer<typeof DeliveryList>['deliveries'][number]
export type Role = Member['role']

/** What a branch reports of itself. */
export interface SiteStatus {
  readonly box: readonly { readonly at: number; readonly status?: BoxStatus }[]
}
