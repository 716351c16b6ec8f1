import { signal, useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from './icon.tsx'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'good' | 'bad'
  readonly action?: { readonly text: string; readonly run: () => void }
}
const toasts = signal<readonly Toast[]>([])
let last = 0
const SHOWN_MS = 8000

/** Says that something was done, with a way to take it back. What failed stays until it is closed. */
export function toast(text: string, more: { tone?: Toast['tone']; action?: Toast['action'] } = {}): void {
  const id = ++last
  const { tone = 'good', action } = more
  toasts.value = [...toasts.value.slice(-3), { id, text, tone, ...(action && { action }) }]
  if (tone === 'good') setTimeout(() => dropUnused(id), SHOWN_MS)
}

function drop(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id)
}

/** Not from under somebody who is at it. */
function dropUnused(id: number): void {
  if (document.querySelector('.toasts:is(:hover, :focus-within)')) setTimeout(() => dropUnused(id), SHOWN_MS)
  else drop(id)
}

function run(it: Toast): void {
  drop(it.id)
  it.action?.run()
}

/** Does what the newest message offers: from anywhere, since it stands for some seconds only. */
export function takeOffer(): void {
  const newest = toasts.value.findLast((it) => it.action)
  if (newest) run(newest)
}

/** Where toasts are shown; stands once in the page, always, so that screen readers know it. */
export function Toasts() {
  const box = useRef<HTMLElement>(null)
  const above = useSignal(false)
  useLayoutEffect(() => {
    // Not over what the keyboard is in.
    const dodge = () => {
      if (box.current && covers(box.current, document.activeElement)) above.value = !above.value
    }
    dodge()
    addEventListener('focusin', dodge)
    return () => removeEventListener('focusin', dodge)
  }, [toasts.value])
  return (
    <section ref={box} class={`toasts ${above.value ? 'above' : ''}`} aria-label={t('Messages')} aria-live="polite">
      {toasts.value.map((it) => (
        <div key={it.id} class={`toast ${it.tone}`}>
          <Icon name={it.tone === 'good' ? 'ok' : 'warn'} />
          <span>{it.text}</span>
          {it.action && (
            <button type="button" class="link" onClick={() => run(it)}>
              {it.action.text}
            </button>
          )}
          <button type="button" class="plain" aria-label={t('Close message')} onClick={() => drop(it.id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  )
}

function covers(it: HTMLElement, other: Element | null): boolean {
  if (other === null || it.contains(other) || other.contains(it)) return false
  const [a, b] = [it.getBoundingClientRect(), other.getBoundingClientRect()]
  // What is larger is seen beside it.
  if (b.height > innerHeight / 2) return false
  return a.height > 0 && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
