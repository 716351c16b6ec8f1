import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface Common {
  readonly label: string
  readonly hint?: string | undefined
  /** What is wrong with it, in place of the hint. */
  readonly fault?: string | undefined
}

/** A label, what is given, and under it the hint or what is wrong with it. */
export function Field(props: Common & { children: (id: string, described: string) => ComponentChildren }) {
  const id = useId()
  const note = props.fault ?? props.hint
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      {props.children(id, `${id}-note`)}
      <span id={`${id}-note`} class={props.fault === undefined ? 'hint' : 'fault'}>
        {note}
      </span>
    </div>
  )
}

export function TextField(
  props: Common & {
    value: string
    change: (value: string) => void
    type?: 'text' | 'password'
    placeholder?: string | undefined
    list?: string | undefined
    required?: boolean
    autofocus?: boolean
    name?: string
  },
) {
  return (
    <Field {...props}>
      {(id, described) => {
        const given = {
          ...{ id, name: props.name ?? id, value: props.value, spellcheck: false },
          placeholder: props.placeholder,
          required: props.required ?? false,
          autocomplete: props.type === 'password' ? 'new-password' : 'off',
          'aria-invalid': props.fault !== undefined,
          'aria-describedby': described,
          ref: props.autofocus ? focusOnce : null,
          onInput: (event: InputEvent) => {
            if (event.target instanceof HTMLInputElement) props.change(event.target.value)
          },
        } as const
        if (props.list !== undefined) return <input {...given} type="text" list={props.list} />
        return props.type === 'password' ? <input {...given} type="password" /> : <input {...given} type="text" />
      }}
    </Field>
  )
}

/** The first field of a dialog that was just opened. */
function focusOnce(input: HTMLInputElement | null): void {
  if (input && input.dataset.focused === undefined) {
    input.dataset.focused = ''
    queueMicrotask(() => input.focus())
  }
}

export interface Choice {
  readonly value: string
  readonly text: string
}

export function SelectField(
  props: Common & { value: string; change: (value: string) => void; choices: readonly Choice[] },
) {
  return (
    <Field {...props}>
      {(id, described) => (
        <select
          id={id}
          name={id}
          value={props.value}
          aria-invalid={props.fault !== undefined}
          aria-describedby={described}
          onChange={(event) => props.change(event.currentTarget.value)}
        >
          {props.choices.map((choice) => (
            <option key={choice.value} value={choice.value} selected={choice.value === props.value}>
              {choice.text}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

export function Check(props: { label: string; checked: boolean; change: (checked: boolean) => void }) {
  return (
    <label class="check">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.change(event.currentTarget.checked)} />
      <span>{props.label}</span>
    </label>
  )
}
