/** What can take the keyboard. */
const USABLE = ':is(a[href], button, input, select, textarea, summary, [tabindex="0"]):not(:disabled)'
/** Lies over the page for a while, and gives the keyboard back to where it was before. */
const OVER = 'dialog, .toast'
/** What was switched off while it worked is back by then, or stays so. */
const PATIENCE_MS = 1000

/** Something that had the keyboard, and once it is gone what stood round it, the nearest first. */
interface Holder {
  readonly element: HTMLElement
  heirs: readonly Node[]
}

/**
 * The keyboard is never dropped: when what holds it goes away, or cannot be used for a while, the browser leaves it
 * nowhere, and a screen reader begins at the top again. This gives it back, or to what stands nearest. Begun once.
 */
export function keepFocus(): void {
  let [outside, holder]: (Holder | undefined)[] = []
  let [byKeyboard, asked, timer] = [false, false, 0]
  for (const kind of ['keydown', 'pointerdown'])
    addEventListener(
      kind,
      ({ type }) => {
        byKeyboard = type === 'keydown'
      },
      true,
    )
  addEventListener('focusin', ({ target }) => {
    if (!(target instanceof HTMLElement)) return
    holder = { element: target, heirs: [] }
    if (target.closest(OVER) === null) outside = holder
  })
  addEventListener('focusout', ({ target }) => {
    // Somebody let go of it, as by a click on nothing: then it is not to come back.
    queueMicrotask(() => {
      const it = holder?.element
      if (it === target && isDropped() && it?.isConnected && !isOff(it)) holder = outside = undefined
    })
  })
  new MutationObserver((records) => {
    for (const { target, removedNodes, nextSibling, previousSibling } of records)
      for (const gone of removedNodes)
        for (const one of [outside, holder]) {
          if (!one || ![one.element, ...one.heirs].some((it) => gone.contains(it))) continue
          one.heirs = [...one.heirs, nextSibling, previousSibling, target].filter((it) => it !== null)
          // The browser does not say that it left.
          if (gone.contains(one.element)) target.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
        }
    // What is drawn next may take the keyboard by itself.
    if (!asked) requestAnimationFrame(() => requestAnimationFrame(look))
    asked = true
  }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['disabled'] })

  function look(): void {
    asked = false
    clearTimeout(timer)
    if (!isDropped()) return
    for (const one of [holder, outside]) if (one?.element.isConnected && take(one.element)) return
    if (!byKeyboard || holder === undefined) return
    if (!holder.element.isConnected || !isOff(holder.element)) giveOn()
    else timer = window.setTimeout(() => isDropped() && giveOn(), PATIENCE_MS)
  }

  function giveOn(): void {
    // What stood round it there goes with it.
    const inGone = holder?.element.closest(OVER)?.isConnected === false
    const heirs = (inGone ? [outside] : [holder, outside]).flatMap((one) => (one ? [...one.heirs, one.element] : []))
    if (heirs.some(inside) || heirs.some(around)) return
    const main = document.querySelector('main')
    if (main) take(main)
    else inside(document.body)
  }
}

function isDropped(): boolean {
  return document.activeElement === null || document.activeElement === document.body
}

function isOff(it: HTMLElement): boolean {
  return 'disabled' in it && it.disabled === true
}

function inside(it: Node): boolean {
  return it instanceof HTMLElement && it.isConnected && (take(it) || [...it.querySelectorAll(USABLE)].some(take))
}

/** In the least part of the page that holds it and can be used. */
function around(it: Node): boolean {
  const up = it.parentElement
  return up !== null && !up.matches('main, dialog, body, :has(main)') && (inside(up) || around(up))
}

function take(it: Element): boolean {
  if (!(it instanceof HTMLElement) || !it.matches(`${USABLE}, main`) || !it.checkVisibility()) return false
  it.focus({ preventScroll: it.tabIndex < 0 })
  return document.activeElement === it
}
