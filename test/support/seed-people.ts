import { openStorage } from '../../appliance/storage.ts'
import { silentLog } from '../../services/core/log.ts'
import { makePeople } from '../../services/directory/people.ts'
import { LiveSecrets } from '../../services/program/redaction.ts'
import { makeRecords } from '../../services/records/records.ts'

/** Puts people into the data folder of a box that does not run. */
export function seedPeople(
  data: string,
  people: readonly { readonly id: string; readonly [field: string]: unknown }[],
) {
  const clock = { now: () => Date.now() }
  using storage = openStorage(data, clock, new LiveSecrets())
  const records = makeRecords({ db: storage.db, clock, newId: () => crypto.randomUUID(), log: silentLog })
  const store = makePeople({ records, secrets: storage.secretBox })
  store.putMany(
    people.map(({ id, ...input }) => ({ id, input })),
    { by: 'test' },
  )
  store.close()
}
