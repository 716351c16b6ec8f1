import { useRef, useState } from 'preact/hooks'
import type { DeviceInput, DeviceView } from '../services/admin/schema.ts'
import { faultsOf } from './state.ts'

interface Field {
  readonly name: string
  readonly label: string
  readonly path: string
  readonly hint?: string
  readonly type?: 'password'
  readonly required?: boolean
}

const MAC: Field = {
  name: 'mac',
  label: 'MAC address',
  path: 'mac',
  hint: 'On the label under the phone, in any spelling',
  required: true,
}
const FIELDS: readonly Field[] = [
  { name: 'name', label: 'Name', path: 'name', hint: 'Where or whose it is, e.g. Reception' },
  { name: 'user', label: 'SIP user', path: 'lines.0.user' },
  { name: 'secret', label: 'SIP password', path: 'lines.0.secret', type: 'password' },
  { name: 'server', label: 'SIP server', path: 'lines.0.server', hint: 'Empty: the one of the site' },
]

/** Asks for what a device needs to work: its name and first line. Faults stand at their fields. */
export function DeviceForm(props: {
  readonly mac?: string
  readonly label: string
  readonly submit: (mac: string, input: DeviceInput) => Promise<DeviceView>
  readonly done: (device: DeviceView) => void
  readonly cancel?: () => void
}) {
  const [failed, setFailed] = useState<ReturnType<typeof faultsOf> | undefined>()
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const key = (props.mac ?? 'new').replaceAll(':', '')
  const fields = props.mac === undefined ? [MAC, ...FIELDS] : FIELDS

  async function send(event: Event): Promise<void> {
    event.preventDefault()
    if (!form.current || busy) return
    const data = new FormData(form.current)
    const text = (name: string) => String(data.get(name) ?? '').trim()
    const line = {
      index: 1,
      user: text('user'),
      ...given('secret', String(data.get('secret') ?? '')),
      ...given('server', text('server')),
    }
    setBusy(true)
    try {
      const input: DeviceInput = {
        ...given('name', text('name')),
        enabled: true,
        ...(line.user ? { lines: [line] } : {}),
      }
      const device = await props.submit(props.mac ?? text('mac'), input)
      setFailed(undefined)
      props.done(device)
    } catch (error) {
      setFailed(faultsOf(error))
    } finally {
      setBusy(false)
    }
  }
  const faultAt = (path: string) =>
    failed?.faults.find((fault) => fault.path.replace(/\[(\d+)\]/g, '.$1') === path)?.message

  return (
    <form ref={form} class="form" aria-label={props.label} onSubmit={(event) => void send(event)} noValidate>
      {fields.map((field) => {
        const id = `${key}-${field.name}`
        const fault = faultAt(field.path)
        return (
          <div class="field" key={field.name}>
            <label for={id}>{field.label}</label>
            <input
              id={id}
              name={field.name}
              {...(field.type ? { type: 'password' as const } : { type: 'text' as const })}
              autocomplete="off"
              spellcheck={false}
              required={field.required ?? false}
              aria-invalid={fault !== undefined}
              aria-describedby={`${id}-hint`}
            />
            <span id={`${id}-hint`} class={fault ? 'fault' : 'hint'}>
              {fault ?? field.hint}
            </span>
          </div>
        )
      })}
      {failed && (
        <p class="failed" role="alert">
          {failed.text}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy}>
          {busy ? 'Saving …' : props.label}
        </button>
        {props.cancel && (
          <button type="button" onClick={props.cancel}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}

function given<Name extends string>(name: Name, value: string): Partial<Record<Name, string>> {
  return value === '' ? {} : ({ [name]: value } as Partial<Record<Name, string>>)
}
