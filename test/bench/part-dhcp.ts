import { InvariantError } from '../../services/core/errors.ts'
import { hasTool, toolPath } from '../support/netns.ts'
import type { JobResult } from './client/job.ts'
import type { Lab } from './lab.ts'
import { eachServer, others, type Part, type PartContext, type Taken, type Work, withServer } from './part.ts'
import { perSecond, tell } from './part-files.ts'
import type { Row } from './report.ts'
import { box } from './servers/box.ts'
import { dnsmasqNoPing, kea } from './servers/dhcp.ts'

const FIRST = 0x200000
const LIMIT_MS = 60_000
const ROUNDS = 3

interface DhcpFigures {
  readonly rate: Taken<JobResult>
  /** At 80 % of that rate, by hosts of the bench and by perfdhcp. */
  readonly steady: Taken<JobResult>
  readonly perfdhcp: Perfdhcp | undefined
  readonly burst: Taken<JobResult>
}

/** What perfdhcp saw at a fixed rate. */
interface Perfdhcp {
  readonly asked: number
  readonly sent: number
  readonly lost: number
  /** Answers that were there and that it did not read in time. */
  readonly unread: number
}

export const dhcpPart: Part = {
  name: 'dhcp',
  help: 'DORA/s with so many in flight, loss at 80 % of that by perfdhcp, and new clients all in one instant',
  async run(context) {
    const work: Work<DhcpFigures> = async (lab, take) => {
      // The burst comes first: its clients must be new, and the pool untouched.
      const burst = await take(() => lab.hosts(burstJob(context)))
      tell(context, 'burst', burst)
      // A first round warms up; of the others the best counts, since whatever else runs on a machine only slows it.
      const rates = [await take(() => lab.hosts(rateJob(context, 1)))]
      for (let i = 0; i < ROUNDS; i++) rates.push(await take(() => lab.hosts(rateJob(context, context.sizes.seconds))))
      const rate = rates.slice(1).sort((a, b) => perSecond(b.result) - perSecond(a.result))[0]
      if (rate === undefined) throw new InvariantError('no round of the rate test')
      tell(context, 'rate', rate)
      const eighty = Math.floor(perSecond(rate.result) * 0.8)
      const steady = await take(() => lab.hosts(steadyJob(context, eighty)))
      tell(context, `steady ${eighty}/s`, steady)
      return { burst, rate, steady, perfdhcp: await perfdhcp(lab, context, eighty) }
    }
    const ours = await withServer(box(), context, work)
    return rows(ours, await eachServer([kea, dnsmasqNoPing], context, work), context)
  },
}

/** The clients of the burst, which come back again and again. */
function rateJob({ sizes }: PartContext, seconds: number) {
  return {
    kind: 'dora',
    hosts: sizes.phones,
    first: FIRST,
    inFlight: sizes.inFlight,
    seconds,
    limitMs: LIMIT_MS,
  } as const
}

function steadyJob({ sizes }: PartContext, perSecond: number) {
  const { seconds } = sizes
  return { kind: 'steady', hosts: sizes.phones, first: FIRST, perSecond, seconds, limitMs: LIMIT_MS } as const
}

function burstJob({ sizes }: PartContext) {
  return { kind: 'burst', hosts: sizes.phones, first: FIRST, limitMs: LIMIT_MS } as const
}

/**
 * perfdhcp at a fixed rate, as a relay for as many clients as the rate test had. Its clients are new at first, and the box looks
 * whether an address is in use before it offers it: the first round makes them known, the second one counts.
 */
async function perfdhcp(lab: Lab, context: PartContext, rate: number): Promise<Perfdhcp | undefined> {
  if (!hasTool('perfdhcp') || rate < 1) return undefined
  const { seconds } = context.sizes
  const args = ['-4', '-l', 'eth0', '-r', rate, '-R', context.sizes.phones, '-p', seconds, '-W', 1_000_000, '-s', 1]
  const round = () => lab.run([toolPath('perfdhcp') ?? 'perfdhcp', ...args.map(String)], (seconds + 20) * 1000)
  await round()
  const before = await lab.unread()
  const done = await round()
  const exchanges = done.stdout.split('***Statistics for:').slice(1)
  const count = (text: string | undefined, what: string) =>
    Number(new RegExp(`${what}: *(\\d+)`).exec(text ?? '')?.[1] ?? Number.NaN)
  const sent = count(exchanges[0], 'sent packets')
  const granted = count(exchanges[1], 'received packets')
  if (Number.isNaN(sent + granted))
    throw new InvariantError(`perfdhcp: ${done.stderr.slice(0, 500)} ${done.stdout.slice(0, 500)}`)
  const unread = (await lab.unread()) - before
  context.say(`  perfdhcp at ${rate}/s: ${sent} begun, ${granted} leased, ${unread} answers not read`)
  return { asked: rate, sent, lost: sent - granted, unread }
}

/** Exchanges that ended for want of an answer: those whose answer was there are taken off. */
function unanswered({ lost, unread }: Perfdhcp): number {
  return Math.max(0, lost - unread)
}

function rows(ours: DhcpFigures, results: Map<string, DhcpFigures | undefined>, { sizes }: PartContext): Row[] {
  const part = 'dhcp'
  const burst = `${sizes.phones} new clients at once`
  const row = (
    what: string,
    unit: string,
    better: Row['better'],
    figure: (figures: DhcpFigures) => number | string,
    goals: Row['goals'] = [],
  ): Row => {
    const own = figure(ours)
    return {
      part,
      what,
      unit,
      better,
      box: typeof own === 'number' ? own : undefined,
      others: others(results, figure),
      goals,
    }
  }
  const lost = ({ steady: { result } }: DhcpFigures) => (result.failed / (result.done + result.failed)) * 100
  const there = (count: (seen: Perfdhcp) => number) => {
    return ({ perfdhcp: seen }: DhcpFigures) => (seen === undefined ? 'no perfdhcp' : (count(seen) / seen.sent) * 100)
  }
  return [
    row(`leases, ${sizes.inFlight} in flight`, 'DORA/s', 'more', ({ rate }) => perSecond(rate.result), [
      { against: kea.name, ratio: 1.5 },
      { against: dnsmasqNoPing.name, ratio: 10 },
    ]),
    row('lost at 80 % of that rate', '%', 'less', lost, [{ atMost: 0 }]),
    row(
      'the same by perfdhcp',
      '%',
      'less',
      there(({ lost }) => lost),
    ),
    // An answer that perfdhcp does not read ends its exchange, be it an offer or an acknowledgement.
    row('the same, answers that perfdhcp did not read left aside', '%', 'less', there(unanswered)),
    row('CPU time of a lease', 'ms', 'less', ({ rate }) => (rate.cpu / rate.result.done) * 1000),
    row(
      `${burst}: all leased after`,
      'ms',
      'less',
      ({ burst: { result } }) => (result.failed > 0 ? `${result.failed} not after ${LIMIT_MS / 1000} s` : result.ms),
      [{ atMost: 1000 }],
    ),
    row(`${burst}: sent again`, 'packets', 'less', ({ burst: { result } }) => result.resent, [{ atMost: 0 }]),
  ]
}
