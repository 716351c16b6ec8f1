import { sameJson } from '../../services/records/policy.ts'
import { isAlertKind } from '../alerts/policy-kinds.ts'
import type { ImportDeps, ImportOptions } from './deps.ts'
import type { Line } from './line.ts'

interface LeftOut {
  readonly what: string
  readonly why: string
}

type Of<Name extends Line['line']> = Extract<Line, { line: Name }>

/**
 * What an account has beside its sites: rules, channels, schedules. What is there already stays, so that a second import
 * changes nothing; what cannot come along is named.
 */
export async function takeSettings(
  deps: ImportDeps,
  accountId: string,
  given: {
    readonly lines: readonly Line[]
    /** Sites of the file to sites here. */
    readonly sites: ReadonlyMap<string, string>
    readonly options: ImportOptions
  },
): Promise<readonly LeftOut[]> {
  const leftOut: LeftOut[] = []
  const { dryRun, caller } = given.options
  const left = (what: string, why: string) => void leftOut.push({ what, why })
  const only = <Name extends Line['line']>(name: Name) =>
    given.lines.filter((line): line is Of<Name> => line.line === name)

  const rules = await deps.alertRules.list(accountId)
  for (const line of only('alert-rule')) {
    const stands = rules.find(({ kind }) => kind === line.kind)
    if (stands === undefined || !isAlertKind(line.kind))
      left(`alert rule ${line.kind}`, 'this program does not know it')
    else if (stands.enabled === line.enabled && sameJson(stands.settings, line.settings)) continue
    else if (stands.rev > 0 && !given.options.replace) left(`alert rule ${line.kind}`, 'it was changed here')
    else if (!dryRun) await deps.alertRules.put(accountId, line.kind, { ...line, rev: stands.rev }, caller)
  }

  const channels = await deps.channels.list(accountId)
  for (const line of only('alert-channel')) {
    if (channels.some(({ kind, target }) => kind === line.kind && target === line.target)) continue
    if (line.kind !== 'email') left(`webhook ${line.name}`, 'its secret does not travel: add it anew')
    else if (!dryRun) {
      const { name, target } = line
      await deps.channels.create(
        accountId,
        { kind: 'email', name, target, kinds: line.kinds.filter(isAlertKind) },
        caller,
      )
    }
  }

  const schedules = await deps.schedules.list(accountId)
  for (const { line: _, sites, ...schedule } of only('report-schedule')) {
    if (schedules.some(({ name }) => name === schedule.name)) continue
    const mapped = sites.flatMap((id) => given.sites.get(id) ?? [])
    // Of none of its sites it would become a report of all.
    if (mapped.length < sites.length) left(`schedule ${schedule.name}`, 'not all of its sites are here')
    else if (!dryRun) await deps.schedules.create(accountId, { ...schedule, sites: mapped }, caller)
  }

  const emails = new Set((await deps.members.list(accountId)).map(({ email }) => email))
  for (const { email, role } of only('person'))
    if (!emails.has(email)) left(`person ${email}, ${role}`, 'people come by invitation')
  const hashes = new Set((await deps.files.list(accountId)).map(({ hash }) => hash))
  for (const { name, hash } of only('file'))
    if (!hashes.has(hash)) left(`file ${name}`, 'contents do not travel in this file: upload it')
  for (const { what, why } of only('left-out')) left(what, why)
  return leftOut
}
