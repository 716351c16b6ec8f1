import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { SignInState } from '../../services/admin/schema-accounts.ts'
import { api } from '../api.ts'
import { fullTime } from '../format.ts'
import { t } from '../i18n.ts'
import { CodeBox } from '../kit/code-box.tsx'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { Check, SelectField, TextField } from '../kit/field.tsx'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import { faultsOf, type Loaded, load } from '../state.ts'
import { tried } from '../tried.ts'
import { passwordAgain } from './fresh.tsx'

type Scope = 'read' | 'metrics' | 'devices' | 'site'
interface Token {
  readonly id: string
  readonly account: string
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  readonly endsAt: number
  readonly usedAt?: number
}

function scopeWord(scope: Scope): string {
  return {
    read: t('read everything but secrets'),
    metrics: t('read metrics'),
    devices: t('change phones and people'),
    site: t('change settings, network and files'),
  }[scope]
}

/** Keys by which programs use the API in a person's name. */
export function Tokens() {
  const tokens = useSignal<Loaded<readonly Token[]>>({ kind: 'loading' })
  const making = useSignal(false)
  const made = useSignal<string | undefined>(undefined)
  const ask = () => void load(tokens, async () => (await api<{ tokens: Token[] }>('/me/tokens')).tokens)
  useEffect(ask, [])
  const end = async (token: Token) => {
    const yes = await confirmed({
      title: t('End {name}?', { name: token.label }),
      consequences: [t('Whatever uses this token is refused from now on.')],
      action: t('End it'),
      danger: true,
    })
    if (!yes) return
    await tried(t('It was not ended'), async () => {
      await api(`/me/tokens/${encodeURIComponent(token.id)}`, { method: 'DELETE' })
      ask()
    })
  }
  return (
    <Section
      id="tokens"
      title={t('Tokens for programs')}
      action={
        <button
          type="button"
          onClick={() =>
            void passwordAgain().then((yes) => {
              making.value = yes
            })
          }
        >
          {t('Make a token')}
        </button>
      }
    >
      <Await of={tokens.value} again={ask} rows={1}>
        {(list: readonly Token[]) =>
          list.length === 0 ? (
            <Empty icon="lock">{t('No program uses the API in your name.')}</Empty>
          ) : (
            <ul class="files card">
              {list.map((token) => (
                <li key={token.id}>
                  <span class="grow">
                    <strong>{token.label}</strong> <span class="quiet">{token.scopes.map(scopeWord).join(', ')}</span>
                  </span>
                  <span class="quiet">
                    {token.usedAt === undefined ? t('never used') : <Ago at={token.usedAt} />} ·{' '}
                    {t('until {time}', { time: fullTime(token.endsAt) })}
                  </span>
                  <button type="button" onClick={() => void end(token)}>
                    {t('End it')} <span class="unseen">{token.label}</span>
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      {making.value && (
        <MakeToken
          close={() => {
            making.value = false
          }}
          done={(secret) => {
            making.value = false
            made.value = secret
            ask()
          }}
        />
      )}
      {made.value && (
        <Dialog
          title={t('The token')}
          close={() => {
            made.value = undefined
          }}
        >
          <p>{t('It is shown this once. Give it to the program as “Authorization: Bearer …”.')}</p>
          <CodeBox label={t('The token')} text={made.value} />
        </Dialog>
      )}
    </Section>
  )
}

const SCOPES: readonly Scope[] = ['read', 'metrics', 'devices', 'site']

function MakeToken({ close, done }: { close: () => void; done: (secret: string) => void }) {
  const label = useSignal('')
  const days = useSignal('90')
  const scopes = useSignal<ReadonlySet<Scope>>(new Set(['read']))
  const failed = useSignal<ReturnType<typeof faultsOf> | undefined>(undefined)
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    failed.value = undefined
    try {
      const body = { label: label.value.trim(), scopes: [...scopes.value], days: Number(days.value) }
      done((await api<{ secret: string } & SignInState>('/me/tokens', { method: 'POST', body })).secret)
    } catch (error) {
      failed.value = faultsOf(error)
    }
  }
  return (
    <Dialog title={t('Make a token')} close={close}>
      <form class="stacked" onSubmit={(event) => void send(event)} aria-label={t('Make a token')}>
        <TextField
          label={t('What it is for')}
          value={label.value}
          autofocus
          fault={failed.value?.faults.find(({ path }) => path === 'label')?.message}
          change={(value) => {
            label.value = value
          }}
        />
        <fieldset class="plain-set">
          <legend>{t('What it may do')}</legend>
          {SCOPES.map((scope) => (
            <Check
              key={scope}
              label={scopeWord(scope)}
              checked={scopes.value.has(scope)}
              change={(on) => {
                const next = new Set(scopes.value)
                if (on) next.add(scope)
                else next.delete(scope)
                scopes.value = next
              }}
            />
          ))}
        </fieldset>
        <SelectField
          label={t('How long')}
          value={days.value}
          change={(value) => {
            days.value = value
          }}
          choices={['7', '30', '90', '365', '730'].map((value) => ({ value, text: t('{n} days', { n: value }) }))}
        />
        {failed.value && (
          <p class="failed" role="alert">
            {failed.value.text}
          </p>
        )}
        <div class="buttons end">
          <button type="button" onClick={close}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={scopes.value.size === 0 || label.value.trim() === ''}>
            {t('Make it')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
