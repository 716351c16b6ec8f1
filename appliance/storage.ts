import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { settle } from '../services/backup/swap.ts'
import type { Clock } from '../services/core/clock.ts'
import { messageOf, OperatorError } from '../services/core/errors.ts'
import type { SecretBox } from '../services/core/secret.ts'
import type { SqlDatabase } from '../services/core/sql.ts'
import type { LiveSecrets } from '../services/program/redaction.ts'
import { openSecretBox } from '../services/program/secret-box.ts'
import { openDatabase } from '../services/program/sqlite.ts'
import { migrate } from './database/migrate.ts'
import { readIfThere, writeDurably } from './durable-file.ts'
import { lockFolder } from './folder-lock.ts'

/** What the box keeps on disk, opened. */
export interface Storage extends Disposable {
  readonly db: SqlDatabase
  readonly secretBox: SecretBox
  /** Key of the passwords that the box makes for phones whose owner set none. */
  readonly passwordKey: Uint8Array
}

/** Opens the data folder, making it at the first start. Throws `OperatorError` when it cannot be used. */
export function openStorage(folder: string, clock: Clock, secrets: LiveSecrets): Storage {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (thrown) {
    throw new OperatorError(`data folder ${folder} cannot be made: ${messageOf(thrown)}; choose another with --data`)
  }
  const path = join(folder, 'branchline.db')
  using opening = new DisposableStack()
  opening.use(lockFolder(folder))
  // What a restore or a reset began goes on, before anything is opened.
  settle(folder, clock.now())
  const isNew = !existsSync(path)
  const db = opening.use(openDatabase(path))
  migrate(db, { path, now: clock.now() })
  const secretBox = openSecretBox({ path: join(folder, 'secret.key'), secrets, mayCreate: isNew })
  const passwordKey = passwordKeyIn(folder, secretBox)
  const open = opening.move()
  return { db, secretBox, passwordKey, [Symbol.dispose]: () => open.dispose() }
}

function passwordKeyIn(folder: string, secretBox: SecretBox): Uint8Array {
  const path = join(folder, 'password-key.sealed')
  const sealed = readIfThere(path)
  if (sealed !== undefined) return Buffer.from(secretBox.open(sealed.trim()), 'hex')
  const key = randomBytes(32)
  writeDurably(path, secretBox.seal(key.toString('hex')))
  return key
}
