import { messageOf, OperatorError } from '../../services/core/errors.ts'
import type { Log } from '../../services/core/log.ts'
import type { BoxEnrolment } from '../../services/enrolment/box-enrolment.ts'
import type { Alarm } from '../../services/journey/contract.ts'
import type { SyncLink } from '../../services/sync/contract.ts'
import type { Account, Session } from './session.ts'

export const NO_ACCOUNT = 'this box belongs to no account'

/** Begins sync with an account. Its code is loaded only now: a box that works alone carries none of it in memory. */
export type Begin = (account: Account) => Promise<Session>

export interface FollowDeps {
  readonly enrolment: BoxEnrolment
  readonly begin: Begin
  readonly log: Log
  /** Told when `status()` may say something else. */
  readonly onChange: () => void
}

export interface Following extends SyncLink, AsyncDisposable {
  /** The claim may be another one. */
  look(): void
  alarm(alarm: Alarm): void
}

/** Keeps a session with the account that the box belongs to, and ends it when it belongs to it no more. */
export function followAccount({ enrolment, begin, log, onChange }: FollowDeps): Following {
  let session: Session | undefined
  /** Whom the session is with; '' for nobody. */
  let now = ''
  let stopped = false
  let busy: Promise<void> = Promise.resolve()

  function nameOf(claim: ReturnType<BoxEnrolment['claim']>): string {
    return claim === undefined || stopped ? '' : JSON.stringify([claim.boxId, claim.orgId, claim.apiBase])
  }

  async function change(): Promise<void> {
    const claim = enrolment.claim()
    const name = nameOf(claim)
    if (name === now) return
    const former = session
    ;[session, now] = [undefined, '']
    await former?.[Symbol.asyncDispose]()
    if (claim === undefined || name === '') return
    const { boxId, orgId, apiBase } = claim
    session = await begin({ enrolment, boxId, orgId, apiBase, onChange: changed })
    now = name
    onChange()
  }

  function look(): void {
    if (nameOf(enrolment.claim()) === now) return
    busy = busy.then(change).catch((thrown: unknown) => {
      // Phones are served all the same; the next look at the claim tries again.
      log.error('sync with the account cannot begin', { reason: messageOf(thrown) })
    })
  }

  /** A cycle may have learnt that the box was let go. */
  function changed(): void {
    look()
    onChange()
  }

  look()
  return {
    look,
    status: () => session?.status(),
    async now() {
      if (session === undefined) throw new OperatorError(NO_ACCOUNT)
      await session.now()
    },
    alarm: (alarm) => session?.alarm(alarm),
    async [Symbol.asyncDispose]() {
      stopped = true
      look()
      await busy
    },
  }
}
