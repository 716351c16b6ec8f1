import { isZone } from '../core/daily-window.ts'
import { OperatorError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { RolloutDevice, RolloutPlan, RolloutPorts, RolloutRequest, RolloutSelection } from './contract.ts'

/** Fills in what was left out and checks what was given against the stored files. Throws `OperatorError`. */
export function planOf(request: RolloutRequest, ports: Pick<RolloutPorts, 'file' | 'versionIn' | 'zone'>): RolloutPlan {
  const { window, file: name, version: wanted, ...rest } = request
  const zone = request.zone ?? ports.zone()
  if (!isZone(zone)) throw new OperatorError(`no time zone is called ${JSON.stringify(zone)}`)
  const file = name === undefined ? undefined : ports.file(name)
  if (name !== undefined && file === undefined)
    throw new OperatorError(`no stored file is named ${JSON.stringify(name)}; branchline files add stores one`)
  if (file !== undefined && !/^[A-Za-z0-9][\w.,()+~/-]*$/.test(file.name))
    throw new OperatorError(
      `${JSON.stringify(file.name)} cannot stand in a phone's configuration; store it under a plainer name`,
    )
  const version = wanted ?? file?.version ?? (file && ports.versionIn(file))
  if (version === undefined)
    throw new OperatorError(
      file === undefined
        ? 'say which file or which version'
        : `nobody said which version ${file.name} is; a rollout needs it to know that a device has it`,
    )
  return {
    ...{ atOnce: 5, canaries: 1, soakMinutes: 0, approval: false, busy: 'wait', stopAfter: 3 },
    ...{ deadlineMinutes: 30, attempts: 2 },
    ...rest,
    zone,
    version,
    ...(window && { window }),
    ...(file && { file: file.name, hash: file.hash }),
  }
}

/** The devices that are meant, in a steady order. Throws `OperatorError` for one that has no record. */
export function chosen(select: RolloutSelection, ports: Pick<RolloutPorts, 'devices' | 'subject'>): readonly Mac[] {
  const all = ports.devices()
  const known = new Set(all)
  const stranger = select.devices?.find((mac) => !known.has(mac))
  if (stranger !== undefined) throw new OperatorError(`${formatMac(stranger)} is not among the devices of this box`)
  const models = new Set(select.models?.map((model) => model.toLowerCase()))
  const macs = all.filter((mac) => {
    if (select.all === true || select.devices?.includes(mac)) return true
    const subject = ports.subject(mac)
    if (subject?.group !== undefined && select.groups?.includes(subject.group)) return true
    return subject?.model !== undefined && models.has(subject.model.toLowerCase())
  })
  if (macs.length === 0) throw new OperatorError('no device is chosen by this selection')
  return macs
}

/** Where a device stands before it is let go: whether the target is for it, and whether it has it already. */
export function prospect(mac: Mac, plan: RolloutPlan, ports: RolloutPorts): RolloutDevice {
  const base = { mac, attempts: 0 }
  const subject = ports.subject(mac)
  if (subject === undefined) return { ...base, state: 'skipped', reason: 'its record was removed' }
  if (!subject.enabled) return { ...base, state: 'skipped', reason: 'it is switched off in its record' }
  const refused = (reason: string): RolloutDevice => ({ ...base, state: 'refused', reason })
  const target = targetFor(mac, plan, ports)
  if ('reason' in target) return refused(target.reason)
  const device = { ...base, ...target, ...(subject.version !== undefined && { before: subject.version }) }
  if (subject.version !== undefined && ports.sameVersion(subject.version, target.version))
    return { ...device, state: 'already' }
  if (subject.obstacle !== undefined) return { ...device, ...refused(subject.obstacle) }
  // Without it, a phone that never changes could not be told from one that has.
  if (subject.version === undefined) return { ...device, ...refused('it never said which firmware it has') }
  return { ...device, state: 'waiting' }
}

function targetFor(
  mac: Mac,
  plan: RolloutPlan,
  ports: RolloutPorts,
): { readonly file: string; readonly version: string } | { readonly reason: string } {
  const version = plan.version ?? ''
  if (plan.file !== undefined) {
    const file = ports.file(plan.file)
    if (file === undefined) return { reason: `${plan.file} is not stored any more` }
    const reason = ports.misfit(mac, file)
    return reason === undefined ? { file: file.name, version } : { reason }
  }
  const fitting = ports.files().filter((file) => {
    const is = file.version ?? ports.versionIn(file)
    return file.kind === 'firmware' && is !== undefined && ports.sameVersion(is, version) && !ports.misfit(mac, file)
  })
  const [only, other] = fitting
  if (only === undefined) return { reason: `no stored firmware of version ${version} is for it` }
  if (other !== undefined) return { reason: `${only.name} and ${other.name} are both of version ${version}; say which` }
  return { file: only.name, version }
}
