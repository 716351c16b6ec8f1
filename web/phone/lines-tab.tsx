import { t } from '../i18n.ts'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { Empty, Section } from '../kit/states.tsx'
import { may } from '../session.ts'
import type { Desk, Line } from './desk.ts'

/** The SIP accounts of a phone. A password is never shown; typing one replaces it. */
export function LinesTab({ desk }: { desk: Desk }) {
  const device = desk.device.value
  const shape = desk.shape.value
  if (!device) return null
  const most = shape.kind === 'ready' ? shape.value.lines : 1
  const { lines } = device
  const set = (at: number, change: Partial<Record<keyof Line | string, unknown>>) =>
    desk.edit({ lines: lines.map((line, i) => (i === at ? withoutEmpty({ ...line, ...change }) : line)) })
  const free = Array.from({ length: 200 }, (_, i) => i + 1).find((index) => !lines.some((line) => line.index === index))
  return (
    <Section
      id="lines"
      title={t('Lines')}
      count={lines.length}
      action={
        may('devices') && (
          <button
            type="button"
            onClick={() => desk.edit({ lines: [...lines, { index: free ?? 1, user: '', hasSecret: false }] })}
          >
            {t('Add a line')}
          </button>
        )
      }
    >
      {lines.length === 0 && <Empty icon="phone">{t('No line yet: it registers nowhere and cannot be called.')}</Empty>}
      {lines.map((line, i) => (
        <fieldset key={line.index} class="card" disabled={!may('devices')}>
          <legend>
            {t('Line {n}', { n: line.index })}
            {line.index > most && <span class="fault"> {t('this model has {n}', { n: most })}</span>}
          </legend>
          <div class="form">
            <Text line={line} i={i} name="user" label={t('SIP user')} desk={desk} set={set} />
            <TextField
              label={t('SIP password')}
              type="password"
              value={typeof line.secret === 'string' ? line.secret : ''}
              placeholder={line.hasSecret ? t('set, not shown') : t('none')}
              hint={line.hasSecret ? t('Empty: stays as it is') : undefined}
              fault={desk.faultAt(`lines.${i}.secret`)}
              change={(secret) => set(i, { secret: secret === '' ? undefined : secret })}
            />
            <Text line={line} i={i} name="label" label={t('Label on the phone')} desk={desk} set={set} />
            <Text line={line} i={i} name="displayName" label={t('Name that others see')} desk={desk} set={set} />
            <Text
              {...{ line, i, desk, set }}
              name="server"
              label={t('SIP server')}
              hint={t('Empty: the one of the site')}
            />
            <Text
              {...{ line, i, desk, set }}
              name="authUser"
              label={t('Authentication user')}
              hint={t('Empty: the SIP user')}
            />
            <SelectField
              label={t('Transport')}
              value={typeof line.transport === 'string' ? line.transport : ''}
              fault={desk.faultAt(`lines.${i}.transport`)}
              change={(transport) => set(i, { transport })}
              choices={[
                { value: '', text: t('as the site has it') },
                ...['udp', 'tcp', 'tls'].map((value) => ({ value, text: value.toUpperCase() })),
              ]}
            />
            <Text {...{ line, i, desk, set }} name="voicemail" label={t('Number of the mailbox')} />
            <Check
              label={t('Shared with other phones')}
              checked={line.shared === true}
              change={(shared) => set(i, { shared: shared || undefined })}
            />
          </div>
          {may('devices') && (
            <div class="buttons">
              <button type="button" onClick={() => desk.edit({ lines: lines.filter((_, at) => at !== i) })}>
                {t('Remove line {n}', { n: line.index })}
              </button>
            </div>
          )}
        </fieldset>
      ))}
    </Section>
  )
}

function Text(props: {
  line: Line
  i: number
  name: string
  label: string
  hint?: string
  desk: Desk
  set: (at: number, change: Record<string, unknown>) => void
}) {
  const value = props.line[props.name]
  return (
    <TextField
      label={props.label}
      hint={props.hint}
      value={typeof value === 'string' ? value : ''}
      fault={props.desk.faultAt(`lines.${props.i}.${props.name}`)}
      change={(text) => props.set(props.i, { [props.name]: text })}
    />
  )
}

/** An empty text says nothing, but for the user, which must be there. */
function withoutEmpty(line: Record<string, unknown>): Line {
  return Object.fromEntries(
    Object.entries(line).filter(([name, value]) => value !== undefined && (value !== '' || name === 'user')),
  ) as Line
}
