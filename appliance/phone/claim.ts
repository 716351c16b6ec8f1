import { OperatorError } from '../../services/core/errors.ts'
import type { Ipv4 } from '../../services/core/ipv4.ts'
import type { Mac } from '../../services/core/mac.ts'
import type { BootResult } from './boot.ts'
import { fetchHttp } from './http-client.ts'
import { fill, type PhoneScript } from './script.ts'

/** Pages in a row before the phone's user gives up. */
const MOST_PAGES = 4

/** What a person enters at the phone, by the name of the field. */
export type Entered = Readonly<Record<string, string>>

/**
 * Opens the page that the phone's first configuration names, fills in what its fields ask for as its vendor's phones
 * do, and returns the last thing that it says. Throws `OperatorError` when there is no such page.
 */
export async function claimPhone(
  script: PhoneScript,
  mac: Mac,
  from: Ipv4,
  booted: BootResult,
  entered: Entered,
  say: (line: string) => void,
): Promise<string> {
  const { claim } = script
  if (claim === undefined) throw new OperatorError(`a ${script.vendor} ${script.model} shows no page to claim it`)
  const texts = booted.files.filter(({ status }) => status === 200).map(({ bytes }) => new TextDecoder().decode(bytes))
  let next = texts.flatMap((text) => new RegExp(claim.opens).exec(text)?.groups?.url ?? []).at(-1)
  if (next === undefined) throw new OperatorError('no file that it was given opens a page to claim it')
  for (let page = 0; page < MOST_PAGES; page++) {
    const fetched = await fetchHttp(new URL(unescaped(next)), from, fill(script.userAgent, script, mac))
    say(`${mac} ${fetched.status === 0 ? 'no answer' : fetched.status} ${withoutQuery(next)}`)
    if (fetched.status !== 200) throw new OperatorError(`the page to claim it was answered ${fetched.status}`)
    const text = new TextDecoder().decode(fetched.bytes)
    const fields = [...text.matchAll(new RegExp(claim.field, 'g'))].map((field) => field.groups?.name ?? '')
    const target = new RegExp(claim.url).exec(text)?.groups?.url
    if (fields.length === 0 || target === undefined)
      return unescaped(new RegExp(claim.says).exec(text)?.groups?.text ?? '')
    const query = fields.map((name) => `${name}=${encodeURIComponent(entered[name] ?? '')}`).join('&')
    next = `${target}${target.includes('?') ? '&amp;' : '?'}${query}`
  }
  throw new OperatorError('the pages to claim it come to no end')
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

/** What was entered is nobody else's business. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*/, '')
}
