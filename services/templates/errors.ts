import { OperatorError } from '../core/errors.ts'
import type { TemplateFault } from './contract.ts'

/** Texts that cannot be used; `faults` has all of it, and the API passes them on. */
export class TemplateFaultError extends OperatorError {
  override readonly name = 'TemplateFaultError'
  readonly faults: readonly TemplateFault[]
  constructor(what: string, faults: readonly TemplateFault[]) {
    const told = faults.map((fault) => `  ${fault.file}:${fault.line}:${fault.column} ${fault.path}: ${fault.message}`)
    super(`${what} has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${told.join('\n')}`)
    this.faults = faults
  }
}

/** A pack or a list of keys that is not taken; the message says why. */
export class PackError extends OperatorError {
  override readonly name = 'PackError'
}
