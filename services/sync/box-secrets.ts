import { messageOf } from '../core/errors.ts'
import type { SqlDatabase } from '../core/sql.ts'
import type { JsonObject } from '../records/contract.ts'
import type { SecretCourier } from './box-deps.ts'
import { sha256 } from './hash.ts'
import { mapBodySecrets, type SecretId } from './policy-value.ts'

/**
 * The id of a secret that the box sealed itself: the one that it came with, else the hash of the sealed text. That text
 * is random at each sealing and is kept as long as the secret, so it names the secret and tells nothing of it.
 */
export function localSecretId(db: SqlDatabase): SecretId {
  return ({ sealed }) =>
    db.query<{ id: string }>('SELECT id FROM sync_secret WHERE sealed = ?').get(sealed)?.id ?? sha256(sealed)
}

/** Remembers the ids of all secrets in a body, so that one which comes back is known again. */
export function rememberSecrets(db: SqlDatabase, body: JsonObject): void {
  const secretId = localSecretId(db)
  mapBodySecrets(body, (secret) => {
    remember(db, secret.sealed, secretId(secret))
    return undefined
  })
}

function remember(db: SqlDatabase, sealed: string, id: string): void {
  db.query('INSERT OR IGNORE INTO sync_secret (sealed, id) VALUES (?, ?)').run(sealed, id)
}

/** A body as it leaves: each secret sealed to the cloud. One that the box itself cannot open is left out. */
export function outgoing(db: SqlDatabase, courier: SecretCourier, body: JsonObject): JsonObject {
  const secretId = localSecretId(db)
  return mapBodySecrets(body, (secret) => {
    try {
      return { sealed: courier.toCloud(secret.sealed), id: secretId(secret) }
    } catch {
      return undefined
    }
  })
}

/**
 * A body as it came, each secret sealed with the box's own key. A secret that is here already stays as it is sealed.
 * `failed` is told of each that cannot be opened: it is kept as it came, and counts as not there.
 */
export function incoming(
  db: SqlDatabase,
  courier: SecretCourier,
  body: JsonObject,
  failed: (reason: string) => void,
): JsonObject {
  return mapBodySecrets(body, ({ sealed, id }) => {
    const known =
      id === undefined
        ? undefined
        : db.query<{ sealed: string }>('SELECT sealed FROM sync_secret WHERE id = ? LIMIT 1').get(id)?.sealed
    if (known !== undefined) return { sealed: known }
    try {
      const local = courier.fromCloud(sealed)
      if (id !== undefined) remember(db, local, id)
      return { sealed: local }
    } catch (thrown) {
      failed(messageOf(thrown))
      return { sealed }
    }
  })
}
