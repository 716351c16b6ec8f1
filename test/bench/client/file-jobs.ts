import { prepare } from './dhcp-jobs.ts'
import type { Host, Hosts } from './hosts.ts'
import { openHttp } from './http.ts'
import type { Job, JobResult } from './job.ts'
import { Measure } from './measure.ts'
import { fetchTftp } from './tftp.ts'

type FileJob = Extract<Job, { kind: 'tftp' | 'http' }>

/** The name of a host's file. */
export function nameFor(pattern: string, host: Host): string {
  return pattern.replace('{mac}', host.macText)
}

/** Keeps `inFlight` hosts busy, each with one file at a time, until every host had its number of files. */
function runFiles(
  hosts: Hosts,
  job: FileJob,
  fetch: (host: Host, measure: Measure, done: () => void) => void,
): JobResult {
  const ready = prepare(hosts, job)
  const measure = new Measure(hosts)
  let next = 0
  function turn(): void {
    const host = ready[next++]
    if (host === undefined) return
    let left = job.filesEach
    const again = () => {
      if (left-- > 0) fetch(host, measure, again)
      else turn()
    }
    again()
  }
  for (let i = 0; i < job.inFlight; i++) turn()
  hosts.run(() => measure.ended === ready.length * job.filesEach, job.limitMs)
  const missing = job.hosts * job.filesEach - measure.ended
  if (missing > 0) {
    measure.failed += missing
    measure.problem('not done in time')
  }
  return measure.result()
}

export function runTftp(hosts: Hosts, job: Extract<Job, { kind: 'tftp' }>): JobResult {
  const { blockSize, windowSize } = job
  const options = {
    ...(blockSize === undefined ? {} : { blockSize }),
    ...(windowSize === undefined ? {} : { windowSize }),
  }
  return runFiles(hosts, job, (host, measure, done) => {
    const since = performance.now()
    fetchTftp(hosts, host, { address: job.server, port: 69 }, nameFor(job.file, host), options, (result) => {
      measure.counts.resent += result.resent
      if (result.problem === undefined) measure.succeed(since, result.size)
      else measure.fail(result.problem)
      if (windowSize !== undefined) measure.notes = `windowsize ${result.windowSize}`
      done()
    })
  })
}

/** One connection a host, kept for all of its files. */
export function runHttp(hosts: Hosts, job: Extract<Job, { kind: 'http' }>): JobResult {
  const sessions = new Map<Host, ReturnType<typeof openHttp>>()
  return runFiles(hosts, job, (host, measure, done) => {
    const since = performance.now()
    const open = () => openHttp(hosts, host, { address: job.server, port: 80 }, measure.counts)
    const session = sessions.get(host) ?? open()
    sessions.set(host, session)
    session.get(nameFor(job.file, host), (answer, problem) => {
      if (answer?.status === 200) measure.succeed(since, answer.body.length)
      else measure.fail(problem ?? `status ${answer?.status}`)
      done()
    })
  })
}
