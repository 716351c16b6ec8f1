import type { CloudDatabase } from '../database/open.ts'
import { newId } from '../tokens.ts'

const NAME = 'installation'

/** The name of this installation, made once: by it a file knows whether it is back where it came from. */
export async function installationOf({ db }: CloudDatabase): Promise<string> {
  const find = () => db.selectFrom('instance').select('value').where('name', '=', NAME).executeTakeFirst()
  const known = await find()
  if (known !== undefined) return known.value
  const value = newId()
  await db
    .insertInto('instance')
    .values({ name: NAME, value })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return (await find())?.value ?? value
}
