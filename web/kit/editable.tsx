import type { ComponentChildren } from 'preact'

/** What a person may look at but not change: its fields stand still, and its buttons are not there at all. */
export function Editable({ when, children }: { when: boolean; children: ComponentChildren }) {
  return (
    <fieldset class="editable" disabled={!when}>
      {children}
    </fieldset>
  )
}
