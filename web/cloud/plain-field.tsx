import type { Signal } from '@preact/signals'
import { Field } from '../kit/field.tsx'

interface Props {
  readonly label: string
  readonly value: Signal<string>
  readonly autocomplete:
    | 'username'
    | 'current-password'
    | 'new-password'
    | 'one-time-code'
    | 'name'
    | 'organization'
    | 'off'
  readonly type?: 'email' | 'password' | 'text'
  readonly hint?: string
  readonly fault?: string | undefined
}

/** A field that browsers and password managers may fill. */
export function PlainField({ value, autocomplete, type = 'text', ...rest }: Props) {
  return (
    <Field {...rest}>
      {(id, described) => {
        const given = {
          ...{ id, name: id, value: value.value, autocomplete, required: true, spellcheck: false },
          ...{
            autocapitalize: 'none' as const,
            'aria-describedby': described,
            'aria-invalid': rest.fault !== undefined,
          },
          onInput: (event: InputEvent) => {
            if (event.target instanceof HTMLInputElement) value.value = event.target.value
          },
        }
        if (type === 'password') return <input {...given} type="password" />
        return type === 'email' ? <input {...given} type="email" /> : <input {...given} type="text" />
      }}
    </Field>
  )
}
