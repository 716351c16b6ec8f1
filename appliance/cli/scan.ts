import type { ScannedView } from '../../services/admin/schema-moves.ts'
import { messageOf } from '../../services/core/errors.ts'
import type { BoxClient } from './client.ts'
import { EXIT, type Invocation } from './command.ts'
import { lines } from './lines.ts'

/** What became of one scanned line. */
interface Report {
  readonly text: string
  readonly outcome: 'added' | 'known' | 'refused' | 'unreadable'
  readonly mac?: string
  readonly message: string
}

/**
 * `devices add --scan`: a line for each label that a scanner reads, until the input ends. Each is told as soon as it is read:
 * who scans stands before a pile of boxes and listens for a fault.
 */
export async function addScanned(
  { terminal, json }: Invocation,
  client: BoxClient,
  body: Readonly<Record<string, unknown>>,
): Promise<number> {
  const reports: Report[] = []
  for await (const line of lines(Bun.stdin.stream())) {
    if (line.trim() === '') continue
    const report = await addOne(client, line, body)
    reports.push(report)
    if (!json) {
      if (report.outcome === 'added' || report.outcome === 'known') terminal.out(`${report.message}\n`)
      else terminal.err(`${report.message}\n`)
    }
  }
  const count = (outcome: Report['outcome']) => reports.filter((report) => report.outcome === outcome).length
  const faults = count('unreadable') + count('refused')
  if (json) terminal.out(`${JSON.stringify({ scanned: reports })}\n`)
  else terminal.out(`${count('added')} added, ${count('known')} known already, ${faults} faults\n`)
  return faults > 0 ? EXIT.refused : EXIT.ok
}

async function addOne(client: BoxClient, text: string, body: Readonly<Record<string, unknown>>): Promise<Report> {
  const scanned = (await client.json('POST', '/api/v1/scan', { text: text.slice(0, 4000) })) as ScannedView
  const { kind, mac, vendor, model } = scanned
  const what = [vendor, model].filter((word) => word !== undefined).join(' ')
  if (kind === 'unreadable' || mac === undefined)
    return { text, outcome: 'unreadable', message: `not added: ${scanned.reason ?? 'no MAC address'}` }
  if (kind === 'known')
    return { text, outcome: 'known', mac, message: `${mac} is known already: ${scanned.name ?? what}`.trimEnd() }
  try {
    // What the label or the MAC told stays open to recognition, unless it was said.
    const kindOf = model === undefined ? {} : { vendor, model }
    await client.json('PUT', `/api/v1/devices/${mac.replaceAll(':', '')}`, { rev: 0, ...kindOf, ...body })
    return { text, outcome: 'added', mac, message: `${mac} is added${what === '' ? '' : `: ${what}`}` }
  } catch (thrown) {
    return { text, outcome: 'refused', mac, message: `${mac} is not added: ${messageOf(thrown)}` }
  }
}
