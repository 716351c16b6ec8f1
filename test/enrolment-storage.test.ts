import { enrolmentsInMemory } from './support/enrolment-storage.ts'
import { describeEnrolmentStorage } from './support/enrolment-storage-suite.ts'

describeEnrolmentStorage('in memory', async () => {
  const storage = enrolmentsInMemory()
  return { storage, audit: async () => storage.audit(), [Symbol.asyncDispose]: async () => {} }
})
