import type { JsonObject } from '../records/contract.ts'
import type { FeedName } from './contract.ts'

type Owner = 'cloud' | 'box'

interface KindRule {
  /** Where a record that is made at the branch lives. */
  readonly home: 'box' | 'org'
  /** What an edit at the branch of a record in `org:` does: changes it there, or makes an override in `box:`. */
  readonly shared: 'in-place' | 'override'
  /** Fields that are compared and merged as one, because half of each side would be nonsense. */
  readonly groups: Readonly<Record<string, { readonly owner: Owner; readonly fields: readonly string[] }>>
  /** Who owns a field that no group names; each is a group of its own. */
  readonly rest: Owner
  /** Removed on one side, edited on the other: which of the two stands. */
  readonly removal: 'edit-wins' | 'removal-wins' | 'box-wins'
  /** Whether a person is alarmed when the box's value replaced the cloud's. */
  readonly alert: boolean
}

const LAYER: KindRule = {
  home: 'box',
  shared: 'override',
  groups: { settings: { owner: 'cloud', fields: ['settings', 'extra', 'locked', 'dhcpOptions'] } },
  rest: 'cloud',
  removal: 'removal-wins',
  alert: false,
}

// The running network is the truth: the cloud must not cut a branch off when it comes back.
const NETWORK: KindRule = { home: 'box', shared: 'in-place', groups: {}, rest: 'box', removal: 'box-wins', alert: true }

// Half of one assignment and half of another would name content that nobody has.
const ASSIGNED: KindRule = {
  home: 'box',
  shared: 'override',
  groups: { content: { owner: 'cloud', fields: ['version', 'sha256', 'size'] } },
  rest: 'cloud',
  removal: 'removal-wins',
  alert: false,
}

/** Who owns what, as data. A kind that is not listed is the cloud's, field by field. */
const KIND_RULES: Readonly<Record<string, KindRule>> = {
  device: {
    home: 'box',
    shared: 'in-place',
    groups: {
      assignment: { owner: 'cloud', fields: ['vendor', 'model', 'group', 'person', 'enabled'] },
      accounts: { owner: 'cloud', fields: ['lines', 'handsets', 'ports', 'relays', 'buttons'] },
      settings: { owner: 'cloud', fields: ['settings', 'extra', 'locked', 'dhcpOptions'] },
      keys: { owner: 'cloud', fields: ['keys'] },
      name: { owner: 'box', fields: ['name'] },
      notes: { owner: 'box', fields: ['notes'] },
      place: { owner: 'box', fields: ['label', 'location'] },
    },
    rest: 'cloud',
    removal: 'edit-wins',
    alert: false,
  },
  network: NETWORK,
  interface: NETWORK,
  site: LAYER,
  vendor: LAYER,
  group: LAYER,
  model: LAYER,
  template: { home: 'box', shared: 'override', groups: {}, rest: 'cloud', removal: 'removal-wins', alert: false },
  pack: ASSIGNED,
  file: {
    ...ASSIGNED,
    groups: {
      content: {
        owner: 'cloud',
        fields: ['name', 'sha256', 'size', 'contentType', 'kind', 'version', 'models', 'hardware', 'rate'],
      },
    },
  },
  rollout: { ...ASSIGNED, groups: {} },
  person: {
    home: 'org',
    shared: 'in-place',
    groups: {
      account: { owner: 'cloud', fields: ['line', 'extension'] },
      note: { owner: 'box', fields: ['note'] },
    },
    rest: 'cloud',
    removal: 'removal-wins',
    alert: false,
  },
}

/** Kinds that the account alone gives: what a branch has of them is never offered to an account. */
const GIVEN: ReadonlySet<string> = new Set(['pack', 'file', 'rollout'])

export function isGiven(kind: string): boolean {
  return GIVEN.has(kind)
}

const UNKNOWN: KindRule = {
  home: 'box',
  shared: 'in-place',
  groups: {},
  rest: 'cloud',
  removal: 'removal-wins',
  alert: false,
}

export function ruleOf(kind: string): KindRule {
  return (Object.hasOwn(KIND_RULES, kind) ? KIND_RULES[kind] : undefined) ?? UNKNOWN
}

/** The groups of a body's fields that a change touches: name and every field that the group has. */
export interface FieldGroup {
  readonly name: string
  readonly fields: readonly string[]
}

/** The group of each field that is in any of the bodies, in a fixed order. */
export function groupsOf(kind: string, ...bodies: readonly JsonObject[]): readonly FieldGroup[] {
  const { groups } = ruleOf(kind)
  const present = new Set(bodies.flatMap((body) => Object.keys(body)))
  const listed = Object.entries(groups).map(([name, { fields }]) => ({ name, fields }))
  const known = new Set(listed.flatMap(({ fields }) => fields))
  const others = [...present].filter((field) => !known.has(field)).sort()
  return [
    ...listed.filter(({ fields }) => fields.some((field) => present.has(field))),
    ...others.map((field) => ({ name: `field:${field}`, fields: [field] })),
  ]
}

/** Who owns these fields: the box only when every one is its own. The name that a message gives the group is no proof. */
export function ownerOf(kind: string, fields: readonly string[]): Owner {
  const rule = ruleOf(kind)
  const groups = Object.values(rule.groups)
  const owner = (field: string) => groups.find((group) => group.fields.includes(field))?.owner ?? rule.rest
  return fields.length > 0 && fields.every((field) => owner(field) === 'box') ? 'box' : 'cloud'
}

/** Whether a branch may change a record of this kind in this feed, as opposed to overriding it in its own. */
export function mayEdit(kind: string, feed: FeedName): boolean {
  if (feed.startsWith('box:')) return true
  return feed !== 'catalogue' && ruleOf(kind).shared === 'in-place'
}

/** The feeds of a box, the narrower one first. */
export function feedsOf(boxId: string, orgId: string | undefined): readonly [FeedName, ...FeedName[]] {
  return [`box:${boxId}`, ...(orgId === undefined ? [] : [`org:${orgId}` as const]), 'catalogue']
}
