import type { Lab } from '../lab.ts'

/** A server to be measured. */
export interface Contender {
  readonly name: string
  /** What is not installed, if anything. */
  readonly missing?: string
  start(lab: Lab): Promise<void>
}
