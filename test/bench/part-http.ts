import type { Addressing, JobResult } from './client/job.ts'
import { BY_HAND, type Lab } from './lab.ts'
import { eachServer, others, type Part, type PartContext, type Take, type Taken, withServer } from './part.ts'
import { FIRST, OWN_FILE, perSecond, renderedFiles, tell } from './part-files.ts'
import { box } from './servers/box.ts'
import { nginx } from './servers/files.ts'

/** The box slows a phone down that asks for more than 30 files at once. */
const FILES_EACH = 20
const LIMIT_MS = 60_000

function job({ sizes }: PartContext, addressing: Addressing) {
  const { phones: hosts, inFlight } = sizes
  return {
    kind: 'http',
    hosts,
    first: FIRST,
    inFlight,
    filesEach: FILES_EACH,
    file: OWN_FILE,
    addressing,
    limitMs: LIMIT_MS,
  } as const
}

export const httpPart: Part = {
  name: 'http',
  help: "phones' own configuration files over HTTP, against nginx with the same bytes",
  async run(context) {
    const { phones, inFlight } = context.sizes
    const files = await renderedFiles(context, phones)
    const measure = async (lab: Lab, take: Take, addressing: Addressing) => {
      // A first round gives every host its address and every server its caches.
      await lab.hosts({ ...job(context, addressing), filesEach: 1 })
      const taken = await take(() => lab.hosts(job(context, addressing)))
      tell(context, 'http', taken)
      return taken
    }
    const ours = await withServer(box({ devices: { first: FIRST, count: phones } }), context, (lab, take) =>
      measure(lab, take, { by: 'dhcp' }),
    )
    const results = await eachServer([nginx(files)], context, (lab, take) =>
      measure(lab, take, { by: 'hand', from: BY_HAND }),
    )
    const rate = (taken: Taken<JobResult>) => perSecond(taken.result)
    const cpu = (taken: Taken<JobResult>) => (taken.cpu / taken.result.done) * 1000
    return [
      {
        part: 'http',
        what: `own file, ${inFlight} in flight`,
        unit: 'files/s',
        better: 'more',
        box: rate(ours),
        others: others(results, rate),
      },
      {
        part: 'http',
        what: 'CPU time of a file',
        unit: 'ms',
        better: 'less',
        box: cpu(ours),
        others: others(results, cpu),
      },
      {
        part: 'http',
        what: 'files that failed',
        unit: '',
        better: 'less',
        box: ours.result.failed,
        others: others(results, (taken) => taken.result.failed),
        goals: [{ atMost: 0 }],
      },
    ]
  },
}
