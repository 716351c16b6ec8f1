import type { Health } from '../services/admin/contract.ts'
import type { ConfigHttp } from '../services/config-http/server.ts'
import { messageOf } from '../services/core/errors.ts'
import { formatIpv4 } from '../services/core/ipv4.ts'
import type { Lan } from '../services/core/net.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import type { TftpServer } from '../services/tftp/settings.ts'

export interface HealthParts {
  readonly db: SqlDatabase
  readonly lan: Pick<Lan, 'interfaces'>
  readonly tftp: Pick<TftpServer, 'listening'>
  readonly http: Pick<ConfigHttp, 'status'>
}

/**
 * Looks whether the database answers and whether what phones fetch from listens on each address that the box has. A box
 * without any address is well: its cable may be unplugged. Takes less than a millisecond.
 */
export function healthOf({ db, lan, tftp, http }: HealthParts): Health {
  const problems: string[] = []
  try {
    db.query('SELECT 1 FROM record LIMIT 1').get()
  } catch (thrown) {
    problems.push(`the database does not answer: ${messageOf(thrown)}`)
  }
  for (const { scheme, address, port, listening, problem } of http.status())
    if (!listening) problems.push(`${scheme} is off on ${formatIpv4(address)}:${port}: ${problem}`)
  const served = new Set(tftp.listening().map(({ device }) => device))
  for (const { name, up, addresses } of lan.interfaces())
    if (up && addresses.length > 0 && !served.has(name)) problems.push(`tftp is off on ${name}`)
  return { ok: problems.length === 0, problems }
}
