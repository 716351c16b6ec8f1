import type { PendingView, RefetchJob, RefetchJobRow } from '../../services/admin/schema-refetch.ts'
import { formatMac } from '../../services/core/mac.ts'
import { type BoxClient, clientFor } from './client.ts'
import { type Command, EXIT, type Invocation, macAt, UsageError, wordAt } from './command.ts'
import { table } from './usage.ts'
import { windowOf } from './window.ts'

const JOBS = '/api/v1/refetch'
const POLL_MS = 1_000

export const refetchCommand: Command = {
  name: 'refetch',
  words: 'MAC … | list | show ID | cancel ID | pending [MAC]',
  most: 50,
  help: 'make phones fetch their configuration again, now or later; the jobs; what waits to be fetched',
  flags: [
    { name: 'group', value: 'NAME', help: 'all devices of a group' },
    { name: 'model', value: 'VENDOR:MODEL', help: 'all devices of a model' },
    { name: 'all', help: 'all devices' },
    { name: 'at', value: 'TIME', help: 'not before this time, e.g. 2026-11-30T22:00 (of this machine) or with a Z' },
    { name: 'window', value: 'HH:MM-HH:MM', help: 'only in this part of the day, in the time zone of the site' },
    { name: 'days', value: 'LIST', help: 'window: only on these days, e.g. mon,thu' },
    { name: 'reboot', help: 'by a restart' },
    { name: 'limit', value: 'N', help: 'devices asked and not yet back at once (10)' },
    { name: 'why', value: 'TEXT', help: 'the reason, for the journeys' },
    { name: 'wait', help: 'wait for the end; exit code 1 when a device did not fetch' },
  ],
  async run(invocation) {
    const client = clientFor(invocation)
    const [action] = invocation.words
    if (action === 'list') return list(invocation, client)
    if (action === 'show') return show(invocation, await jobOf(client, wordAt(invocation, 1, 'the id of a job')))
    if (action === 'cancel') {
      const path = `${JOBS}/${encodeURIComponent(wordAt(invocation, 1, 'the id of a job'))}`
      return show(invocation, (await client.json('DELETE', path)) as RefetchJob)
    }
    if (action === 'pending') return pending(invocation, client)
    const job = (await client.json('POST', JOBS, requestOf(invocation))) as RefetchJob
    if (invocation.flags.wait === undefined) return show(invocation, job)
    return outcome(invocation, await waitFor(client, job))
  },
}

function jobOf(client: BoxClient, id: string): Promise<RefetchJob> {
  return client.json('GET', `${JOBS}/${encodeURIComponent(id)}`) as Promise<RefetchJob>
}

function requestOf(invocation: Invocation): object {
  const { flags, words } = invocation
  const window = windowOf(flags)
  const chosen = [flags.group, flags.model, flags.all, words[0]].filter((one) => one !== undefined)
  if (chosen.length !== 1) throw new UsageError('name devices, or one of --group, --model and --all')
  return {
    ...(words.length > 0 && { devices: words.map((_, i) => formatMac(macAt(invocation, i))) }),
    ...(flags.group !== undefined && { group: flags.group }),
    ...(flags.model !== undefined && { model: modelOf(flags.model) }),
    ...(flags.all !== undefined && { all: true }),
    ...(flags.at !== undefined && { at: timeOf(flags.at) }),
    ...(window !== undefined && { window }),
    ...(flags.limit !== undefined && { limit: numberOf(flags.limit) }),
    ...(flags.why !== undefined && { why: flags.why }),
    reboot: flags.reboot !== undefined,
  }
}

function modelOf(text: string): { vendor: string; model: string } {
  const [vendor = '', ...rest] = text.split(':')
  if (vendor === '' || rest.length === 0) throw new UsageError(`not VENDOR:MODEL: ${JSON.stringify(text)}`)
  return { vendor, model: rest.join(':') }
}

function timeOf(text: string): number {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw new UsageError(`no time like 2026-11-30T22:00: ${JSON.stringify(text)}`)
  return at
}

function numberOf(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new UsageError(`not a number: ${JSON.stringify(text)}`)
  return Number(text)
}

async function waitFor(client: BoxClient, started: RefetchJob): Promise<RefetchJob> {
  let job = started
  while (job.items.some(({ state }) => state !== 'ended')) {
    await Bun.sleep(POLL_MS)
    job = await jobOf(client, job.id)
  }
  return job
}

function outcome(invocation: Invocation, job: RefetchJob): number {
  show(invocation, job)
  return job.items.every((item) => item.outcome === 'fetched') ? EXIT.ok : EXIT.failed
}

function show({ terminal, json }: Invocation, job: RefetchJob): number {
  if (json) terminal.out(`${JSON.stringify(job)}\n`)
  else {
    terminal.out(`job ${job.id}: ${summary(job)}\n`)
    terminal.out(
      table(job.items.map(({ mac, name, state, outcome: end, text }) => [`  ${mac}`, name ?? '', end ?? state, text])),
    )
  }
  return EXIT.ok
}

function summary(job: RefetchJobRow): string {
  const opens = job.opensAt === undefined ? '' : `, next ${new Date(job.opensAt).toISOString().slice(0, 16)}Z`
  const counts = Object.entries(job.counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
  const why = job.why === undefined ? '' : `: ${job.why}`
  return `${job.state}${opens}; ${job.what}, ${job.when}${job.reboot ? ', by a restart' : ''}, by ${job.by}${why}; ${counts}`
}

async function list({ terminal, json }: Invocation, client: BoxClient): Promise<number> {
  const { jobs } = (await client.json('GET', JOBS)) as { jobs: RefetchJobRow[] }
  if (json) terminal.out(`${JSON.stringify({ jobs })}\n`)
  else terminal.out(jobs.length === 0 ? 'no jobs\n' : table(jobs.map((job) => [job.id, summary(job)])))
  return EXIT.ok
}

async function pending(invocation: Invocation, client: BoxClient): Promise<number> {
  const { terminal, json, words } = invocation
  const devices =
    words[1] === undefined
      ? ((await client.json('GET', '/api/v1/pending')) as { devices: PendingView[] }).devices
      : [(await client.json('GET', `/api/v1/devices/${macAt(invocation, 1)}/pending`)) as PendingView]
  if (json) terminal.out(`${JSON.stringify({ devices })}\n`)
  else if (devices.length === 0) terminal.out('every device has what is set\n')
  else
    terminal.out(
      table(
        devices.map(({ mac, name, files, reboot, because, way }) => [
          mac,
          name ?? '',
          files.map((file) => `${file.name} ${file.why}`).join(', ') || 'up to date',
          `restart needed: ${reboot} (${because})`,
          way === undefined ? 'no way to ask it' : `${way.text}${way.reboots ? ', restarts it' : ''}`,
        ]),
      ),
    )
  return EXIT.ok
}
