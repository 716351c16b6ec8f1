import type { BoxIdentity, CloudSync, Transport } from '../../services/sync/contract.ts'

/** The connection broke, whatever the reason. */
export class BrokenLinkError extends Error {
  override readonly name = 'BrokenLinkError'
}

type Method = keyof Transport

/** A request that is still on its way. */
export interface Straggler {
  readonly box: BoxIdentity
  readonly method: Method
  readonly text: string
}

export interface Weather {
  /** In [0, 1), seeded. */
  readonly random: () => number
  /** 0: everything arrives. */
  readonly trouble: () => number
  readonly cloud: () => CloudSync
  /** The cloud's process died while it answered. */
  readonly died: () => Promise<void>
  /** What others do while a message is on its way. */
  readonly meanwhile: () => Promise<void>
  readonly stragglers: Straggler[]
  /** Sees every answer that a box gets. */
  readonly seen: (box: BoxIdentity, method: Method, answer: unknown) => void
  /** Sees every answer that the cloud gives, with the number that the question carried. */
  readonly given: (method: Method, version: number, answer: { readonly answer: string }) => void
  /** A message takes days. */
  readonly wait: () => Promise<void>
  /** Items of a page: few, so that snapshots take several. */
  readonly pageSize: number
}

/** A transport that loses, doubles, delays, reorders and cuts what it carries, as JSON text. */
export function makeSimTransport(box: BoxIdentity, weather: Weather): Transport {
  const { random, trouble } = weather

  async function deliver(method: Method, text: string): Promise<string> {
    try {
      const request = JSON.parse(text)
      const answer = await weather.cloud()[method](box, request)
      weather.given(method, request.version, answer)
      return JSON.stringify(answer)
    } catch (thrown) {
      if (!(thrown instanceof Error && thrown.name === 'PowerCutError')) throw thrown
      await weather.died()
      throw new BrokenLinkError('no answer: the cloud lost power')
    }
  }

  async function call(method: Method, request: object): Promise<unknown> {
    const text = JSON.stringify(method === 'pull' ? { ...request, limit: weather.pageSize } : request)
    const chance = trouble()
    const happens = (share: number) => chance > 0 && random() < chance * share
    if (happens(0.15)) weather.stragglers.push({ box, method, text })
    if (happens(0.1)) throw new BrokenLinkError('lost on the way there')
    if (happens(0.25)) await weather.meanwhile()
    let answer = await deliver(method, text)
    if (happens(0.08)) answer = await deliver(method, text)
    if (happens(0.25)) await weather.meanwhile()
    if (happens(0.02)) await weather.wait()
    if (happens(0.1)) throw new BrokenLinkError('lost on the way back')
    if (happens(0.05)) answer = answer.slice(0, Math.floor(random() * answer.length))
    let parsed: unknown
    try {
      parsed = JSON.parse(answer)
    } catch {
      throw new BrokenLinkError('cut inside the answer')
    }
    weather.seen(box, method, parsed)
    return parsed
  }

  return {
    pull: (request) => call('pull', request),
    push: (request) => call('push', request),
    heartbeat: (request) => call('heartbeat', request),
    status: (request) => call('status', request),
    events: (request) => call('events', request),
  }
}
