import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

/** Settings that belong together. Closed until it is wanted: there are more than anybody reads. What is `said` is in sight. */
export function Family(props: { title: string; said: string | undefined; open: boolean; children: ComponentChildren }) {
  const open = useSignal(props.said !== undefined)
  return (
    <details
      class="family"
      open={props.open || open.value}
      onToggle={(event) => {
        if (!props.open) open.value = event.currentTarget.open
      }}
    >
      <summary>
        <h2 lang="en">{props.title}</h2>
        {props.said !== undefined && <span class="tag ours">{props.said}</span>}
      </summary>
      {props.children}
    </details>
  )
}
