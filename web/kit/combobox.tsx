import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { plural, t } from '../i18n.ts'

export interface Option<Value> {
  readonly key: string
  readonly text: string
  readonly note?: string | undefined
  readonly value: Value
}

interface Props<Value> {
  readonly label: string
  readonly text: string
  readonly change: (text: string) => void
  /** What fits what was typed; asked again at each change. */
  readonly find: (text: string) => readonly Option<Value>[] | Promise<readonly Option<Value>[]>
  readonly choose: (option: Option<Value>) => void
  readonly placeholder?: string
  readonly hint?: string | undefined
  readonly fault?: string | undefined
  /** The list is always there, as in a palette. */
  readonly open?: boolean
  readonly hideLabel?: boolean
  readonly autofocus?: boolean
  /** Enter with nothing chosen. */
  readonly enter?: () => void
  readonly children?: ComponentChildren
}

/** A text field that offers what fits (WAI-ARIA combobox with a listbox): arrows choose, Enter takes, Escape closes. */
export function Combobox<Value>(props: Props<Value>) {
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const open = useSignal(props.open ?? false)
  const found = useSignal<readonly Option<Value>[]>([])
  const at = useSignal(-1)
  const asked = useRef(0)
  /** For which text the list is, and whether Enter waits for the one of a newer text. */
  const answered = useRef<string | undefined>(undefined)
  const entering = useRef(false)
  useEffect(() => {
    if (props.autofocus) input.current?.focus()
  }, [])
  useEffect(() => {
    const mine = ++asked.current
    const { text } = props
    void Promise.resolve(props.find(text)).then(
      (options) => {
        if (mine !== asked.current) return
        // Who has chosen already keeps the choice: an answer that comes late takes nothing from under the fingers.
        const chosen = found.peek()[at.peek()]?.key
        const same = chosen === undefined ? -1 : options.findIndex(({ key }) => key === chosen)
        found.value = options
        at.value = props.open ? (options.length > 0 ? 0 : -1) : same
        answered.current = text
        if (entering.current) take(options[at.value])
        entering.current = false
      },
      () => {
        if (mine === asked.current) found.value = []
      },
    )
  }, [props.text, props.find])
  const take = (option: Option<Value> | undefined) => {
    if (!option) return props.enter?.()
    open.value = props.open ?? false
    props.choose(option)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (!open.value) open.value = true
      const { length } = found.value
      if (length > 0) at.value = (at.value + step + length + (at.value < 0 && step < 0 ? 1 : 0)) % length
      document.getElementById(`${id}-${at.value}`)?.scrollIntoView({ block: 'nearest' })
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (props.open && answered.current !== props.text) entering.current = true
      else take(open.value ? found.value[at.value] : undefined)
    } else if (event.key === 'Escape' && open.value && !props.open) {
      event.preventDefault()
      event.stopPropagation()
      open.value = false
    }
  }
  const shown = open.value && found.value.length > 0
  const note = props.fault ?? props.hint
  return (
    <div class="field combobox">
      <label for={id} class={props.hideLabel ? 'unseen' : ''}>
        {props.label}
      </label>
      <input
        ref={input}
        data-focused={props.autofocus ? '' : undefined}
        id={id}
        name={id}
        role="combobox"
        type="text"
        autocomplete="off"
        spellcheck={false}
        value={props.text}
        placeholder={props.placeholder}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-invalid={props.fault !== undefined}
        aria-activedescendant={shown && at.value >= 0 ? `${id}-${at.value}` : undefined}
        aria-describedby={`${id}-note`}
        onInput={(event) => {
          open.value = true
          props.change(event.currentTarget.value)
        }}
        onFocus={() => {
          open.value = true
        }}
        onBlur={() => {
          open.value = props.open ?? false
        }}
        onKeyDown={onKeyDown}
      />
      <div role="listbox" id={`${id}-list`} aria-label={props.label} class={`options ${shown ? '' : 'gone'}`}>
        {shown &&
          found.value.map((option, i) => (
            <div
              key={option.key}
              id={`${id}-${i}`}
              role="option"
              tabIndex={-1}
              aria-selected={i === at.value}
              onMouseDown={(event) => event.preventDefault()}
              onMouseMove={() => {
                at.value = i
              }}
              onClick={() => take(option)}
              onKeyDown={onKeyDown}
            >
              <span dir="auto">{option.text}</span>
              {option.note && (
                <span class="quiet" dir="auto">
                  {option.note}
                </span>
              )}
            </div>
          ))}
      </div>
      <span id={`${id}-note`} class={props.fault === undefined ? 'hint' : 'fault'}>
        {note}
      </span>
      <span class="unseen" role="status">
        {shown ? plural('{n} suggestion|{n} suggestions', found.value.length) : ''}
      </span>
      {props.open && found.value.length === 0 && props.text !== '' && <p class="quiet">{t('Nothing fits.')}</p>}
      {props.children}
    </div>
  )
}
