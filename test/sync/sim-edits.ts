import type { JsonObject, RecordKind } from '../../services/records/contract.ts'
import type { CloudChange, FeedName } from '../../services/sync/contract.ts'
import type { SimBox } from './sim-box.ts'
import { sealedForCloud, sealedLocally } from './sim-secrets.ts'
import { knownAt } from './sim-versions.ts'

export interface Dice {
  /** In [0, 1). */
  readonly roll: () => number
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item
  /** Never the same twice. */
  readonly word: (prefix: string) => string
}

const DEVICES = ['00005e005301', '00005e005302', '00005e005303'] as const
/** Records that are never touched after the start: they must be there at every moment. */
export const SENTINEL = 'sentinel'
/** A device that is edited on both sides and never removed, with a field that no program here knows. */
const LASTING = '00005e005399'
/** What a release to come wrote: it must come through every program untouched. */
export const LATER = { to: ['come', { deep: true }] } as const

type Target = readonly [RecordKind, string]
const LOCAL: readonly [Target, ...Target[]] = [
  ['device', DEVICES[0]],
  ['device', DEVICES[1]],
  ['device', DEVICES[2]],
  ['network', 'lan'],
  ['group', 'lobby'],
  ['vendor', 'acme'],
  ['person', 'ada'],
  ['template', 'acme/phone.cfg'],
  ['device', LASTING],
]

/** A person at the branch changes, makes or removes something. */
export function editAtBox(box: SimBox, dice: Dice): void {
  const knows = knownAt(() => box.version)
  const [kind, id] = dice.pick(LOCAL.filter(([kind]) => knows(kind)) as [Target, ...Target[]])
  const { records } = box
  const by = 'person'
  const stands = records.get(kind, id)?.body
  if (id === LASTING && stands === undefined) return
  if (stands !== undefined && dice.roll() < 0.12 && id !== LASTING) {
    records.remove(kind, id, { by })
    return
  }
  records.put(
    kind,
    id,
    edited(kind, stands ?? {}, dice, (plain) => ({ sealed: sealedLocally(plain) })),
    { by },
  )
}

function edited(
  kind: string,
  body: JsonObject,
  dice: Dice,
  seal: (plain: string) => { readonly sealed: string; readonly id?: string },
): JsonObject {
  const word = dice.word('v')
  const fields: Readonly<Record<string, readonly [string, ...string[]]>> = {
    device: ['model', 'group', 'lines', 'settings', 'name', 'notes', 'future'],
    network: ['range', 'router'],
    person: ['line', 'note', 'title'],
  }
  const field = dice.pick(fields[kind] ?? ['settings', 'extra', 'other'])
  if (field === 'lines') {
    // Sometimes only the secret of a line changes, sometimes only what stands beside it.
    const old = (body.lines as readonly JsonObject[] | undefined)?.[0]
    const secret = dice.roll() < 0.6 ? { secret: seal(word) } : {}
    const user = dice.roll() < 0.5 ? { user: word } : {}
    return { ...body, lines: [{ index: 1, user: 'u', ...old, ...user, ...secret }] }
  }
  if (dice.roll() < 0.15 && body[field] !== undefined) {
    const { [field]: _, ...rest } = body
    return rest
  }
  return {
    ...body,
    [field]: field === 'settings' ? { language: word, ...(dice.roll() < 0.5 ? { a: word } : {}) } : word,
  }
}

/** Kinds that a feed holds. `future` is one that no box of this release knows. */
const CLOUD: Readonly<Record<'box' | 'org' | 'catalogue', readonly [Target, ...Target[]]>> = {
  box: [
    ['device', DEVICES[0]],
    ['device', DEVICES[1]],
    ['device', DEVICES[2]],
    ['device', LASTING],
    ['network', 'lan'],
    ['group', 'lobby'],
    ['future' as RecordKind, 'f1'],
  ],
  org: [
    ['vendor', 'acme'],
    ['person', 'ada'],
    ['person', 'bob'],
    ['template', 'acme/phone.cfg'],
    ['future' as RecordKind, 'f2'],
  ],
  catalogue: [
    ['template', 'acme/phone.cfg'],
    ['model', 'acme/one'],
    ['future' as RecordKind, 'f3'],
  ],
}

/** What somebody in the cloud does to a feed; `body` is what stands there, and `tenant` marks whose record it is. */
export function editInCloud(
  feed: FeedName,
  bodyOf: (kind: string, id: string) => JsonObject | undefined,
  dice: Dice,
): CloudChange {
  const [kind, id] = dice.pick(CLOUD[feed.split(':')[0] as 'box' | 'org' | 'catalogue'])
  const body = bodyOf(kind, id)
  if (body !== undefined && dice.roll() < 0.15 && id !== LASTING) return { kind, id, body: undefined }
  const seal = (plain: string) => ({ sealed: sealedForCloud(plain), id: dice.word('s') })
  return { kind, id, body: { ...edited(kind, body ?? {}, dice, seal), tenant: feed } }
}

/** The records that stand in every feed from the start. */
export function sentinels(feed: FeedName): readonly CloudChange[] {
  const kind = feed.startsWith('box:') ? 'group' : feed.startsWith('org:') ? 'vendor' : 'model'
  const id = (n: number) => `${SENTINEL}${n}`
  const five = [1, 2, 3, 4, 5].map((n) => ({ kind, id: id(n), body: { tenant: feed, n } }))
  const later = { kind: 'future', id: 'lasting', body: { tenant: feed, later: LATER } }
  const lasting = { kind: 'device', id: LASTING, body: { tenant: feed, later: LATER } }
  return [...five, later, ...(feed.startsWith('box:') ? [lasting] : [])]
}
