import { useSignal } from '@preact/signals'
import type { DeviceInput, DeviceView } from '../../services/admin/schema.ts'
import { t } from '../i18n.ts'
import { TextField } from '../kit/field.tsx'
import { faultsOf } from '../state.ts'

/** Asks for what a device needs to work: its name and first line. Faults stand at their fields. */
export function DeviceForm(props: {
  readonly mac?: string
  readonly label: string
  readonly submit: (mac: string, input: DeviceInput) => Promise<DeviceView>
  readonly done: (device: DeviceView) => void
  readonly cancel?: () => void
}) {
  const given = useSignal({ mac: props.mac ?? '', name: '', user: '', secret: '', server: '' })
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const busy = useSignal(false)
  const field = (name: keyof typeof given.value, path = name as string) => ({
    value: given.value[name],
    change: (value: string) => {
      given.value = { ...given.value, [name]: value }
    },
    fault: failed.value?.faults.find((fault) => fault.path.replace(/\[(\d+)\]/g, '.$1') === path)?.message,
  })
  async function send(event: Event): Promise<void> {
    event.preventDefault()
    if (busy.value) return
    const { mac, name, user, secret, server } = given.value
    const line = {
      ...{ index: 1, user: user.trim() },
      ...(secret !== '' && { secret }),
      ...(server.trim() !== '' && { server: server.trim() }),
    }
    busy.value = true
    try {
      const device = await props.submit(mac.trim(), {
        enabled: true,
        ...(name.trim() !== '' && { name: name.trim() }),
        ...(line.user !== '' && { lines: [line] }),
      })
      failed.value = undefined
      props.done(device)
    } catch (error) {
      failed.value = faultsOf(error)
    } finally {
      busy.value = false
    }
  }
  return (
    <form class="form" aria-label={props.label} onSubmit={(event) => void send(event)} noValidate>
      {props.mac === undefined && (
        <TextField
          label={t('MAC address')}
          hint={t('On the label under the phone, in any spelling')}
          required
          autofocus
          {...field('mac')}
        />
      )}
      <TextField label={t('Name')} hint={t('Where or whose it is, e.g. Reception')} {...field('name')} />
      <TextField label={t('SIP user')} {...field('user', 'lines.0.user')} />
      <TextField label={t('SIP password')} type="password" {...field('secret', 'lines.0.secret')} />
      <TextField
        label={t('SIP server')}
        hint={t('Empty: the one of the site')}
        {...field('server', 'lines.0.server')}
      />
      {failed.value && (
        <p class="failed" role="alert">
          {failed.value.text}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={busy.value}>
          {busy.value ? t('Saving …') : props.label}
        </button>
        {props.cancel && (
          <button type="button" onClick={props.cancel}>
            {t('Cancel')}
          </button>
        )}
      </div>
    </form>
  )
}
