import { createReadStream } from 'node:fs'
import { ConflictError, messageOf } from '../../services/core/errors.ts'
import { type AssignedFile, assignedFile, mark } from '../../services/files/assigned.ts'
import type { Files, FileUse } from '../../services/files/contract.ts'
import { followGiven, type GivenContent, type GivenDeps } from './given.ts'
import { fileSteps, isStored } from './policy-files.ts'
import { BY_ACCOUNT } from './policy-packs.ts'

/** What a branch's line can spare while people telephone. */
const RATE = 2 * 1024 ** 2

export interface GivenFilesDeps extends GivenDeps {
  readonly files: Files
  /** What keeps a file here. */
  readonly fileUses: (name: string) => readonly FileUse[]
}

/** Keeps the files that the account gives among those of the box, from now on, in the background. */
export function followFiles(deps: GivenFilesDeps): GivenContent {
  const { files, log } = deps
  const account = { by: BY_ACCOUNT, origin: 'account' } as const

  async function withdraw(name: string): Promise<boolean> {
    if (deps.fileUses(name).length > 0) return false
    try {
      await files.remove(name, account)
      return true
    } catch (thrown) {
      log.error('a file that the account took away stays', { file: name, reason: messageOf(thrown) })
      return false
    }
  }

  const given = followGiven<AssignedFile>(deps, {
    kind: 'file',
    wanted: () =>
      deps.records.list('file').flatMap(({ body }) => {
        const read = assignedFile.safeParse(body)
        return read.success ? [{ ...read.data, rate: read.data.rate ?? RATE }] : []
      }),
    versionOf: ({ sha256 }) => mark(sha256),
    isInUse: (one) => isStored(one, files.find(one.name)),
    steps(wanted) {
      const steps = fileSteps(wanted, files.list())
      return { ...steps, withdraw: steps.withdraw.map((name) => () => withdraw(name)) }
    },
    async install({ name, sha256, size, contentType, kind, version = '', models, hardware }, fetch) {
      const there = files.find(name)
      const facts = { kind, version, models, hardware }
      // Before the first byte of it is fetched.
      if (there !== undefined && there.origin === undefined)
        throw new ConflictError(`a file named ${there.name} with other content was stored at the branch`)
      if (there?.hash === sha256) {
        await files.describe(name, facts, account)
        return
      }
      const type = contentType === undefined ? {} : { contentType }
      await files.put(name, createReadStream(await fetch()), { ...account, ...facts, ...type, sha256, size })
    },
  })
  // A file of the branch that stood in the way may be gone.
  const unfollow = files.onChange(() => given.look())
  return {
    ...given,
    async [Symbol.asyncDispose]() {
      unfollow()
      await given[Symbol.asyncDispose]()
    },
  }
}
