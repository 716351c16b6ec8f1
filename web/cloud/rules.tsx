import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { Check, TextField } from '../kit/field.tsx'
import { Await, Said } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { atLeast, path } from './session.ts'
import type { Rule } from './types.ts'

/** What opens an alert, and from when on. */
export function RulesTab() {
  const list = useAsked('', async () => (await api<{ rules: readonly Rule[] }>(path('alert-rules'))).rules)
  return (
    <Await of={list.of} again={list.again} rows={6}>
      {(rules: readonly Rule[]) => (
        <ul class="cards">
          {rules.map((rule) => (
            <li key={`${rule.kind} ${rule.rev}`} class="card">
              <RuleForm rule={rule} again={list.again} />
            </li>
          ))}
        </ul>
      )}
    </Await>
  )
}

function RuleForm({ rule, again }: { rule: Rule; again: () => void }) {
  const enabled = useSignal(rule.enabled)
  const settings = useSignal<Readonly<Record<string, string>>>(
    Object.fromEntries(Object.entries(rule.settings).map(([name, value]) => [name, String(value)])),
  )
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const numbers = Object.fromEntries(Object.entries(settings.value).map(([name, text]) => [name, Number(text)]))
    const body = { kind: rule.kind, rev: rule.rev, enabled: enabled.value, settings: numbers }
    if (!(await run(() => api(path('alert-rules'), { method: 'PUT', body })))) return
    toast(t('Saved.'))
    again()
  }
  const changed =
    enabled.value !== rule.enabled ||
    Object.entries(settings.value).some(([name, text]) => text !== String(rule.settings[name]))
  return (
    <form class="form" aria-label={rule.title} onSubmit={(event) => void send(event)}>
      <h2 class="card-title">
        <Said>{rule.title}</Said>
      </h2>
      <fieldset class="plain-set rule-fields" disabled={!atLeast('admin')}>
        <Check
          label={t('Opens an alert')}
          checked={enabled.value}
          change={(checked) => {
            enabled.value = checked
          }}
        />
        {enabled.value &&
          Object.entries(rule.forms).map(([name, form]) => (
            <TextField
              key={name}
              label={form.help}
              hint={t('{least} to {most}; usually {default}', {
                ...{ least: form.least, most: form.most, default: form.default },
              })}
              value={settings.value[name] ?? ''}
              fault={faultAt(`settings.${name}`)}
              change={(text) => {
                settings.value = { ...settings.value, [name]: text }
              }}
            />
          ))}
      </fieldset>
      <Problem of={failed.value} />
      {changed && (
        <div class="buttons">
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Save')}
          </button>
        </div>
      )}
    </form>
  )
}
