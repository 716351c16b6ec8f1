import { parseIpv4 } from '../../services/core/ipv4.ts'
import type { JobResult } from './client/job.ts'
import { type Lab, SERVER } from './lab.ts'
import { eachServer, others, type Part, type PartContext, type Take, type Taken, withServer } from './part.ts'
import { COMMON_FILE, FIRST, OWN_FILE, renderedFiles, tell } from './part-files.ts'
import type { Row } from './report.ts'
import { box } from './servers/box.ts'
import { dnsmasqNoPing } from './servers/dhcp.ts'
import { nginx, together } from './servers/files.ts'

const LIMIT_MS = 60_000
const MB = 1e6

function job({ sizes }: PartContext, protocol: 'http' | 'tftp') {
  const files = [COMMON_FILE, OWN_FILE]
  return {
    kind: 'storm',
    hosts: sizes.phones,
    first: FIRST,
    files,
    protocol,
    web: parseIpv4(SERVER),
    limitMs: LIMIT_MS,
  } as const
}

export const stormPart: Part = {
  name: 'storm',
  help: 'boot storm: every phone leases an address and fetches two files, all from the same instant on',
  async run(context) {
    const { phones } = context.sizes
    const files = await renderedFiles(context, phones)
    const storm = async (protocol: 'http' | 'tftp', lab: Lab, take: Take) => {
      const taken = await take(() => lab.hosts(job(context, protocol)))
      tell(context, `storm over ${protocol}`, taken)
      return taken
    }
    const empty = await withServer(box(), context, (_, take) => take(async () => undefined))
    const registered = box({ devices: { first: FIRST, count: phones } })
    const ours = await withServer(registered, context, (lab, take) => storm('http', lab, take))
    const tftp = await withServer(registered, context, (lab, take) => storm('tftp', lab, take))
    const rivals = [together('dnsmasq + nginx', [dnsmasqNoPing, nginx(files)])]
    const results = await eachServer(rivals, context, (lab, take) => storm('http', lab, take))
    const row = (
      what: string,
      unit: string,
      figure: (taken: Taken<JobResult>) => number,
      goals: Row['goals'] = [],
    ): Row => ({
      part: 'storm',
      what,
      unit,
      better: 'less',
      box: figure(ours),
      others: others(results, figure),
      goals,
    })
    return [
      row(`${phones} phones over HTTP: all configured after`, 'ms', ({ result }) => result.ms, [
        { against: 'dnsmasq + nginx', ratio: 1 },
      ]),
      row('phones that failed', 'phones', ({ result }) => result.failed, [{ atMost: 0 }]),
      row('sent or asked again', 'packets', ({ result }) => result.resent),
      row('CPU time', 's', ({ cpu }) => cpu),
      {
        part: 'storm',
        what: `${phones} phones over TFTP: all configured after`,
        unit: 'ms',
        better: 'less',
        box: tftp.result.ms,
        others: [],
      },
      {
        part: 'storm',
        what: 'phones that failed over TFTP',
        unit: 'phones',
        better: 'less',
        box: tftp.result.failed,
        others: [],
        goals: [{ atMost: 0 }],
      },
      {
        part: 'memory',
        what: 'idle',
        unit: 'MB',
        better: 'less',
        box: empty.after.rss / MB,
        others: others(results, ({ idle }) => idle.rss / MB),
        goals: [{ atMost: 100 }],
      },
      {
        part: 'memory',
        what: `idle with ${phones} devices`,
        unit: 'MB',
        better: 'less',
        box: ours.idle.rss / MB,
        others: [],
      },
      {
        part: 'memory',
        what: 'after the storm',
        unit: 'MB',
        better: 'less',
        box: ours.after.rss / MB,
        others: others(results, ({ after }) => after.rss / MB),
        goals: [{ atMost: 200 }],
      },
      {
        part: 'memory',
        what: 'at most',
        unit: 'MB',
        better: 'less',
        box: ours.after.peak / MB,
        others: others(results, ({ after }) => after.peak / MB),
      },
    ]
  },
}
