import { randomInt } from 'node:crypto'
import { type AssistDeps, makeAssist } from '../services/assist/assist.ts'
import type { Assist } from '../services/assist/contract.ts'
import type { Provisioner } from '../services/phones/contract.ts'

/**
 * Puts setting up by hand together. Phones find its pages on the same host as their files: what is asked for there goes
 * to the pages first.
 */
export function composeAssist(deps: Omit<AssistDeps, 'random'> & { readonly provisioner: Provisioner }): {
  readonly assist: Assist
  readonly provisioner: Provisioner
} {
  const { desk, ...assist } = makeAssist({ ...deps, random: (end) => randomInt(end) })
  return {
    assist,
    provisioner: { answer: (request) => desk.answer(request) ?? deps.provisioner.answer(request) },
  }
}
