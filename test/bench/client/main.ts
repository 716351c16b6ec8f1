import { InvariantError } from '../../../services/core/errors.ts'
import { runBurst, runDora, runSteady } from './dhcp-jobs.ts'
import { runHttp, runTftp } from './file-jobs.ts'
import { Hosts } from './hosts.ts'
import type { Job, JobResult } from './job.ts'
import { runPnp } from './pnp-job.ts'
import { runStorm } from './storm-job.ts'

// A process of its own that never returns to the runtime's event loop while it measures, so that thousands of hosts
// cost it little. Jobs come as lines of JSON, results go as lines of JSON.
function run(hosts: Hosts, job: Job): JobResult {
  switch (job.kind) {
    case 'dora':
      return runDora(hosts, job)
    case 'steady':
      return runSteady(hosts, job)
    case 'burst':
      return runBurst(hosts, job)
    case 'tftp':
      return runTftp(hosts, job)
    case 'http':
      return runHttp(hosts, job)
    case 'pnp':
      return runPnp(hosts, job)
    case 'storm':
      return runStorm(hosts, job)
    default:
      throw new InvariantError(`no such job: ${JSON.stringify(job)}`)
  }
}

let hosts: Hosts | undefined
for await (const line of console) {
  const job = JSON.parse(line) as Job
  hosts ??= new Hosts(job.device)
  console.log(JSON.stringify(run(hosts, job)))
}
hosts?.close()
