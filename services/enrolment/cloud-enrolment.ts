import { makeAuth } from './cloud-auth.ts'
import { makeBoxes } from './cloud-boxes.ts'
import { makeClaims } from './cloud-claims.ts'
import type { CloudEnrolment, CloudEnrolmentDeps } from './cloud-deps.ts'
import { makeEnrolling } from './cloud-enrol.ts'
import { makeManage } from './cloud-manage.ts'
import { REPEAT_MS } from './policy-claim.ts'
import { WRONG_BY_ADDRESS } from './policy-limits.ts'

/** The cloud's half of enrolment over a storage. It keeps nothing in memory, so several processes can share the storage. */
export function makeCloudEnrolment(deps: CloudEnrolmentDeps): CloudEnrolment {
  const auth = makeAuth(deps)
  return {
    challenge: auth.challenge,
    ...makeEnrolling(deps, auth),
    ...makeBoxes(deps, auth),
    ...makeClaims(deps, auth),
    ...makeManage(deps),
    sweep: () =>
      deps.storage.write((writer) => {
        const now = deps.clock.now()
        return writer.forget({
          // What was confirmed at the last moment of an enrolment can be told again for a day.
          enrolments: now - 2 * REPEAT_MS,
          attempts: now - WRONG_BY_ADDRESS.withinMs,
          challenges: now,
        })
      }),
  }
}
