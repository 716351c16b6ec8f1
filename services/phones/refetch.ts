import type { Clock } from '../core/clock.ts'
import type { DailyWindow, Weekday } from '../core/daily-window.ts'
import { BranchlineError } from '../core/errors.ts'
import type { Mac } from '../core/mac.ts'
import type { FileProtocol, Journeys } from '../journey/contract.ts'
import type { Change, Records } from '../records/contract.ts'
import type { Advice, IdleCheck, PhoneCall, RefetchAdvisor, Way } from '../refetch/contract.ts'
import { holds } from './condition.ts'
import type { Devices, Inspector } from './contract.ts'
import { identify } from './identify.ts'
import type { IdentityMemory } from './memory.ts'
import { findModel, modelKey } from './model-index.ts'
import { changedNames, type Desired, deliveredOf, outdated, restartFor } from './policy-pending.ts'
import type { CallForm, ResyncForm } from './resync-form.ts'
import { modelLayerId, SITE_ID, type Subject, type SubjectFacts, subjectOf } from './subject.ts'

export interface RefetchFacts extends SubjectFacts {
  readonly devices: Devices
  readonly memory: IdentityMemory
  readonly inspector: Pick<Inspector, 'files' | 'render'>
  readonly records: Pick<Records, 'history'>
  readonly journeys: Pick<Journeys, 'of'>
  readonly clock: Clock
}

/** What vendors' descriptions and settings say about making a device fetch again. */
export function makeRefetchAdvisor(facts: RefetchFacts): RefetchAdvisor {
  const look = (mac: Mac): Subject => {
    const identity = facts.memory.recall(mac) ?? identify({ mac }, facts.definitions.all)
    return subjectOf(facts, mac, facts.devices.get(mac), identity)
  }
  return {
    adviceFor(mac, { reboot }) {
      const subject = look(mac)
      const resync = subject.definition?.resync
      if (resync === undefined) return undefined
      const passed: { way: string; reason: string }[] = []
      const ways: Way[] = []
      for (const name of resync.ways)
        if (name === 'notify') ways.push(...notifyWays(subject, reboot))
        else if (name === 'http') ways.push(...httpWays(subject, reboot, passed))
        else if (!reboot) ways.push(...scheduleWays(subject, lastFetch(facts, mac)))
      const idle = idleCheck(subject)
      return { ways, passed, patienceMs: resync.seconds * 1000, ...(idle && { idle }) } satisfies Advice
    },
    pending(mac) {
      const subject = look(mac)
      const happenings = facts.journeys.of(mac)?.happenings ?? []
      const delivered = deliveredOf(happenings)
      const protocol = happenings.findLast(({ step }) => step.kind === 'file.served')?.step
      const desired = desiredFiles(facts, mac, protocol?.kind === 'file.served' ? protocol.protocol : 'http')
      const files = outdated(desired, delivered)
      const own = happenings.findLast(({ step }) => step.kind === 'file.served' && step.own)
      const fetchedAt = own?.at
      if (files.length === 0)
        return {
          mac,
          files,
          changed: [],
          reboot: 'no',
          because: 'it has all that is set',
          ...(fetchedAt !== undefined && { fetchedAt }),
        }
      if (fetchedAt === undefined)
        return { mac, files, changed: [], reboot: 'unknown', because: 'it never fetched its own configuration here' }
      const changed = changedNames(changesSince(facts, mac, subject, fetchedAt))
      const rules = subject.definition?.resync.restart ?? { needed: [], unneeded: [] }
      return { mac, files, fetchedAt, changed, ...restartFor(changed, rules) }
    },
    isModel(mac, vendor, model) {
      const { definition, model: known } = look(mac)
      return definition?.id === vendor && known !== undefined && known === findModel(definition, model)
    },
    hasModel(vendor, model) {
      const definition = facts.definitions.get(vendor)
      return definition !== undefined && modelKey(model) !== '' && findModel(definition, model) !== undefined
    },
  }
}

function notifyWays({ definition, device, effective, mac }: Subject, reboot: boolean): Way[] {
  const resync = definition?.resync
  const recipe: ResyncForm | undefined = reboot
    ? (resync?.reboot ?? (resync?.reload?.reboots === true ? resync.reload : undefined))
    : (resync?.reload ?? resync?.reboot)
  if (resync === undefined || recipe === undefined) return []
  const line = device?.lines[0]
  const given = effective.settings['sip.localPort']
  const first = typeof given?.value === 'number' ? given.value : resync.sip.port
  return [
    {
      kind: 'notify',
      event: recipe.event,
      ...(recipe.contentType !== undefined && { contentType: recipe.contentType }),
      ...(recipe.body !== undefined && { body: recipe.body }),
      port: Math.min(first + resync.sip.step * ((line?.index ?? 1) - 1), 65_535),
      user: line?.user ?? mac ?? '',
      ...(line?.secret !== undefined && { credentials: { user: line.authUser ?? line.user, secret: line.secret } }),
      ownPort: given?.layer === 'device',
      reboots: recipe.reboots,
      postpones: resync.postpones,
    },
  ]
}

/** The actions over HTTP: those that do what is asked first, a restart after them. */
function httpWays(subject: Subject, reboot: boolean, passed: { way: string; reason: string }[]): Way[] {
  const actions = subject.definition?.resync.http ?? []
  const wanted = (reboot ? [] : actions.filter(({ does }) => does === 'reload')).concat(
    actions.filter(({ does }) => does === 'reboot'),
  )
  return wanted.flatMap((form): Way[] => {
    const call = callOf(subject, form)
    if (typeof call === 'string') {
      passed.push({ way: form.name, reason: call })
      return []
    }
    return [
      {
        kind: 'http',
        call,
        ...(form.accept && { accept: form.accept }),
        ...(form.busy && { busy: form.busy }),
        reboots: form.does === 'reboot',
        postpones: form.postpones,
      },
    ]
  })
}

function idleCheck(subject: Subject): IdleCheck | undefined {
  const form = subject.definition?.resync.idle
  const call = form && callOf(subject, form)
  return form === undefined || call === undefined || typeof call === 'string'
    ? undefined
    : { call, idle: form.idle, busy: form.busy }
}

/** The request, or why it is not made to this device. */
function callOf({ definition, model, firmware, effective }: Subject, form: CallForm): PhoneCall | string {
  if (definition === undefined || model === undefined) return 'its model is not known'
  if (form.when !== undefined && !holds(definition, form.when, model, firmware))
    return 'this model or firmware does not have it'
  const missing = form.needs.find((name) => (effective.extra[name]?.value ?? '') === '')
  if (missing !== undefined) return `the phone listens to it only with the raw parameter ${missing}, which is not set`
  const access = effective.settings['web.access']?.value
  if (form.scheme === undefined && access === 'off') return 'its web page is switched off (web.access)'
  const scheme = form.scheme ?? (access === 'on' ? 'http' : 'https')
  const secret = effective.settings[form.secret]?.value ?? effective.extra[form.secret]?.value
  return {
    name: form.name,
    scheme,
    port: form.port ?? (scheme === 'http' ? 80 : 443),
    method: form.method,
    path: form.path,
    basic: form.basic,
    ...(form.contentType !== undefined && { contentType: form.contentType }),
    ...(form.body !== undefined && { body: form.body }),
    ...(typeof secret === 'string' && { credentials: { user: form.user, secret } }),
  }
}

function scheduleWays({ definition, effective }: Subject, lastAt: number | undefined): Way[] {
  const known = definition?.resync.schedule ?? []
  const value = (name: string) => effective.settings[name]?.value
  const from = value('provisioning.windowFrom')
  const to = value('provisioning.windowTo')
  const days = value('provisioning.days')
  const zone = value('timezone')
  if (known.includes('window') && typeof from === 'string' && typeof to === 'string' && typeof zone === 'string') {
    const window: DailyWindow = { from, to, zone, ...(Array.isArray(days) && { days: days as Weekday[] }) }
    return [{ kind: 'schedule', window }]
  }
  const minutes = value('provisioning.intervalMinutes')
  if (!known.includes('interval') || typeof minutes !== 'number' || minutes <= 0) return []
  return [{ kind: 'schedule', everyMs: minutes * 60_000, ...(lastAt !== undefined && { lastAt }) }]
}

function lastFetch(facts: RefetchFacts, mac: Mac): number | undefined {
  return facts.journeys.of(mac)?.happenings.findLast(({ step }) => step.kind === 'file.completed' && step.own)?.at
}

/** The files that are made for this device, or its own alone, as it would get them by this protocol. */
export function desiredFiles(
  facts: Pick<RefetchFacts, 'inspector'>,
  mac: Mac,
  protocol: FileProtocol,
  ownAlone = false,
): Desired[] {
  return facts.inspector.files(mac).flatMap(({ name, own, absent, problem }) => {
    if (absent !== undefined || problem !== undefined || (ownAlone && !own)) return []
    try {
      return [{ name, own, hash: facts.inspector.render(mac, name, { protocol }).hash }]
    } catch (thrown) {
      // A file that cannot be made is told by `explain`; here it is none that the phone could fetch.
      if (thrown instanceof BranchlineError) return []
      throw thrown
    }
  })
}

function changesSince(facts: RefetchFacts, mac: Mac, { device, definition, model }: Subject, at: number): Change[] {
  const { records } = facts
  return [
    ...records.history('device', mac),
    ...records.history('site', SITE_ID),
    ...(device?.group === undefined ? [] : records.history('group', device.group)),
    ...(definition === undefined ? [] : records.history('vendor', definition.id)),
    ...(definition === undefined || model === undefined
      ? []
      : records.history('model', modelLayerId(definition.id, model.model))),
  ].filter((change) => change.at >= at)
}
