import { issueLeaf, makeAuthority } from './issue.ts'
import type { IssueJob } from './issuer.ts'

// A program of its own: it reads one job as JSON from its input, writes the result to its output, and ends.
const job: IssueJob = await Bun.stdin.json()
const made =
  job.make === 'authority'
    ? await makeAuthority()
    : await Promise.all(job.leaves.map((leaf) => issueLeaf(job.authority, job.caPem, leaf)))
process.stdout.write(JSON.stringify(made))
