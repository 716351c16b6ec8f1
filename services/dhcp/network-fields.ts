import { z } from 'zod'
import { messageOf, OperatorError } from '../core/errors.ts'
import { parseCidr, parseIpv4 } from '../core/ipv4.ts'
import { parseMac } from '../core/mac.ts'
import type { DhcpPool } from './contract.ts'
import { poolText } from './network-text.ts'

/** A text field that is parsed by `parse`; what it throws becomes the fault at the field's path. */
function parsedText<Value>(parse: (text: string) => Value, description: string, example: string) {
  return z
    .string()
    .meta({ description, examples: [example] })
    .transform((text, context): Value => {
      try {
        return parse(text)
      } catch (thrown) {
        context.addIssue({ code: 'custom', message: messageOf(thrown) })
        return z.NEVER
      }
    })
}

export const ipv4Field = parsedText(parseIpv4, 'an IPv4 address', '192.0.2.1')
export const cidrField = parsedText(parseCidr, 'an IPv4 network', '192.0.2.0/24')
export const macField = parsedText(parseMac, 'a MAC address in any common spelling', '80:5e:c0:12:34:56')
export const poolField = parsedText(parsePool, 'first and last address of a range', '192.0.2.100-192.0.2.199')
export const durationField = z
  .union([z.number().int().positive(), parsedText(parseDuration, 'seconds, or a number with s, m, h or d', '12h')])
  .meta({ description: 'seconds, or a number with s, m, h or d' })

/** `192.0.2.100-192.0.2.199`, or one address alone. */
export function parsePool(text: string): DhcpPool {
  const [first, last, rest] = text.split('-').map((part) => part.trim())
  if (first === undefined || rest !== undefined)
    throw new OperatorError(`not a range like 192.0.2.100-192.0.2.199: ${JSON.stringify(text.slice(0, 60))}`)
  const from = parseIpv4(first)
  const to = last === undefined ? from : parseIpv4(last)
  if (to < from) throw new OperatorError(`range ends before it starts: ${poolText({ from, to })}`)
  return { from, to }
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** `90s`, `30m`, `12h`, `7d` → seconds. */
export function parseDuration(text: string): number {
  const match = /^(\d{1,6})\s*([smhd])$/.exec(text.trim())
  if (match === null) throw new OperatorError(`not a duration like 12h: ${JSON.stringify(text.slice(0, 40))}`)
  const seconds = Number(match[1]) * UNITS[match[2] as keyof typeof UNITS]
  if (seconds === 0) throw new OperatorError(`a duration of nothing: ${JSON.stringify(text)}`)
  return seconds
}
