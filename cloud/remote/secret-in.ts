import { InputError } from '../../services/admin/errors.ts'
import { isSecretName } from '../../services/phones/secret-name.ts'
import type { JobSpec } from '../../services/remote/contract.ts'

/** Lines, handsets, relays and people have theirs by these names. */
const FIELDS: ReadonlySet<string> = new Set(['secret', 'ac', 'code', 'pin'])

/** A job stands in the database as it is and travels so: a secret has no place in it. */
export function refuseSecrets(spec: JobSpec): void {
  const found = spec.kind === 'preview' ? secretIn(spec.patch, 'patch') : undefined
  if (found === undefined) return
  throw new InputError('a preview is asked for without secrets', [
    { path: `job.${found}`, message: 'this is a secret: leave it out, the files are masked anyway' },
  ])
}

function secretIn(value: unknown, at: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const said = typeof inner === 'string' && inner !== '' && !Array.isArray(value)
    if (said && (FIELDS.has(name) || isSecretName(name))) return `${at}.${name}`
    const found = secretIn(inner, `${at}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}
