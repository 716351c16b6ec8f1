import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Icon } from './icon.tsx'

/** A question or form before the page. The browser keeps the focus in it and gives it back afterwards. */
export function Dialog(props: {
  title: string
  close: () => void
  children: ComponentChildren
  wide?: boolean
  /** Without the bar of title and closing button; the title still names it. */
  bare?: boolean
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const it = dialog.current
    it?.showModal()
    // The browser takes the first control there is, which closes it again.
    it?.querySelector<HTMLElement>('[data-focused]')?.focus()
    return () => it?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      class={`dialog ${props.wide ? 'wide' : ''} ${props.bare ? 'bare' : ''}`}
      aria-labelledby={props.bare ? undefined : id}
      aria-label={props.bare ? props.title : undefined}
      onCancel={(event) => {
        event.preventDefault()
        props.close()
      }}
      onMouseDown={(event) => {
        if (event.target === dialog.current) props.close()
      }}
    >
      <div class="dialog-inner">
        {!props.bare && (
          <div class="dialog-head">
            <h2 id={id}>{props.title}</h2>
            <button type="button" class="plain" aria-label={t('Close')} onClick={props.close}>
              <Icon name="close" />
            </button>
          </div>
        )}
        {props.children}
      </div>
    </dialog>
  )
}

interface Question {
  readonly title: string
  /** What will come of it, a sentence each. */
  readonly consequences: readonly string[]
  readonly action: string
  readonly cancel?: string
  readonly danger?: boolean
}
const asked = signal<(Question & { readonly answer: (yes: boolean) => void }) | undefined>(undefined)

/** Asks before something that is hard to take back, and says what comes of it. */
export function confirmed(question: Question): Promise<boolean> {
  asked.peek()?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(yes) {
        asked.value = undefined
        resolve(yes)
      },
    }
  })
}

/** Where `confirmed` shows its question; stands once in the page. */
export function Confirmation() {
  const it = asked.value
  if (!it) return null
  return (
    <Dialog title={it.title} close={() => it.answer(false)}>
      <ul class="consequences">
        {it.consequences.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <div class="buttons end">
        <button type="button" onClick={() => it.answer(false)}>
          {it.cancel ?? t('Cancel')}
        </button>
        <button type="button" class={it.danger ? 'danger' : 'primary'} onClick={() => it.answer(true)}>
          {it.action}
        </button>
      </div>
    </Dialog>
  )
}
