import { lease } from './dhcp.ts'
import type { Host, Hosts } from './hosts.ts'
import type { Addressing, Job, JobResult } from './job.ts'
import { Measure } from './measure.ts'

type JobOf<Kind extends Job['kind']> = Extract<Job, { kind: Kind }>
const GIVE_UP_MS = 1000

/** So many exchanges in flight all the time, each by the next host in turn; what takes over a second is lost. */
export function runDora(hosts: Hosts, job: JobOf<'dora'>): JobResult {
  const measure = new Measure(hosts)
  const until = performance.now() + job.seconds * 1000
  let next = 0
  let inFlight = 0
  function begin(): void {
    if (performance.now() >= until) return
    const host = hosts.add(job.first + (next++ % job.hosts))
    const since = performance.now()
    inFlight++
    lease(hosts, host, { giveUpMs: GIVE_UP_MS }, (result) => {
      inFlight--
      if (result === undefined) measure.fail('no answer within a second')
      else measure.succeed(since)
      begin()
    })
  }
  for (let i = 0; i < job.inFlight; i++) begin()
  hosts.run(() => inFlight === 0, job.limitMs)
  return measure.result()
}

/** Exchanges begun at a fixed rate whatever the server does; what takes over a second is lost. */
export function runSteady(hosts: Hosts, job: JobOf<'steady'>): JobResult {
  const measure = new Measure(hosts)
  const started = performance.now()
  const wanted = Math.floor(job.perSecond * job.seconds)
  let begun = 0
  const begin = () => {
    const due = Math.min(wanted, ((performance.now() - started) / 1000) * job.perSecond)
    while (begun < due) {
      const since = performance.now()
      lease(hosts, hosts.add(job.first + (begun++ % job.hosts)), { giveUpMs: GIVE_UP_MS }, (result) => {
        if (result === undefined) measure.fail('no answer within a second')
        else measure.succeed(since)
      })
    }
    if (begun < wanted) hosts.timers.after(1, begin)
  }
  begin()
  hosts.run(() => measure.ended === wanted, job.limitMs)
  return measure.result()
}

/** All hosts ask in the same instant and go on as real clients do until each has an address. */
export function runBurst(hosts: Hosts, job: JobOf<'burst'>): JobResult {
  const measure = new Measure(hosts)
  const since = performance.now()
  for (let i = 0; i < job.hosts; i++)
    lease(hosts, hosts.add(job.first + i), {}, (result) => {
      measure.counts.resent += result?.resent ?? 0
      measure.succeed(since)
    })
  hosts.run(() => measure.ended === job.hosts, job.limitMs)
  measure.failed = job.hosts - measure.done
  return measure.result()
}

/** Gives every host of a job its address and lets it learn the server's hardware address; not measured. */
export function prepare(hosts: Hosts, job: Job & { readonly addressing: Addressing }): Host[] {
  const all = Array.from({ length: job.hosts }, (_, i) => hosts.add(job.first + i))
  let ready = 0
  const resolve = (host: Host) => hosts.resolve(host, job.server, () => ready++)
  for (const [i, host] of all.entries()) {
    if (job.addressing.by === 'hand') {
      hosts.setAddress(host, job.addressing.from + i)
      resolve(host)
    } else if (host.address !== 0) resolve(host)
    else lease(hosts, host, {}, () => resolve(host))
  }
  hosts.run(() => ready === all.length, job.limitMs)
  return all.filter((host) => host.address !== 0)
}
