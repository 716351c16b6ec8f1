export interface Tab {
  readonly id: string
  readonly text: string
  readonly href: string
  readonly mark?: string | undefined
}

/** Parts of a page as links: each has an address of its own, so "back" and sent links lead to it. */
export function Tabs({ label, tabs, at }: { label: string; tabs: readonly Tab[]; at: string }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.id} href={tab.href} aria-current={tab.id === at ? 'page' : undefined}>
          {tab.text}
          {tab.mark !== undefined && <span class="count">{tab.mark}</span>}
        </a>
      ))}
    </nav>
  )
}
