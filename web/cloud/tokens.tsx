import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { Ago, Await, Empty } from '../kit/states.tsx'
import { roleWord } from '../session.ts'
import { tried } from '../tried.ts'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { RoleFields } from './role-fields.tsx'
import { path } from './session.ts'
import type { Role, Token } from './types.ts'

const AREAS = [
  'account',
  'sites',
  'boxes',
  'records',
  'remote',
  'alerts',
  'reports',
  'files',
  'people',
  'audit',
] as const
const DAY_MS = 86_400_000

/** Tokens by which programs work with the account. */
export function TokensPage() {
  const list = useAsked('', async () => (await api<{ tokens: readonly Token[] }>(path('tokens'))).tokens)
  const making = useSignal(false)
  const end = async (one: Token) => {
    const consequences = [t('Programs that use it are turned away at once.')]
    const title = t('End {name}?', { name: one.name })
    if (!(await confirmed({ title, consequences, action: t('End it'), danger: true }))) return
    await tried(t('It failed.'), async () => {
      await api(path('tokens', one.id), { method: 'DELETE' })
      list.again()
    })
  }
  return (
    <>
      <div class="page-head">
        <h1>{t('API tokens')}</h1>
        <button
          type="button"
          class="primary"
          onClick={() => {
            making.value = true
          }}
        >
          {t('Make a token')}
        </button>
      </div>
      <p class="quiet">
        {t('The API is described at')} <a href="/api/openapi.json">/api/openapi.json</a>.
      </p>
      <Await of={list.of} again={list.again} rows={4}>
        {(tokens: readonly Token[]) =>
          tokens.length === 0 ? (
            <Empty icon="lock">{t('There is no token.')}</Empty>
          ) : (
            <ul class="card history">
              {tokens.map((one) => (
                <li key={one.id}>
                  <span>
                    <strong dir="auto">{one.name}</strong> <span class="tag">{roleWord(one.role)}</span>
                    <span class="quiet block">{one.scopes.join(', ')}</span>
                    <span class="quiet block">
                      {t('until {when}', { when: fullTime(one.endsAt) })},{' '}
                      {one.usedAt === null ? (
                        t('never used')
                      ) : (
                        <>
                          {t('used')} <Ago at={one.usedAt} />
                        </>
                      )}
                    </span>
                  </span>
                  <button type="button" aria-label={`${t('End it')}: ${one.name}`} onClick={() => void end(one)}>
                    {t('End it')}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      {making.value && (
        <NewToken
          close={() => {
            making.value = false
            list.again()
          }}
        />
      )}
    </>
  )
}

function NewToken({ close }: { close: () => void }) {
  const name = useSignal('')
  const role = useSignal<Role>('viewer')
  const sites = useSignal<readonly string[]>([])
  const days = useSignal('90')
  const scopes = useSignal<readonly string[]>(['sites:read', 'records:read'])
  const token = useSignal<string | undefined>(undefined)
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    const body = {
      ...{ name: name.value.trim(), role: role.value, sites: sites.value, scopes: scopes.value },
      endsAt: Date.now() + Number(days.value) * DAY_MS,
    }
    token.value = (await run(() => api<{ token: string }>(path('tokens'), { method: 'POST', body })))?.token
  }
  if (token.value !== undefined)
    return (
      <Dialog title={t('The token')} close={close}>
        <p>{t('Copy it now: it is told this once.')}</p>
        <CodeBox label={t('Token')} text={token.value} />
        <div class="buttons end">
          <button type="button" class="primary" onClick={close}>
            {t('Done')}
          </button>
        </div>
      </Dialog>
    )
  const toggle = (scope: string, on: boolean) => {
    const others = scopes.value.filter((one) => one !== scope)
    scopes.value = on ? [...others, scope] : others
  }
  const lives = [
    ['1', t('1 day')],
    ['30', t('30 days')],
    ['90', t('90 days')],
    ['399', t('399 days')],
  ] as const
  return (
    <Dialog title={t('Make a token')} close={close} wide>
      <form class="form" aria-label={t('Make a token')} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('Name')}
          hint={t('Which program it is for.')}
          value={name.value}
          change={(text) => {
            name.value = text
          }}
          fault={faultAt('name')}
          required
          autofocus
        />
        <SelectField
          label={t('It lasts')}
          value={days.value}
          change={(value) => {
            days.value = value
          }}
          choices={lives.map(([value, text]) => ({ value, text }))}
        />
        <RoleFields role={role} sites={sites} />
        <fieldset class="whole">
          <legend>{t('What it is for')}</legend>
          <div class="scopes">
            {AREAS.flatMap((area) => [`${area}:read`, ...(area === 'audit' ? [] : [`${area}:write`])]).map((scope) => (
              <Check
                key={scope}
                label={scope}
                checked={scopes.value.includes(scope)}
                change={(checked) => toggle(scope, checked)}
              />
            ))}
          </div>
        </fieldset>
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="submit" class="primary" disabled={busy.value || scopes.value.length === 0}>
            {t('Make it')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
