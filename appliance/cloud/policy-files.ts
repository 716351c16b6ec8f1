import type { AssignedFile } from '../../services/files/assigned.ts'
import type { FileFacts, NamedFile } from '../../services/files/contract.ts'
import { foldName } from '../../services/files/name.ts'

/** What a box can bear and its report has room for; more is refused, in the order of the names. */
export const FILE_QUOTA = { files: 150, bytes: 4 * 1024 ** 3 } as const

export interface FileSteps {
  readonly install: readonly AssignedFile[]
  /** Names that the account gave and gives no more. */
  readonly withdraw: readonly string[]
  readonly tooMuch: readonly AssignedFile[]
}

/** What is to be done so that the box has the files that its account gives it. Those of people here stay. */
export function fileSteps(wanted: readonly AssignedFile[], stored: readonly NamedFile[]): FileSteps {
  const byName = new Map(stored.map((file) => [foldName(file.name), file]))
  const named = new Set(wanted.map(({ name }) => foldName(name)))
  const tooMuch: AssignedFile[] = []
  const taken: AssignedFile[] = []
  let bytes = 0
  for (const one of wanted) {
    const fits = taken.length < FILE_QUOTA.files && bytes + one.size <= FILE_QUOTA.bytes
    if (fits) bytes += one.size
    ;(fits ? taken : tooMuch).push(one)
  }
  return {
    install: taken.filter((one) => !isStored(one, byName.get(foldName(one.name)))),
    withdraw: stored
      .filter(({ name, origin }) => origin === 'account' && !named.has(foldName(name)))
      .map(({ name }) => name),
    tooMuch,
  }
}

/** Whether a stored file is what the account gives; one of the branch that has the same content is. */
export function isStored(one: AssignedFile, file: NamedFile | undefined): boolean {
  if (file?.hash !== one.sha256) return false
  return file.origin === undefined || factsText(file) === factsText(one)
}

function factsText({ kind, version, models, hardware }: FileFacts): string {
  return JSON.stringify([kind, version ?? '', [...models], [...hardware]])
}
