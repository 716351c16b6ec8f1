import { randomBytes } from 'node:crypto'
import type { SecretBox } from '../../services/core/secret.ts'
import type { ConfigKey } from '../../services/enrolment/contract.ts'
import { type KeyPair, newKeyPair } from '../../services/enrolment/crypto.ts'
import type { CloudDatabase } from '../database/open.ts'

/** A key that signs configuration, with its private half. */
interface SigningKey extends KeyPair, Omit<ConfigKey, 'key'> {}

/** What this installation as a whole proves itself with; the same in each of its processes. */
export interface CloudKeys {
  /** Challenges and tokens of boxes hang on it. */
  readonly mac: Uint8Array
  /** The rotation list of the keys that sign configuration. */
  readonly configKeys: readonly ConfigKey[]
}

/** Reads the installation's keys; the first process makes them. They are sealed with the key file. */
export async function openCloudKeys(database: CloudDatabase, secrets: SecretBox): Promise<CloudKeys> {
  const mac = await once(database, secrets, 'enrolment-key', () => randomBytes(32).toString('base64url'))
  const list = await once(database, secrets, 'config-keys', () => JSON.stringify([newKeyPair('ed25519')]))
  const signing: readonly SigningKey[] = JSON.parse(list)
  return {
    mac: new Uint8Array(Buffer.from(mac, 'base64url')),
    configKeys: signing.map(({ publicKey, privateKey: _private, ...rest }) => ({ key: publicKey, ...rest })),
  }
}

/** The secret of this name, made by whichever process comes first. */
async function once({ db }: CloudDatabase, secrets: SecretBox, name: string, make: () => string): Promise<string> {
  const find = () => db.selectFrom('instance').select('value').where('name', '=', name).executeTakeFirst()
  const known = await find()
  if (known !== undefined) return secrets.open(known.value)
  const made = secrets.seal(make())
  await db
    .insertInto('instance')
    .values({ name, value: made })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return secrets.open((await find())?.value ?? made)
}
