import { type Mac, ouiOf } from '../core/mac.ts'
import type { Identity } from './contract.ts'
import type { Definition } from './definition.ts'
import { identify } from './identify.ts'

// Recognition by one piece of evidence; phones of one kind send few different ones each, so what was read is kept.

const NO_IDENTITY: Identity = { confidence: 0, used: [] }
const MAX_TEXTS = 4096
/** Longer ones are hostile, and would only fill the memory. */
const LONGEST = 512

/** Recognises devices by one text of theirs. */
export function makeTextReader(definitions: readonly Definition[], source: 'userAgent' | 'vendorClass') {
  const read = new Map<string, Identity>()
  return (text: string | undefined): Identity => {
    if (text === undefined) return NO_IDENTITY
    const known = read.get(text)
    if (known !== undefined) return known
    const identity = identify({ [source]: text }, definitions)
    if (read.size >= MAX_TEXTS) read.clear()
    if (text.length <= LONGEST) read.set(text, identity)
    return identity
  }
}

/** Recognises vendors by the first half of a MAC address. */
export function makeOuiReader(definitions: readonly Definition[]) {
  const read = new Map<string, string | undefined>()
  return (mac: Mac): string | undefined => {
    const oui = ouiOf(mac)
    if (!read.has(oui) && read.size < MAX_TEXTS) read.set(oui, identify({ mac }, definitions).vendor)
    return read.get(oui)
  }
}
