import { InvariantError } from '../../services/core/errors.ts'
import { type FarmBox, makeFarmBox } from './farm-box.ts'

/** What the bench tells a farm. */
export type Order =
  | { readonly do: 'make'; readonly urls: readonly string[]; readonly from: number; readonly count: number }
  /** Every box enrols, so many at a time. */
  | { readonly do: 'join'; readonly atOnce: number }
  /** Every box begins to ask, spread over so many milliseconds. `hours`: by its clock that much later. */
  | { readonly do: 'connect'; readonly overMs: number; readonly hours: number }
  | { readonly do: 'cut' }
  /** What goes on at branches: of some boxes a person edits a device, all report. */
  | {
      readonly do: 'live'
      readonly mark: string
      readonly edited: number
      readonly statuses: number
      readonly events: number
    }
  /** Say when every box has in force what says so, and has sent all of its own. */
  | { readonly do: 'await'; readonly mark: string }
  | { readonly do: 'count' }

/** What a farm tells the bench. */
export type Said =
  | { readonly said: 'made'; readonly fingerprints: readonly string[] }
  | { readonly said: 'joined'; readonly boxes: readonly Joined[] }
  | { readonly said: 'cut' | 'live' }
  | { readonly said: 'synced'; readonly ms: readonly number[] }
  | { readonly said: 'arrived'; readonly boxId: string; readonly ms: number }
  | ({ readonly said: 'counted' } & Counted)

export interface Joined {
  readonly boxId: string
  readonly orgId: string
  readonly siteId: string
  readonly sealingKey: string
}

export interface Counted {
  readonly requests: number
  readonly failures: Readonly<Record<string, number>>
  readonly live: number
}

/** The device that the account changes, and the one that the branch changes. */
export const MARKED = '00005e005301'
export const OWN = '00005e0053ff'
/** What a text says that is to be measured: `sent` and the time. */
const SENT = /^sent (\d+)$/

/** Many boxes in one process. */
export function makeFarm(say: (said: Said) => void): { take(order: Order): void } {
  const boxes: FarmBox[] = []
  const failures: Record<string, number> = {}
  let requests = 0
  let ahead = 0
  let waitsFor: { readonly mark: string; readonly since: number } | undefined
  let left = new Set<FarmBox>()
  let times: number[] = []

  function look(box: FarmBox): void {
    if (waitsFor === undefined || !left.has(box)) return
    const { mark, since } = waitsFor
    if (box.records.get('device', MARKED)?.body.notes !== mark || box.sync().state().waiting > 0) return
    if (box.records.get('vendor', 'yealink')?.body.notes !== mark) return
    left.delete(box)
    times.push(performance.now() - since)
    if (left.size > 0) return
    say({ said: 'synced', ms: times })
    waitsFor = undefined
  }

  function make(urls: readonly string[], from: number, count: number): void {
    for (let n = from; n < from + count; n++) {
      const deps = {
        urls,
        now: () => Date.now() + ahead,
        onRequest: () => void requests++,
        onCycle(box: FarmBox, failure: string | undefined) {
          if (failure === undefined) look(box)
          else failures[failure] = (failures[failure] ?? 0) + 1
        },
        onRecord(box: FarmBox, _id: string, body: { readonly [name: string]: unknown }) {
          const sent = SENT.exec(String(body.notes ?? ''))?.[1]
          if (sent === undefined) return
          say({ said: 'arrived', boxId: box.enrolment.claim()?.boxId ?? '', ms: Date.now() - Number(sent) })
        },
      }
      boxes.push(makeFarmBox(deps, n))
    }
    const fingerprints = boxes.map(({ enrolment }) => {
      const state = enrolment.state()
      return 'fingerprint' in state ? state.fingerprint : ''
    })
    say({ said: 'made', fingerprints })
  }

  async function join(atOnce: number): Promise<void> {
    const queue = [...boxes]
    const one = async () => {
      for (let box = queue.shift(); box !== undefined; box = queue.shift()) await box.join()
    }
    await Promise.all(Array.from({ length: atOnce }, one))
    const joined = boxes.map(({ enrolment }) => {
      const { boxId = '', orgId = '', siteId = '', sealingKey = '' } = enrolment.claim() ?? {}
      return { boxId, orgId, siteId, sealingKey }
    })
    say({ said: 'joined', boxes: joined })
  }

  function live({ mark, edited, statuses, events }: Order & { do: 'live' }): void {
    boxes.forEach((box, i) => {
      if (i < edited) box.records.put('device', OWN, { name: `${mark} ${i}`, vendor: 'yealink' }, { by: 'person' })
      for (let n = 0; n < statuses; n++)
        box.sync().report('device', `00:00:5e:00:53:${n.toString(16).padStart(2, '0')}`, statusBody(n))
      const at = Date.now()
      const seen = { mac: '00:00:5e:00:53:01', from: 'waiting', to: 'configured', text: 'configured' }
      box.sync().record(Array.from({ length: events }, () => ({ kind: 'device', at, body: seen })))
    })
    say({ said: 'live' })
  }

  async function obey(order: Order): Promise<void> {
    switch (order.do) {
      case 'make':
        return make(order.urls, order.from, order.count)
      case 'join':
        return join(order.atOnce)
      case 'connect':
        ahead = order.hours * 3_600_000
        for (const box of boxes) setTimeout(() => box.connect(), Math.random() * order.overMs)
        return
      case 'cut':
        await Promise.all(boxes.map((box) => box.cut()))
        return say({ said: 'cut' })
      case 'live':
        return live(order)
      case 'await':
        left = new Set(boxes)
        times = []
        waitsFor = { mark: order.mark, since: performance.now() }
        for (const box of boxes) look(box)
        return
      case 'count':
        return say({ said: 'counted', requests, failures, live: boxes.filter((box) => box.isLive()).length })
      default:
        throw new InvariantError('an order that the farm does not know')
    }
  }
  return {
    take(order) {
      obey(order).catch((thrown: unknown) => {
        console.error(thrown)
        process.exit(1)
      })
    },
  }
}

/** As large as the real ones. */
function statusBody(n: number) {
  const hash = 'c0ffee'.repeat(11).slice(0, 64)
  const since = Date.now()
  return {
    ...{ vendor: 'Yealink', model: 'SIP-T46U', firmware: '108.86.0.90', address: `192.0.2.${n + 1}`, lastSeen: since },
    verdict: { state: 'configured', text: 'configured 12 s ago', since },
    wanted: { hash, since },
    fetched: { hash, at: since, file: '00005e005301.cfg', protocol: 'http' },
  }
}
