import { fileURLToPath } from 'node:url'
import { InvariantError } from '../../services/core/errors.ts'
import type { Identity, LeafRequest } from './issue.ts'

/** What the process that issues certificates is asked; keys travel by its input and output alone. */
export type IssueJob =
  | { readonly make: 'authority' }
  | {
      readonly make: 'leaves'
      readonly authority: string
      readonly caPem: string
      readonly leaves: readonly LeafRequest[]
    }

const PROGRAM = fileURLToPath(new URL('issue-process.ts', import.meta.url))
const LONGEST_MS = 60_000

/** As `makeAuthority` of issue.ts, in a process of its own: the certificate library would stay in memory for good. */
export async function makeAuthorityApart(): Promise<string> {
  return (await issueApart({ make: 'authority' })) as string
}

/** As `issueLeaf`, likewise, for several at once. */
export async function issueLeavesApart(job: Extract<IssueJob, { make: 'leaves' }>): Promise<readonly Identity[]> {
  return (await issueApart(job)) as readonly Identity[]
}

async function issueApart(job: IssueJob): Promise<unknown> {
  const child = Bun.spawn([process.execPath, PROGRAM], {
    stdin: Buffer.from(JSON.stringify(job)),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: LONGEST_MS,
  })
  const [made, complaint, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  // What it complained of may quote its input, and so a key: only the kind of the error is told.
  if (code !== 0)
    throw new InvariantError(
      `certificates cannot be made: ${/\b\w*Error\b/.exec(complaint)?.[0] ?? `exit code ${code}`}`,
    )
  return JSON.parse(made)
}
