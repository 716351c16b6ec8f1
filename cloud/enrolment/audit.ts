import type { EnrolmentAudit } from '../../services/enrolment/storage.ts'
import { note } from '../accounts/audit.ts'
import type { Trx } from '../database/open.ts'

/** Puts what enrolment did into the account's audit log, or into that of whoever runs the cloud when it is nobody's. */
export async function noteEnrolment(trx: Trx, event: EnrolmentAudit): Promise<void> {
  const { kind, at, by, orgId, boxId, enrolmentId, fingerprint, address, detail } = event
  const target =
    boxId !== undefined ? `box:${boxId}` : enrolmentId !== undefined ? `enrolment:${enrolmentId}` : 'enrolment'
  const caller = { actor: by, name: await nameOf(trx, by), address: address ?? '' }
  const more = {
    ...(boxId !== undefined && { boxId }),
    ...(enrolmentId !== undefined && { enrolmentId }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(detail !== undefined && { detail }),
  }
  await note(trx, at, caller, { accountId: orgId ?? null, action: kind, target, detail: more })
}

async function nameOf(trx: Trx, actor: string): Promise<string> {
  const [kind, id = ''] = actor.split(':')
  if (kind === 'person')
    return (await trx.selectFrom('person').select('email').where('id', '=', id).executeTakeFirst())?.email ?? ''
  if (kind === 'token')
    return (await trx.selectFrom('api_token').select('name').where('id', '=', id).executeTakeFirst())?.name ?? ''
  return ''
}
