import type { ComponentChildren } from 'preact'

/** A box that scrolls by itself: it can be reached by keyboard, and has a name. */
export function ScrollBox(props: { label: string; class: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section class={props.class} tabIndex={0} aria-label={props.label}>
      {props.children}
    </section>
  )
}
