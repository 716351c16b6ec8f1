import { createTwoFilesPatch } from 'diff'

/** Longer ways from one text to another are not looked for: both texts are shown then. */
const MAX_EDITS = 4000

/** A unified diff with three lines around each change; undefined when the texts are alike. */
export function diffOf(
  from: { readonly name: string; readonly text: string },
  to: { readonly name: string; readonly text: string },
): string | undefined {
  if (from.text === to.text) return undefined
  const patch = createTwoFilesPatch(from.name, to.name, from.text, to.text, undefined, undefined, {
    context: 3,
    maxEditLength: MAX_EDITS,
  })
  // Nothing of the one is in the other.
  return (
    patch?.replace(/^=+\n/, '') ??
    `--- ${from.name}\n+++ ${to.name}\n@@ the two texts have next to nothing in common @@\n`
  )
}
