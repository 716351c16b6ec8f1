import type { Hosts } from './hosts.ts'
import type { JobResult } from './job.ts'

/** Collects what happened during one job. */
export class Measure {
  readonly counts = { resent: 0 }
  done = 0
  failed = 0
  octets = 0
  notes: string | undefined
  readonly #hosts: Hosts
  readonly #problems = new Map<string, number>()
  readonly #times: number[] = []
  readonly #cpu = process.cpuUsage()
  readonly #idle: number
  readonly #started = performance.now()
  #last = this.#started

  constructor(hosts: Hosts) {
    this.#hosts = hosts
    this.#idle = hosts.idleMs
  }

  get ended(): number {
    return this.done + this.failed
  }

  succeed(sinceMs: number, octets = 0): void {
    this.done++
    this.octets += octets
    this.#last = performance.now()
    this.#times.push(this.#last - sinceMs)
  }

  fail(problem: string): void {
    this.failed++
    this.problem(problem)
  }

  problem(text: string): void {
    this.#problems.set(text, (this.#problems.get(text) ?? 0) + 1)
  }

  result(): JobResult {
    const wall = performance.now() - this.#started
    const { user, system } = process.cpuUsage(this.#cpu)
    const sorted = this.#times.sort((a, b) => a - b)
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return {
      done: this.done,
      failed: this.failed,
      ms: this.#last - this.#started,
      resent: this.counts.resent,
      octets: this.octets,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      clientCpu: (user + system) / 1e6,
      idleShare: (this.#hosts.idleMs - this.#idle) / wall,
      problems: Object.fromEntries(this.#problems),
      ...(this.notes === undefined ? {} : { notes: this.notes }),
    }
  }
}
