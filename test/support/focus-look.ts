/** Where the keyboard is in a page, and what is wrong with that. */
export interface Focus {
  /** The keyboard is in what was looked for. */
  readonly there: boolean
  /** What was looked for stands before the place where the keyboard is. */
  readonly before: boolean
  /** Nothing has the keyboard: the next Tab begins at the top of the page. */
  readonly lost: boolean
  /** What breaks WCAG 2.4.7 or 2.4.11 there. */
  readonly fault: string
}

/** Looks where the keyboard is. Runs in the page, and so uses nothing from outside of itself. */
export function focusOf(wanted: Element | null): Focus {
  const at = document.activeElement
  const lost = at === null || at === document.body
  const before =
    !lost && wanted !== null && (at.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_PRECEDING) !== 0
  const fault = lost || !(at instanceof HTMLElement) ? '' : faultOf(at)
  return { there: at !== null && at === wanted, before, lost, fault }

  function faultOf(it: HTMLElement): string {
    // What only takes the focus when something else leads there, as the page's main part does: nothing to use.
    if (it.tabIndex < 0) return ''
    const name = `<${it.tagName.toLowerCase()}> ${it.getAttribute('aria-label') ?? it.textContent?.trim() ?? ''} ${it.id}`
    if (!ringed(it)) return `no ring shows that the keyboard is in ${name}`
    const cover = coverOf(it)
    return cover === '' ? '' : `the keyboard is in ${name}, which cannot be seen for ${cover}`
  }

  /** Its own ring, or that of what it is drawn by. */
  function ringed(it: HTMLElement): boolean {
    const drawn = [it, it.closest('label'), it.parentElement]
    return drawn.some((one) => {
      if (one === null) return false
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one)
      return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)'
    })
  }

  /** Something of it must stand in the window and not be covered; otherwise what lies over it. */
  function coverOf(it: HTMLElement): string {
    const label = it instanceof HTMLInputElement ? (it.labels?.[0] ?? null) : null
    let cover = 'it is drawn nowhere'
    for (const one of [it, label]) {
      const box = one?.getClientRects()[0]
      if (!one || !box) continue
      for (const x of [0.5, 0.1, 0.9])
        for (const y of [0.5, 0.1, 0.9]) {
          const [left, top] = [box.x + box.width * x, box.y + box.height * y]
          const hit = document.elementFromPoint(left, top)
          if (hit !== null && (one.contains(hit) || hit === label)) return ''
          cover = `<${hit?.tagName.toLowerCase()} class="${hit?.className}"> at ${Math.round(left)}, ${Math.round(top)}`
        }
    }
    return cover
  }
}
