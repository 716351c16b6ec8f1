import type { CloudView } from '../../services/admin/schema-cloud.ts'
import { printable } from '../../services/core/bytes.ts'
import type { CloudState } from '../../services/enrolment/contract.ts'

type Claimed = Extract<CloudView, { state: 'claimed' }>

/** Where the box stands with its account, as lines for a person. */
export function cloudText(cloud: CloudView): string {
  return `${linesOf(cloud).join('\n')}\n`
}

function linesOf(cloud: CloudView): string[] {
  switch (cloud.state) {
    case 'off':
      return [`off: ${cloud.reason}`]
    case 'unclaimed': {
      const { code, phrase, url, claimPage, expiresAt, fingerprint } = cloud
      const first =
        code === undefined ? [`belongs to no account yet; asks ${url} for a code`] : [`belongs to no account yet`]
      const typed =
        code === undefined || expiresAt === undefined
          ? [`  phrase       ${phrase}`]
          : [
              `  code         ${code}   type it at ${claimPage} before ${timeText(expiresAt)}; another follows`,
              `  phrase       ${phrase}   type it there too`,
            ]
      return [...first, ...typed, `  fingerprint  ${fingerprint}`, ...contactLines(cloud)]
    }
    case 'already-claimed':
      return [
        `belongs to an account at ${cloud.url} that this box knows nothing of`,
        '  release it there, or give it new keys: branchline cloud leave',
        `  fingerprint  ${cloud.fingerprint}`,
        ...contactLines(cloud),
      ]
    case 'claimed':
      return [
        `claimed by ${cloud.orgName} on ${timeText(cloud.claimedAt)}`,
        `  account  ${cloud.url}`,
        `  site     ${cloud.siteId}`,
        `  box      ${cloud.boxId}`,
        ...syncLines(cloud.sync),
        ...contactLines(cloud),
      ]
    case 'released':
    case 'revoked':
      return [
        cloud.state === 'released'
          ? `released by ${cloud.orgName} on ${timeText(cloud.since)}; phones are served as before`
          : `locked out by ${cloud.orgName} on ${timeText(cloud.since)}; phones are served as before`,
        '  to let it be claimed again: branchline cloud leave',
      ]
  }
}

/** How sync goes; what is well is said in one line. */
function syncLines(sync: Claimed['sync']): string[] {
  if (sync === undefined) return []
  const { syncedAt, waiting, failing, halted, upgrade, notices, unusable } = sync
  const when = syncedAt === undefined ? 'not yet since the box started' : timeText(syncedAt)
  const edits = waiting === 0 ? '' : `; ${waiting} ${waiting === 1 ? 'edit waits' : 'edits wait'}`
  return [
    `  synced   ${when}${edits}`,
    ...(failing === undefined ? [] : [`  no sync since ${timeText(failing.since)}: ${failing.reason}`]),
    ...(halted ? ['  two boxes with this identity are alive: choose the right one in the account'] : []),
    ...(upgrade ? ['  this box is too old for the account to take its edits: update it'] : []),
    ...(sync.crowded ? ['  very many edits wait: make no more here until the account was reached'] : []),
    ...(sync.withoutSecrets ? ['  the account takes no secrets: those of this box stay here alone'] : []),
    ...tail(notices).map(
      ({ kind, id, group, outcome, code }) => `  ${outcomeText(outcome, code)}: ${kind} ${id} (${group})`,
    ),
    ...tail(unusable).map(({ kind, id, reason }) => printable(`  cannot be used here: ${kind} ${id}: ${reason}`, 400)),
  ]
}

/** The newest ones; all of them are in the JSON. */
function tail<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(-5)
}

function outcomeText(outcome: string, code: string | undefined): string {
  if (outcome === 'merged') return 'edit here stands, the one of the account is kept there'
  if (outcome === 'conflict') return 'edit here did not stand, it is kept in the account'
  return `edit here was refused${code === undefined ? '' : ` (${code})`}`
}

function contactLines({ unreachable, problem }: Pick<Claimed, 'unreachable' | 'problem'>) {
  return [
    ...(unreachable === undefined ? [] : [`  unreachable since ${timeText(unreachable.since)}: ${unreachable.reason}`]),
    ...(problem === undefined ? [] : [`  ${problem}`]),
  ]
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** The line that a started box says once there is something to type, and when it was taken in or let go. */
export function cloudNews(cloud: CloudState): string | undefined {
  switch (cloud.state) {
    case 'unclaimed':
      if (cloud.claimUrl === undefined) return undefined
      return `  cloud  code ${cloud.code}, phrase ${cloud.phrase}: type both at ${cloud.claimPage}\n`
    case 'claimed':
      return `  cloud  claimed by ${cloud.orgName}\n`
    case 'already-claimed':
      return '  cloud  belongs to an account already: release it there, or branchline cloud leave\n'
    case 'released':
    case 'revoked':
      return `  cloud  ${cloud.state} by ${cloud.orgName}; phones are served as before\n`
    case 'off':
      return undefined
  }
}
