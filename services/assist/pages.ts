import type { ClaimPage } from './contract.ts'
import type { ClaimDecision } from './policy.ts'

const TITLE = 'Whose phone?'

/** What the phone's screen says. Wrong PIN, no such extension and a used PIN read the same. */
export function pageFor(
  decision: Exclude<ClaimDecision, { kind: 'pass' | 'refused' | 'claim' }>,
  extension: string | undefined,
): ClaimPage {
  switch (decision.kind) {
    case 'ask':
      return decision.page === 'both'
        ? { page: 'both', title: TITLE, text: 'Enter your extension and your PIN.' }
        : { page: 'pin', title: TITLE, text: 'Enter your PIN.', extension: extension ?? '' }
    case 'registered':
      return message('This phone has its owner. It sets itself up.', false)
    case 'wait':
      return message(`Too many wrong entries. Try again in ${decision.seconds} seconds.`, true)
    case 'wrong':
      return message('Extension or PIN is wrong. Check both, or ask whoever gave you the PIN.', true)
  }
}

/** After it worked. */
export function claimedPage(name: string, extension: string): ClaimPage {
  return message(`This phone is now ${extension}, ${name}. It sets itself up in a moment.`, false)
}

/** When it was right and could not be stored. */
export const FAILED_PAGE: ClaimPage = message('That did not work. Ask your administrator.', true)

function message(text: string, again: boolean): ClaimPage {
  return { page: 'message', title: TITLE, text, again }
}
