import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Counters } from '../services/core/counters.ts'
import type { Observe } from './api/app.ts'
import type { DatabaseWatch } from './watch.ts'

export interface Metrics {
  readonly observe: Observe
  text(): Promise<string>
}

/** What Prometheus reads at `/metrics` of the operations port. */
export function makeMetrics(deps: {
  readonly version: string
  readonly counters: Counters
  readonly watch: Pick<DatabaseWatch, 'generation' | 'reachable'>
  readonly streams: () => number
  readonly pages: () => number
}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const requests = new Histogram({
    name: 'branchline_cloud_request_seconds',
    help: 'time to answer, by route',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  })
  new Gauge({
    name: 'branchline_cloud_info',
    help: 'version of the program',
    labelNames: ['version'],
    registers,
  }).set({ version: deps.version }, 1)
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `branchline_cloud_${name}`,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('database_up', '1 while the database answers', () => (deps.watch.reachable() ? 1 : 0))
  gauge('generation', 'generation of this process', deps.watch.generation)
  gauge('box_streams', 'boxes that keep a stream open to this process', deps.streams)
  gauge('page_streams', 'pages that follow an account at this process', deps.pages)
  gauge('resident_bytes', 'memory of this process', () => process.memoryUsage.rss())
  const events = new Counter({
    name: 'branchline_cloud_events_total',
    help: 'what was counted, by name',
    labelNames: ['event'],
    registers,
    collect() {
      this.reset()
      for (const [event, value] of deps.counters.all()) this.inc({ event }, value)
    },
  })
  registry.registerMetric(events)
  return {
    observe: (route, method, status, ms) => requests.observe({ route, method, status: String(status) }, ms / 1000),
    text: () => registry.metrics(),
  }
}
