import type { CloudState } from '../../services/enrolment/contract.ts'

/** Where the box stands with its account, as lines for a person. */
export function cloudText(cloud: CloudState): string {
  return `${linesOf(cloud).join('\n')}\n`
}

function linesOf(cloud: CloudState): string[] {
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

function contactLines({
  unreachable,
  problem,
}: Extract<CloudState, { state: 'unclaimed' | 'claimed' | 'already-claimed' }>) {
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
