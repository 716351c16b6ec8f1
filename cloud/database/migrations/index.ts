import type { CloudMigration } from '../migration.ts'
import { accounts } from './0001-accounts.ts'
import { feeds } from './0002-feeds.ts'
import { boxes } from './0003-boxes.ts'
import { alerts } from './0004-alerts.ts'
import { remote } from './0005-remote.ts'
import { fleet } from './0006-fleet.ts'
import { phrase } from './0007-phrase.ts'
import { rollouts } from './0008-rollouts.ts'

/** Every migration of the cloud, by number. They only add, since older processes run on beside newer ones. */
export const migrations: readonly CloudMigration[] = [accounts, feeds, boxes, alerts, remote, fleet, phrase, rollouts]

/** The number up to which the previous release knew. 0: there was none. */
export const previousRelease = 0
