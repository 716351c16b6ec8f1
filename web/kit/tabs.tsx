import { useLayoutEffect, useRef } from 'preact/hooks'

export interface Tab {
  readonly id: string
  readonly text: string
  readonly href: string
  readonly mark?: string | undefined
}

/** Parts of a page as links: each has an address of its own, so "back" and sent links lead to it. */
export function Tabs({ label, tabs, at }: { label: string; tabs: readonly Tab[]; at: string }) {
  const row = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    // On a narrow screen the row runs out of it: the one that is open comes into sight.
    const open = row.current?.querySelector<HTMLElement>('[aria-current]')
    if (open && row.current) row.current.scrollLeft = open.offsetLeft - row.current.clientWidth / 3
  }, [at])
  return (
    <nav
      class="tabs"
      aria-label={label}
      ref={row}
      onFocusIn={({ target }) => {
        // The browser is content with a corner of it.
        if (target instanceof HTMLElement) target.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      }}
    >
      {tabs.map((tab) => (
        <a key={tab.id} href={tab.href} aria-current={tab.id === at ? 'page' : undefined}>
          {tab.text} {tab.mark !== undefined && <span class="count">{tab.mark}</span>}
        </a>
      ))}
    </nav>
  )
}
