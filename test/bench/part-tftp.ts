import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openStorage } from '../../appliance/storage.ts'
import { silentLog } from '../../services/core/log.ts'
import { makeFileStore } from '../../services/files/file-store.ts'
import { systemClock } from '../../services/program/clock.ts'
import { LiveSecrets } from '../../services/program/redaction.ts'
import type { Addressing, JobResult } from './client/job.ts'
import { BY_HAND, type JobGiven } from './lab.ts'
import { eachServer, others, type Part, type PartContext, type Taken, type Work, withServer } from './part.ts'
import { FIRST, failures, OWN_FILE, perSecond, renderedFiles, tell } from './part-files.ts'
import type { Row } from './report.ts'
import { box } from './servers/box.ts'
import { tftpd } from './servers/files.ts'

const LARGE_FILE = 'bench.rom'
const MB = 1e6
/** What Ethernet carries in one frame. */
const BLOCK_SIZE = 1428
const WINDOW = 16
const FILES_EACH = 4
const LIMIT_MS = 60_000

interface TftpFigures {
  /** As a phone asks that knows no options, and as one asks that does. */
  readonly plain: Taken<JobResult>
  readonly blocks: Taken<JobResult>
  readonly large: ReadonlyMap<number, Taken<JobResult>>
}

export const tftpPart: Part = {
  name: 'tftp',
  help: 'own configuration files by many clients at once, and a large file with windowsize 1 and 16',
  async run(context) {
    const { phones, megabytes } = context.sizes
    const large = randomBytes(megabytes * MB)
    const files = new Map([...(await renderedFiles(context, phones)), [LARGE_FILE, large]])
    const registered = { first: FIRST, count: phones }
    const seed = (folder: string) => putFile(folder, LARGE_FILE, large)
    const ours = await withServer(box({ devices: registered, seed }), context, measure(context, { by: 'dhcp' }))
    const byHand = measure(context, { by: 'hand', from: BY_HAND })
    return rows(ours, await eachServer([tftpd(files)], context, byHand), context)
  },
}

/** Puts a file into the store of a box that has not started yet. */
async function putFile(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  using storage = openStorage(folder, systemClock, new LiveSecrets())
  const store = makeFileStore({ db: storage.db, folder: join(folder, 'files'), log: silentLog, clock: systemClock })
  await store.start()
  await store.put(name, bytes, { by: 'bench' })
}

function measure(context: PartContext, addressing: Addressing): Work<TftpFigures> {
  const { clients, phones } = context.sizes
  const job = {
    kind: 'tftp',
    hosts: phones,
    first: FIRST,
    inFlight: clients,
    filesEach: FILES_EACH,
    file: OWN_FILE,
    addressing,
    limitMs: LIMIT_MS,
  } as const satisfies JobGiven
  return async (lab, take) => {
    const told = async (what: string, given: JobGiven) => {
      const taken = await take(() => lab.hosts(given))
      tell(context, what, taken)
      return taken
    }
    await lab.hosts({ ...job, filesEach: 1 })
    const plain = await told('without options', job)
    const blocks = await told(`blksize ${BLOCK_SIZE}`, { ...job, blockSize: BLOCK_SIZE })
    const large = new Map<number, Taken<JobResult>>()
    for (const windowSize of [1, WINDOW]) {
      const given = { ...job, hosts: 1, inFlight: 1, filesEach: 2, file: LARGE_FILE, blockSize: BLOCK_SIZE, windowSize }
      large.set(windowSize, await told(`large file, windowsize ${windowSize}`, given))
    }
    return { plain, blocks, large }
  }
}

function speed(taken: Taken<JobResult> | undefined): number {
  return taken === undefined || taken.result.ms === 0 ? 0 : taken.result.octets / MB / (taken.result.ms / 1000)
}

function rows(ours: TftpFigures, results: Map<string, TftpFigures | undefined>, { sizes }: PartContext): Row[] {
  const part = 'tftp'
  const row = (
    what: string,
    unit: string,
    figure: (figures: TftpFigures) => number | string,
    goals: Row['goals'] = [],
    better: Row['better'] = 'more',
  ): Row => {
    const own = figure(ours)
    const boxValue = typeof own === 'number' ? { box: own } : { box: undefined }
    return { part, what, unit, better, ...boxValue, others: others(results, figure), goals }
  }
  const files = [{ against: 'tftpd-hpa', ratio: 1 }]
  const ofLarge = (windowSize: number) => (figures: TftpFigures) => speed(figures.large.get(windowSize))
  const gain = (figures: TftpFigures) => ofLarge(WINDOW)(figures) / ofLarge(1)(figures)
  const agreed = (figures: TftpFigures) => figures.large.get(WINDOW)?.result.notes === `windowsize ${WINDOW}`
  const cpu = ({ plain }: TftpFigures) => (plain.cpu / plain.result.done) * 1000
  return [
    row(`own file, ${sizes.clients} at once`, 'files/s', ({ plain }) => perSecond(plain.result), files),
    row(`the same, blksize ${BLOCK_SIZE}`, 'files/s', ({ blocks }) => perSecond(blocks.result), files),
    row('CPU time of a file', 'ms', cpu, [], 'less'),
    row(
      'files that failed',
      'files',
      failures(({ plain, blocks }) => [plain, blocks]),
      [{ atMost: 0 }],
      'less',
    ),
    row(`${sizes.megabytes} MB, windowsize 1`, 'MB/s', ofLarge(1)),
    row(`${sizes.megabytes} MB, windowsize ${WINDOW}`, 'MB/s', (figures) =>
      agreed(figures) ? ofLarge(WINDOW)(figures) : 'does not know the option',
    ),
    row(`windowsize ${WINDOW} faster than 1 by`, '×', (figures) => (agreed(figures) ? gain(figures) : 'cannot'), [
      { atLeast: 2 },
    ]),
  ]
}
