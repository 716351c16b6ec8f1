import { OperatorError } from '../services/core/errors.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { LiveSecrets } from '../services/program/redaction.ts'
import { openSecretBox } from '../services/program/secret-box.ts'
import type { CloudDatabase } from './database/open.ts'

const NAME = 'key-check'
const CHECK = 'branchline cloud'

/**
 * Opens the key of sealed secrets. The first process makes it; every other must have the same, else what one sealed another could
 * not open. Throws `OperatorError` when the key is not that of this database.
 */
export async function openCloudKey(
  database: CloudDatabase,
  { path, secrets }: { readonly path: string; readonly secrets: LiveSecrets },
): Promise<SecretBox> {
  const find = () => database.db.selectFrom('instance').select('value').where('name', '=', NAME).executeTakeFirst()
  const known = await find()
  const box = openSecretBox({ path, secrets, mayCreate: known === undefined })
  if (known === undefined) {
    const value = box.seal(CHECK)
    await database.db
      .insertInto('instance')
      .values({ name: NAME, value })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
  const check = await find()
  try {
    if (check !== undefined && box.open(check.value) === CHECK) return box
  } catch {
    // Told below.
  }
  throw new OperatorError(
    `secret key ${path} is not the one that this database was made with: copy it from a process that runs on it`,
  )
}
