import { useSignal } from '@preact/signals'
import { api } from '../api.ts'
import { t } from '../i18n.ts'
import { confirmed, Dialog } from '../kit/dialog.tsx'
import { TextField } from '../kit/field.tsx'
import { Ago, Await, Empty, Section } from '../kit/states.tsx'
import { toast } from '../kit/toast.tsx'
import { tried } from '../tried.ts'
import { useAsked, useDoing } from './asked.ts'
import { Problem } from './problem.tsx'
import { proven } from './proof.ts'

interface Passkey {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly usedAt: number | null
}

/** Keys of devices that let a person in without a password, both factors in one. */
export function Passkeys() {
  const list = useAsked('', async () => (await api<{ passkeys: readonly Passkey[] }>('/me/passkeys')).passkeys)
  const adding = useSignal(false)
  const able = typeof PublicKeyCredential !== 'undefined' && 'parseCreationOptionsFromJSON' in PublicKeyCredential
  const remove = async ({ id, name }: Passkey) => {
    const consequences = [t('It lets nobody in any more. On the device itself it stays until you remove it there.')]
    if (
      !(await confirmed({ title: t('Forget {name}?', { name }), consequences, action: t('Forget it'), danger: true }))
    )
      return
    await tried(t('It was not forgotten'), async () => {
      await proven(() => api(`/me/passkeys/${encodeURIComponent(id)}`, { method: 'DELETE' }))
      list.again()
    })
  }
  return (
    <Section
      id="passkeys"
      title={t('Passkeys')}
      action={
        able && (
          <button
            type="button"
            onClick={() => {
              adding.value = true
            }}
          >
            {t('Add a passkey')}
          </button>
        )
      }
    >
      <Await of={list.of} again={list.again} rows={1}>
        {(keys: readonly Passkey[]) =>
          keys.length === 0 ? (
            <Empty icon="lock">
              <p>
                {t(
                  'No passkey yet. With one, your device lets you in by finger, face or PIN: nothing to type or steal.',
                )}
              </p>
              {!able && <p>{t('This browser cannot make one.')}</p>}
            </Empty>
          ) : (
            <ul class="card history">
              {keys.map((one) => (
                <li key={one.id}>
                  <span>
                    <strong dir="auto">{one.name}</strong>
                    <span class="quiet block">
                      {t('made')} <Ago at={one.createdAt} />,{' '}
                      {one.usedAt === null ? (
                        t('never used')
                      ) : (
                        <>
                          {t('used')} <Ago at={one.usedAt} />
                        </>
                      )}
                    </span>
                  </span>
                  <button type="button" aria-label={`${t('Forget it')}: ${one.name}`} onClick={() => void remove(one)}>
                    {t('Forget it')}
                  </button>
                </li>
              ))}
            </ul>
          )
        }
      </Await>
      {adding.value && (
        <Add
          close={(made) => {
            adding.value = false
            if (made) list.again()
          }}
        />
      )}
    </Section>
  )
}

function Add({ close }: { close: (made: boolean) => void }) {
  const name = useSignal('')
  const { busy, failed, faultAt, run } = useDoing()
  const send = async (event: SubmitEvent) => {
    event.preventDefault()
    if (!(await run(() => register(name.value.trim())))) return
    toast(t('The passkey is kept: the next time it lets you in.'))
    close(true)
  }
  return (
    <Dialog title={t('Add a passkey')} close={() => close(false)}>
      <form class="stacked" aria-label={t('Add a passkey')} onSubmit={(event) => void send(event)}>
        <TextField
          label={t('Name')}
          hint={t('Of the device, so that you know it again.')}
          value={name.value}
          fault={faultAt('name')}
          required
          autofocus
          change={(text) => {
            name.value = text
          }}
        />
        <Problem of={failed.value} />
        <div class="buttons end">
          <button type="button" onClick={() => close(false)}>
            {t('Cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            {t('Go on at the device')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface Begun {
  readonly ticket: string
  readonly options: PublicKeyCredentialCreationOptionsJSON
}

async function register(name: string): Promise<boolean> {
  const begun = await proven(() => api<Begun>('/me/passkeys/begin', { method: 'POST' }))
  if (begun === undefined) return false
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options)
  const credential = await navigator.credentials.create({ publicKey })
  if (!(credential instanceof PublicKeyCredential)) return false
  const body = { ticket: begun.ticket, name, response: credential.toJSON() }
  await api('/me/passkeys', { method: 'POST', body })
  return true
}
