import type { InputFault } from '../core/record-input.ts'
import { OWN_OPTIONS } from '../dhcp/contract.ts'

interface Coded {
  readonly code: number
}

/** What is wrong with the DHCP options of a record beside their form. What was stored before is borne as it is. */
export function optionFaults(options: readonly Coded[], before: unknown): InputFault[] {
  if (JSON.stringify(options) === JSON.stringify(before)) return []
  return options.flatMap(({ code }, i) => {
    const path = `dhcpOptions.${i}.code`
    if (OWN_OPTIONS.has(code)) return [{ path, message: `option ${code} is set by the protocol itself` }]
    const twice = options.findIndex((other) => other.code === code) < i
    return twice ? [{ path, message: `option ${code} is there twice` }] : []
  })
}
