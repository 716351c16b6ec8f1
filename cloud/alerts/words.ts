import type { LetterBody } from '../deliveries/queue.ts'
import { escapeHtml, oneLine } from '../mail/text.ts'
import { isAlertKind, KINDS } from './policy-kinds.ts'

/** What people are told of an alert. Its text may come from a LAN. */
export interface AlertNews {
  readonly event: 'alert.opened' | 'alert.ended' | 'alert.reminder'
  readonly account: { readonly id: string; readonly name: string }
  readonly site: { readonly id: string; readonly name: string }
  readonly alert: {
    readonly id: string
    readonly kind: string
    readonly subject: string
    readonly text: string
    readonly openedAt: number
    readonly endedAt: number | null
  }
}

const LEADS = { 'alert.opened': '', 'alert.ended': 'Ended: ', 'alert.reminder': 'Still there: ' } as const

export function titleOf(kind: string): string {
  return isAlertKind(kind) ? KINDS[kind].title : kind
}

/** The letter of an alert, as text and as HTML. */
export function letterOf({ event, account, site, alert }: AlertNews, publicUrl: string): LetterBody {
  const title = `${LEADS[event]}${titleOf(alert.kind)}`
  const about = alert.subject === '' ? '' : ` (${oneLine(alert.subject)})`
  const rows = [
    ['Site', oneLine(site.name)],
    ['Account', oneLine(account.name)],
    ['What', `${oneLine(alert.text)}${about}`],
    ['Since', new Date(alert.openedAt).toISOString()],
    ...(alert.endedAt === null ? [] : [['Ended', new Date(alert.endedAt).toISOString()]]),
  ] as const
  const text = rows.map(([name, value]) => `${name}: ${value}`).join('\n')
  const cells = rows.map(([name, value]) => `<tr><th align="left">${name}</th><td>${escapeHtml(value ?? '')}</td></tr>`)
  return {
    subject: `[Branchline] ${title}: ${oneLine(site.name)}`,
    text: `${title}\n\n${text}\n\n${publicUrl}\n`,
    html: `<h2>${escapeHtml(title)}</h2><table>${cells.join('')}</table><p>${escapeHtml(publicUrl)}</p>`,
  }
}

/** What a webhook carries beside its id and event. */
export function payloadOf({ account, site, alert }: AlertNews): Readonly<Record<string, unknown>> {
  return { account, site, alert: { ...alert, title: titleOf(alert.kind) } }
}
