import type { EpochMs } from '../core/clock.ts'
import { windowProblem } from '../core/daily-window.ts'
import { OperatorError } from '../core/errors.ts'
import { formatMac, type Mac } from '../core/mac.ts'
import type { JobRequest, RefetchAdvisor, Selection } from './contract.ts'

/** The most devices that are ever asked at once; a person may choose less. */
export const MAX_LIMIT = 100
const MAX_TEXT = 200
const MAX_DEVICES = 20_000
/** A moment further away is a slip of the hand. */
const MAX_AHEAD = 366 * 86_400_000

export interface Known {
  readonly mac: Mac
  readonly group?: string
  readonly enabled: boolean
}

/** The devices that a selection means, those that are switched off left out. Throws `OperatorError` when it means none. */
export function select(
  selection: Selection,
  devices: readonly Known[],
  advisor: Pick<RefetchAdvisor, 'isModel' | 'hasModel'>,
): readonly Mac[] {
  const chosen = chosenBy(selection, devices, advisor)
  const macs = chosen.filter(({ enabled }) => enabled).map(({ mac }) => mac)
  if (macs.length === 0) throw new OperatorError(chosen.length > 0 ? 'all of them are switched off' : noneOf(selection))
  if (macs.length > MAX_DEVICES) throw new OperatorError(`more than ${MAX_DEVICES} devices at once`)
  return macs
}

function chosenBy(
  selection: Selection,
  devices: readonly Known[],
  advisor: Pick<RefetchAdvisor, 'isModel' | 'hasModel'>,
): readonly Known[] {
  if (selection.kind === 'all') return devices
  if (selection.kind === 'group') return devices.filter(({ group }) => group === selection.group)
  if (selection.kind === 'model') {
    const { vendor, model } = selection
    if (!advisor.hasModel(vendor, model))
      throw new OperatorError(`no model ${JSON.stringify(model)} of a vendor ${JSON.stringify(vendor)}`)
    return devices.filter(({ mac }) => advisor.isModel(mac, vendor, model))
  }
  const byMac = new Map(devices.map((device) => [device.mac, device]))
  return [...new Set(selection.macs)].map((mac) => {
    const device = byMac.get(mac)
    if (device === undefined) throw new OperatorError(`no device ${formatMac(mac)}`)
    return device
  })
}

function noneOf(selection: Selection): string {
  if (selection.kind === 'group') return `no device is in a group ${JSON.stringify(selection.group)}`
  return selection.kind === 'model' ? `no device is a ${selection.vendor} ${selection.model}` : 'there are no devices'
}

/** Throws `OperatorError` with what of a request cannot be used. */
export function checkRequest(request: JobRequest, now: EpochMs): void {
  const { when, limit, why, key } = request
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw new OperatorError(`limit is ${limit}, expected 1 to ${MAX_LIMIT}`)
  for (const [name, text] of Object.entries({ why, key }))
    if (text !== undefined && (text.length > MAX_TEXT || text === ''))
      throw new OperatorError(`${name} has ${text.length} characters, expected 1 to ${MAX_TEXT}`)
  if (when.kind === 'at' && !(when.at <= now + MAX_AHEAD)) throw new OperatorError('the time is more than a year ahead')
  const problem = when.kind === 'window' ? windowProblem(when) : undefined
  if (problem !== undefined) throw new OperatorError(problem)
}
