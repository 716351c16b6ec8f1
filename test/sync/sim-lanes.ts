import type { JsonObject } from '../../services/records/contract.ts'
import type { BoxSync } from '../../services/sync/contract.ts'
import type { SimCloud } from './sim-cloud.ts'

/** What a box told of its site: what stands now, which a restart forgets and reports anew, and what happened. */
export interface Told {
  readonly status: Map<string, JsonObject>
  readonly events: Set<string>
}

export function nothingTold(): Told {
  return { status: new Map(), events: new Set() }
}

const THINGS = ['lan', 'phone-1', 'phone-2', 'phone-3'] as const

/** The box says what is the case, or that something happened. */
export function tell(
  sync: BoxSync,
  told: Told,
  { roll, word }: { roll: () => number; word: (prefix: string) => string },
) {
  const text = word('t')
  if (roll() < 0.4) {
    sync.record([{ kind: 'seen', at: 1, body: { text } }])
    told.events.add(text)
    return
  }
  const thing = THINGS[Math.floor(roll() * THINGS.length)] ?? 'lan'
  if (roll() < 0.2) {
    sync.report('thing', thing, null)
    told.status.delete(thing)
    return
  }
  sync.report('thing', thing, { text })
  told.status.set(thing, { text })
}

/** What is wrong with what the cloud has of it when everything has arrived. */
export function missing(cloud: SimCloud, box: string, told: Told, eventsToo: boolean): readonly string[] {
  const failures: string[] = []
  const has = [...cloud.data.status.values()].filter(({ boxId }) => boxId === box)
  const same = has.length === told.status.size && has.every(({ id, body }) => told.status.get(id)?.text === body.text)
  if (!same) failures.push('a status is not what the box said last')
  if (!eventsToo) return failures
  const events = [...cloud.data.events.values()].filter(({ boxId, kind }) => boxId === box && kind === 'seen')
  const texts = events.map(({ body }) => String(body.text))
  if ([...told.events].some((text) => !texts.includes(text))) failures.push('an event was lost')
  if (new Set(texts).size < texts.length) failures.push('an event was stored twice')
  return failures
}
