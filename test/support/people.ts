import type { SecretBox } from '../../services/core/secret.ts'
import { makePeople } from '../../services/directory/people.ts'
import { makeRecords } from '../../services/records/records.ts'
import { memoryDatabase } from './database.ts'

/** Seals by turning a text round: enough to see that it was sealed. */
export const reversing: SecretBox = {
  seal: (plain) => [...plain].reverse().join(''),
  open: (sealed) => [...sealed].reverse().join(''),
}

/** People over the real store of records, in memory. */
export function peopleInMemory() {
  let ids = 0
  const records = makeRecords({ db: memoryDatabase(), clock: { now: () => 0 }, newId: () => `m${++ids}` })
  return { records, people: makePeople({ records, secrets: reversing }) }
}
