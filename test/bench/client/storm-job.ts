import { lease } from './dhcp.ts'
import { nameFor } from './file-jobs.ts'
import type { Host, Hosts } from './hosts.ts'
import { openHttp } from './http.ts'
import type { Job, JobResult } from './job.ts'
import { Measure } from './measure.ts'
import { fetchTftp } from './tftp.ts'

type StormJob = Extract<Job, { kind: 'storm' }>
/** A phone asks for a file again after this, so many times. */
const RETRY_MS = 2000
const MOST_TRIES = 4
const BLOCK_SIZE = 1428

/** Power comes back: every phone leases an address and fetches its files, all beginning in the same instant. */
export function runStorm(hosts: Hosts, job: StormJob): JobResult {
  const measure = new Measure(hosts)
  const since = performance.now()
  let leasedBy = since
  for (let i = 0; i < job.hosts; i++) {
    const host = hosts.add(job.first + i)
    lease(hosts, host, {}, (leased) => {
      measure.counts.resent += leased?.resent ?? 0
      leasedBy = performance.now()
      hosts.resolve(host, job.web, () => boot(hosts, host, job, measure, since))
    })
  }
  hosts.run(() => measure.ended === job.hosts, job.limitMs)
  const missing = job.hosts - measure.ended
  if (missing > 0) {
    measure.failed += missing
    measure.problem(`not done after ${job.limitMs} ms`)
  }
  measure.notes = `all leased after ${Math.round(leasedBy - since)} ms`
  return measure.result()
}

function boot(hosts: Hosts, host: Host, job: StormJob, measure: Measure, since: number): void {
  let octets = 0
  const step = (at: number, tries: number) => {
    const file = job.files[at]
    if (file === undefined) {
      measure.succeed(since, octets)
      return
    }
    fetchOnce(hosts, host, job, measure, nameFor(file, host), (bytes, problem) => {
      // Its own file must be its own: it holds its SIP user.
      const own = file.includes('{mac}')
      const fault = problem ?? (own && !bytes.includes(`u${host.macText}`) ? "not this phone's file" : undefined)
      if (fault === undefined) {
        octets += bytes.length
        step(at + 1, 0)
        return
      }
      if (tries + 1 >= MOST_TRIES) {
        measure.fail(`${file}: ${fault}`)
        return
      }
      measure.counts.resent++
      measure.problem(`asked again: ${fault}`)
      hosts.timers.after(RETRY_MS, () => step(at, tries + 1))
    })
  }
  step(0, 0)
}

function fetchOnce(
  hosts: Hosts,
  host: Host,
  job: StormJob,
  measure: Measure,
  file: string,
  done: (bytes: Buffer, problem?: string) => void,
): void {
  if (job.protocol === 'tftp') {
    const options = { blockSize: BLOCK_SIZE, keep: true }
    fetchTftp(hosts, host, { address: job.web, port: 69 }, file, options, (result) => {
      measure.counts.resent += result.resent
      done(Buffer.from(result.bytes ?? []), result.problem)
    })
    return
  }
  const session = openHttp(hosts, host, { address: job.web, port: 80 }, measure.counts)
  session.get(file, (answer, problem) => {
    session.close()
    const fault = problem ?? (answer?.status === 200 ? undefined : `status ${answer?.status}`)
    done(Buffer.from(answer?.body ?? []), fault)
  })
}
