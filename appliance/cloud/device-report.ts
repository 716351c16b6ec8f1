import { formatIpv4 } from '../../services/core/ipv4.ts'
import type { Happening, Journey, Verdict } from '../../services/journey/contract.ts'
import type { Drift } from '../../services/phones/drift.ts'
import type { DeviceStatus, NewDeviceStatus } from '../../services/sync/site-report.ts'

export interface DeviceFacts {
  readonly journey: Journey | undefined
  readonly verdict: Verdict
  readonly drift: Drift
  /** Since when this is what is wanted. */
  readonly wantedSince: number
}

/** What the account is told of a device that has a record. */
export function deviceReport({ journey, verdict, drift, wantedSince }: DeviceFacts): DeviceStatus {
  const { wanted, fetched } = drift
  const changed = journey?.happenings.findLast(isSettingsUpload)
  return {
    ...seen(journey),
    ...(journey?.firmware !== undefined && { firmware: journey.firmware.slice(0, 80) }),
    ...(journey && { lastSeen: journey.lastSeen }),
    verdict: {
      state: verdict.state,
      text: ageless(verdict.text).slice(0, 500),
      ...(verdict.advice !== undefined && { advice: verdict.advice.slice(0, 500) }),
      ...(verdict.help !== undefined && { help: verdict.help }),
      ...(verdict.since !== undefined && { since: verdict.since }),
    },
    ...(wanted !== undefined && { wanted: { hash: wanted, since: wantedSince } }),
    ...(fetched && { fetched: { ...fetched, file: fetched.file.slice(0, 200) } }),
    ...(changed?.step.kind === 'file.uploaded' && {
      changedAtPhone: { at: changed.at, file: changed.step.file.slice(0, 200) },
    }),
  }
}

/** What the account is told of a device that nobody registered. */
export function newDeviceReport(journey: Journey): NewDeviceStatus {
  const named = journey.happenings.findLast(({ step }) => step.kind === 'identified')?.step
  return {
    ...seen(journey),
    firstSeen: journey.firstSeen,
    lastSeen: journey.lastSeen,
    ...(named?.kind === 'identified' && { because: named.because.slice(0, 300) }),
  }
}

function seen(journey: Journey | undefined): Pick<NewDeviceStatus, 'vendor' | 'model' | 'address'> {
  return {
    ...(journey?.vendor !== undefined && { vendor: journey.vendor.slice(0, 40) }),
    ...(journey?.model !== undefined && { model: journey.model.slice(0, 80) }),
    ...(journey?.address !== undefined && { address: formatIpv4(journey.address) }),
  }
}

/** What is old when it is read says `since` beside it; with `12 s ago` in it, the text would be another one each second. */
function ageless(text: string): string {
  return text.replace(/(?: since)? \d+ (?:s|min|h|days) ago/g, '')
}

/** Phones that tell what was changed at them upload it as a file of parameters; call lists and logs have other endings. */
function isSettingsUpload({ step }: Happening): boolean {
  return step.kind === 'file.uploaded' && /\.cfg$/i.test(step.file)
}
