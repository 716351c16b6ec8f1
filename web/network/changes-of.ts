import type { NetworkPatch, NetworkView } from '../../services/admin/schema-network.ts'
import { t } from '../i18n.ts'

/** What a change of a network comes to, a sentence each: for somebody who has to agree to it from afar. */
export function changesOf(before: NetworkView, change: NetworkPatch): readonly string[] {
  const out: string[] = []
  const say = (field: string, was: string, is: string) => {
    if (was !== is) out.push(`${field}: ${was || t('none')} → ${is || t('none')}`)
  }
  const list = (values: readonly string[]) => values.join(', ')
  if (change.pools) say(t('Ranges of addresses'), list(before.pools), list(change.pools))
  if (change.router !== undefined) say(t('Router'), before.router ?? '', change.router ?? '')
  if (change.dns) say(t('Name servers'), list(before.dns), list(change.dns))
  if (change.ntp) say(t('Time servers'), list(before.ntp), list(change.ntp))
  if (change.domain !== undefined) say(t('Domain'), before.domain ?? '', change.domain ?? '')
  if (change.lease !== undefined && change.lease !== before.lease)
    say(t('A lease lasts'), lastsText(before.lease), lastsText(change.lease))
  if (change.reservations) out.push(...reservationChanges(before.reservations, change.reservations))
  if (change.options) out.push(...optionChanges(before.options, change.options))
  return out
}

export function lastsText(seconds: number): string {
  return seconds % 3600 === 0 ? t('{n} hours', { n: seconds / 3600 }) : t('{n} seconds', { n: seconds })
}

type Kept = NetworkView['reservations'][number]

function reservationChanges(before: readonly Kept[], after: readonly Kept[]): readonly string[] {
  const text = ({ address, mac, clientId }: Kept) => ({ address, device: mac ?? clientId ?? '' })
  const missing = (list: readonly Kept[], from: readonly Kept[]) =>
    list.filter((one) => !from.some((it) => JSON.stringify(text(it)) === JSON.stringify(text(one))))
  return [
    ...missing(after, before).map((one) => t('{address} is kept for {device}.', text(one))),
    ...missing(before, after).map((one) => t('{address} is kept for {device} no longer.', text(one))),
  ]
}

type Option = NetworkView['options'][number]

function optionChanges(before: readonly Option[], after: readonly Option[]): readonly string[] {
  const was = new Map(before.map((option) => [option.code, option]))
  const is = new Map(after.map((option) => [option.code, option]))
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((code) => {
    const [a, b] = [was.get(code), is.get(code)]
    if (JSON.stringify(a) === JSON.stringify(b)) return []
    if (a === undefined) return t('Option {code} is told from now on.', { code })
    return b === undefined
      ? t('Option {code} is told no longer.', { code })
      : t('Option {code} says something else.', { code })
  })
}
